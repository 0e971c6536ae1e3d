//go:build !race

package sqltest

// Thin is how much less is tried under the race detector, which makes SQLite, compiled from C to Go, some ten times dearer.
const Thin = 1
