//go:build !race

package faults_test

const (
	histories = 50 // are played on each store
	stride    = 13 // one of so many calls fails
	thin      = 1  // and of so many commits, and calls of holdings
)
