package offboard_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// paging counts what a desk asks of Holdings.
type paging struct {
	roster.Holdings
	pages, widest *int
}

func (p paging) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	*p.pages++
	*p.widest = max(*p.widest, q.Limit)
	return p.Holdings.Page(ctx, q)
}

// TestG2_AssessingReadsCountsAlone proves that assessing a leaver costs the same however many records there
// are, and that rules about single records look at those alone.
func TestG2_AssessingReadsCountsAlone(t *testing.T) {
	is := is.New(t)
	assess := func(n int, req roster.Request) (allocs float64, pages, widest int) {
		f := newFirm(t, n)
		f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
			if kind == "integration" {
				return h
			}
			return paging{h, &pages, &widest}
		}
		f.desk = f.newDesk(f.Roster)
		allocs = testing.AllocsPerRun(5, func() { f.assess(req) })
		return allocs, pages / 6, widest // AllocsPerRun warms up once
	}
	few, pages, _ := assess(300, request())
	is.Equal(pages, 0) // counts only
	many, pages, _ := assess(30_000, request())
	is.Equal(pages, 0)
	is.True(many <= few*1.05) // the same work for a hundred times as many
	req := request()
	req.Rules = append(req.Rules, roster.Rule{Kind: "contact", Records: []string{"contact-029999"}, Do: roster.NoOwner})
	_, pages, widest := assess(30_000, req)
	is.Equal(pages, 1)  // the record that the rule names
	is.Equal(widest, 1) // and no other
}

// TestL7_TheFenceCostsTheSame counts what the fence asks of the store: it doesn't depend on how many
// records and tokens the leaver has.
func TestL7_TheFenceCostsTheSame(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	fence := func(records, tokens int) int {
		store := storetest.NewFaulty(new(memstore.Store))
		f := newFirmOn(t, store, records, nil)
		for range tokens {
			f.token("leo")
		}
		plan := f.assess(request())
		store.FailAt(0, storetest.Failure{})
		_, err := f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
		is.NoErr(err)
		return store.Calls()
	}
	is.Equal(fence(30, 1), fence(30_000, 1)) // a thousand times as many records
	is.Equal(fence(30, 1), fence(30, 1_000)) // a thousand times as many tokens
}

// BenchmarkAssess assesses leavers of 1,000 and of 1,000,000 deals: counts only.
func BenchmarkAssess(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) {
			f := newFirm(b, 0)
			f.manyDeals(n)
			b.ReportAllocs()
			for b.Loop() {
				f.assess(request())
			}
		})
	}
}

// BenchmarkFence starts deletions; each is lifted again outside the measured time.
func BenchmarkFence(b *testing.B) {
	for _, tc := range []struct{ records, tokens int }{{1_000, 1}, {1_000_000, 1}, {1_000, 10_000}} {
		b.Run(fmt.Sprintf("records=%d/tokens=%d", tc.records, tc.tokens), func(b *testing.B) {
			f := newFirm(b, 0)
			f.manyDeals(tc.records)
			for range tc.tokens {
				f.token("leo")
			}
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				plan := f.assess(request())
				b.StartTimer()
				run, err := f.desk.Start(b.Context(), roster.As("ada"), plan.Request, plan.Digest)
				b.StopTimer()
				f.must(err)
				_, err = f.desk.Lift(b.Context(), roster.As("ada"), run.ID, "")
				f.must(err)
				f.system(roster.Reactivate{User: "leo"})
				b.StartTimer()
			}
		})
	}
}

// BenchmarkHandOver hands 100,000 deals over, in chunks of several sizes, from claim to burial.
func BenchmarkHandOver(b *testing.B) {
	const n = 100_000
	for _, chunk := range []int{100, 500, 5_000} {
		b.Run(fmt.Sprintf("chunk=%d", chunk), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				f := newFirm(b, 0)
				f.manyDeals(n)
				run := f.start(request())
				desk := f.desk.With(offboard.Settings{Chunk: chunk, Budget: -1})
				b.StartTimer()
				if _, err := desk.Work(b.Context(), run.ID, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkNamedRecords hands over n deals that one rule names by id. Each chunk writes the run's row, which names them
// all: that part of the work grows with the square of n, which a request bounds.
func BenchmarkNamedRecords(b *testing.B) {
	for _, n := range []int{1_000, 4_000} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				f := newFirm(b, 0)
				f.manyDeals(n)
				named := roster.Rule{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{"sam"}}
				for i := range n {
					named.Records = append(named.Records, fmt.Sprintf("deal-%08d", i))
				}
				req := request()
				req.Rules = append(req.Rules, named)
				run := f.start(req)
				b.StartTimer()
				f.work(run.ID)
			}
		})
	}
}

// manyDeals gives leo n deals.
func (f *firm) manyDeals(n int) {
	for i := range n {
		f.must(f.records["deal"].Put(memstore.Record{ID: fmt.Sprintf("deal-%08d", i), Part: []string{"", "new", "won"}[i%3], Owner: "leo", Author: "leo"}))
	}
}
