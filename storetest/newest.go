package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// checkNewestFirst lists random events by random filters, back from every number and in pages of every size.
func checkNewestFirst(x *exam) {
	rnd := rand.New(rand.NewPCG(13, 17))
	rows := randomRows(rnd, 12)
	x.update("put", rows.put)
	x.view("list", func(tx roster.Tx) error {
		for range 20 {
			f := randomEventFilter(rnd)
			for before := range uint64(15) {
				x.newest(tx, rows.events, f, before)
			}
			x.newest(tx, rows.events, f, math.MaxUint64)
		}
		for _, limit := range []int{0, -1} {
			_, err := tx.ListEventsBefore(roster.EventFilter{}, 5, limit)
			x.is(fmt.Sprintf("events before, at most %d", limit), err, roster.ErrInvalid)
		}
		return nil
	})
}

// newest wants the events before a number to be those of all that match f, back from it.
func (x *exam) newest(tx roster.Tx, all []roster.Event, f roster.EventFilter, before uint64) {
	var want []roster.Event
	for _, e := range slices.Backward(all) {
		if e.Seq < before && f.Match(e) {
			want = append(want, e)
		}
	}
	for limit := 1; limit <= len(all)+1; limit += 4 {
		what := fmt.Sprintf("%d events before %d by %+v", limit, before, f)
		got, err := tx.ListEventsBefore(f, before, limit)
		x.is(what, err, nil)
		x.equal(what, got, want[:min(limit, len(want))])
	}
}
