package gate_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster/internal/gate"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(gate.Median([]float64{3}), 3.0)          // one value
	is.Equal(gate.Median([]float64{9, 1, 3}), 3.0)    // the middle one, in any order
	is.Equal(gate.Median([]float64{4, 1, 9, 2}), 3.0) // halfway between the two middle ones
}

func TestLower(t *testing.T) {
	t.Parallel()
	ascending := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[n-1-i] = float64(i + 1)
		}
		return v
	}
	for _, c := range []struct {
		n    int
		want float64
		why  string
	}{
		{5, math.Inf(-1), "1/32 is more than 2.5 %"},
		{6, 1, "1/64 is less, 7/64 more"},
		{11, 2, "12/2048 is less, 67/2048 more"},
		{21, 6, "the sixth: 1.3 %, the seventh: 3.9 %"},
	} {
		is := is.New(t)
		is.Equal(gate.Lower(ascending(c.n)), c.want) // the table of the sign test
	}
}

// recorder is a gate.TB that keeps what it is told.
type recorder struct{ logs, errors []string }

func (*recorder) Helper() {}
func (r *recorder) Logf(format string, args ...any) {
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// work takes a number of microseconds for each n, on the clock of a synctest bubble.
func work(micros int) func(n int) {
	return func(n int) { <-time.After(time.Duration(n*micros) * time.Microsecond) }
}

// TestGates runs on a clock of its own: how busy the machine is doesn't matter.
func TestGates(t *testing.T) {
	synctest.Test(t, testGates)
}

func testGates(t *testing.T) {
	is := is.New(t)
	var r recorder
	gate.Compare(&r, "same", 1, work(10), work(10))
	gate.Within(&r, "same", 0, work(10), work(10))
	is.Equal(len(r.errors), 0) // as fast as the floor: both pass
	is.Equal(len(r.logs), 2)   // and tell what they measured

	gate.Compare(&r, "slower", 2, work(80), work(10))
	gate.Within(&r, "slower", 69_999, work(80), work(10))
	is.Equal(len(r.errors), 2)                                 // eight times as long: both fail
	is.True(strings.HasPrefix(r.errors[0], "slower: median ")) // and tell which and by how much
}
