// Package faults holds the tests that need several engines, processes or a broken machine: kills at random instants, cut
// answers, full disks, races between processes, and the same script on every store. It has nothing to import; it is a module of
// its own because its tests need the drivers and a checker of histories.
//
// By default each experiment is short. Long ones: go test ./internal/faults -args -kills=1000 -much=10. What each
// did is told by -v: how many kills, at random instants and aimed, found a deletion in which state, how many answers were cut.
package faults
