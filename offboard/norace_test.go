//go:build !race

package offboard_test

// How many records of each kind the walks over every failing call use, and how many move at once.
const (
	walkRecords = 1_000
	walkChunk   = 500
)
