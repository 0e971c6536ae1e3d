// Package gate compares the speed of two pieces of code on a machine that is busy with other things.
//
// Both run in turn, in pairs, so that a slow moment falls on both. A gate fails only when the lower
// bound of a 95 % interval of the median over the pairs lies beyond the bound: noise doesn't fail it.
package gate

import (
	"math"
	"slices"
	"time"
)

// TB is the part of testing.TB that a gate needs.
type TB interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
}

// Pairs is how many interleaved pairs a gate measures.
const Pairs = 21

// slice is how long one side of one pair runs at least.
const slice = 15 * time.Millisecond

// Compare fails t when ours is slower than bound times floor. Each function does its work n times.
func Compare(t TB, name string, bound float64, ours, floor func(n int)) {
	t.Helper()
	judge(t, name, "×", bound, measure(ours, floor), func(p Pair) float64 { return p.Ours / p.Floor })
}

// Within fails t when ours takes more than bound nanoseconds longer than floor for each n.
func Within(t TB, name string, bound float64, ours, floor func(n int)) {
	t.Helper()
	judge(t, name, " ns more", bound, measure(ours, floor), func(p Pair) float64 { return p.Ours - p.Floor })
}

// judge tells what was measured, and fails t when the lower bound lies beyond bound.
func judge(t TB, name, unit string, bound float64, pairs []Pair, of func(Pair) float64) {
	t.Helper()
	values := make([]float64, len(pairs))
	ours, floor := make([]float64, len(pairs)), make([]float64, len(pairs))
	for i, p := range pairs {
		values[i], ours[i], floor[i] = of(p), p.Ours, p.Floor
	}
	median, low := Median(values), Lower(values)
	report := t.Logf
	if low > bound {
		report = t.Errorf
	}
	report("%s: median %.2f%s, lower bound %.2f, allowed %.2f (%d pairs; ours %.1f ns, floor %.1f ns)",
		name, median, unit, low, bound, len(pairs), Median(ours), Median(floor))
}

// Pair is what one round of both sides took, in nanoseconds for each n.
type Pair struct{ Ours, Floor float64 }

// measure runs the sides in turn, the first of a pair changing from pair to pair.
func measure(ours, floor func(n int)) []Pair {
	nOurs, nFloor := calibrate(ours), calibrate(floor)
	pairs := make([]Pair, Pairs)
	for i := range pairs {
		if i%2 == 0 {
			pairs[i].Ours = run(ours, nOurs)
			pairs[i].Floor = run(floor, nFloor)
		} else {
			pairs[i].Floor = run(floor, nFloor)
			pairs[i].Ours = run(ours, nOurs)
		}
	}
	return pairs
}

// calibrate finds an n that takes a slice.
func calibrate(f func(n int)) int {
	for n := 1; ; n *= 2 {
		start := time.Now()
		f(n)
		if time.Since(start) >= slice {
			return n
		}
	}
}

// run is how many nanoseconds f takes for each n.
func run(f func(n int), n int) float64 {
	start := time.Now()
	f(n)
	return float64(time.Since(start).Nanoseconds()) / float64(n)
}

// Median is the middle of values, which must not be empty.
func Median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// Lower is the lower bound of a 95 % interval of the median, by the sign test, which supposes nothing
// about how values spread: the k-th smallest value with the greatest k for which the chance that the
// median lies below it is at most 2.5 %. Fewer than six values have no such k: it is -Inf.
func Lower(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	k, chance := 0, 0.0
	for term := math.Pow(0.5, float64(len(s))); ; k++ {
		if chance += term; chance > 0.025 {
			break
		}
		term *= float64(len(s)-k) / float64(k+1)
	}
	if k == 0 {
		return math.Inf(-1)
	}
	return s[k-1]
}
