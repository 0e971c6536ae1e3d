package roster_test

import (
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// sized is a scene whose leaver has n deals.
func sized(t testing.TB, n int) *scene {
	sc := newScene(t)
	sc.Stocks[0].Survey.Responsible = map[string]int{"won": n / 2, "lost": n - n/2}
	sc.Req.Rules = append(sc.Req.Rules,
		roster.Rule{Kind: "deal", Do: roster.LeastLoaded, To: to("boris", "vera", "hedda")},
		roster.Rule{Kind: "deal", Part: "won", Do: roster.SplitEvenly, To: to("boris", "vera")})
	return sc
}

func TestL3_PlanningCostsTheSameForManyRecords(t *testing.T) {
	is := is.New(t)
	allocs := func(n int) float64 {
		sc := sized(t, n)
		return testing.AllocsPerRun(20, func() { sc.plan() })
	}
	few, many := allocs(1_000), allocs(100_000_000)
	is.True(many < few*1.05) // counts only: a hundred thousand times the records, the same work but for how maps fall out
}

// BenchmarkPlanHandover plans leavers of different sizes; the time must not depend on the size.
func BenchmarkPlanHandover(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) {
			sc := sized(b, n)
			b.ReportAllocs()
			for b.Loop() {
				sc.plan()
			}
		})
	}
}
