//go:build race

package faults_test

// The race detector makes SQLite, which is compiled from C to Go, some ten times dearer: less is tried then.
const (
	histories = 10 // are played on each store
	stride    = 41 // one of so many calls fails
	thin      = 4  // and of so many commits, and calls of holdings
)
