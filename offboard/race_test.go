//go:build race

package offboard_test

// The race detector makes every step some ten times dearer: the walks go over fewer records then, with
// as many chunks.
const (
	walkRecords = 100
	walkChunk   = 50
)
