package rostertest_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// bends are the ways in which a host's questions and answers are wrong. A nil func bends nothing.
type bends struct {
	survey func(roster.UserID, roster.Survey) roster.Survey
	query  func(roster.Query) roster.Query
	page   func(roster.Query, []roster.Record) []roster.Record
	order  func(*warped, roster.MoveOrder) roster.MoveOrder
	told   func(roster.MoveOrder, []roster.MoveResult) []roster.MoveResult
	probed func([]error) []error
}

// warped are records in memory that can be closed, and whose questions and answers are bent.
type warped struct {
	memstore.Records
	bends
	broken bool
}

func (w *warped) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	s, err := w.Records.Survey(ctx, user)
	if w.broken {
		return roster.Survey{}, errClosed
	}
	if err == nil && w.survey != nil {
		s = w.survey(user, s)
	}
	return s, err
}

func (w *warped) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	if w.broken {
		return nil, errClosed
	}
	if w.query != nil {
		q = w.query(q)
	}
	page, err := w.Records.Page(ctx, q)
	if err == nil && w.page != nil {
		page = w.page(q, page)
	}
	return page, err
}

func (w *warped) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	if w.broken {
		return nil, errClosed
	}
	if w.order != nil {
		o = w.order(w, o)
	}
	results, err := w.Records.Move(ctx, o)
	if err == nil && w.told != nil {
		results = w.told(o, results)
	}
	return results, err
}

func (w *warped) Probe(ctx context.Context, ids []string) ([]error, error) {
	told, err := w.Records.Probe(ctx, ids)
	if w.broken {
		return nil, errClosed
	}
	if err == nil && w.probed != nil {
		told = w.probed(told)
	}
	return told, err
}

// TestHoldings_CatchesHoldingsOfOtherMakes bends the reference in one way after another: the case named
// catches it, whatever others do.
func TestHoldings_CatchesHoldingsOfOtherMakes(t *testing.T) {
	t.Parallel()
	surveys := 0
	for _, tc := range []struct {
		name   string
		bends  bends
		caught string
	}{
		{"closed records count as open", bends{survey: func(_ roster.UserID, s roster.Survey) roster.Survey {
			s.Open = s.Total()
			return s
		}}, "counts are exact"},
		{"parts aren't told apart", bends{survey: func(_ roster.UserID, s roster.Survey) roster.Survey {
			s.Responsible = map[string]int{"": s.Total()}
			return s
		}}, "counts are exact"},
		{"parts with none are counted as zero", bends{survey: func(_ roster.UserID, s roster.Survey) roster.Survey {
			s.Responsible = maps.Clone(s.Responsible)
			s.Responsible["won"] += 0
			return s
		}}, "counts are exact"},
		{"watchers aren't counted", bends{survey: func(_ roster.UserID, s roster.Survey) roster.Survey {
			s.Named = 0
			return s
		}}, "counts are exact"},
		{"counts are an estimate", bends{survey: func(_ roster.UserID, s roster.Survey) roster.Survey {
			for part, n := range s.Responsible {
				s.Responsible[part] = n / 10 * 10
			}
			return s
		}}, "counts follow every change"},
		{"each survey has a fingerprint of its own", bends{survey: func(_ roster.UserID, s roster.Survey) roster.Survey {
			surveys++
			s.Fingerprint = fmt.Sprint(surveys)
			return s
		}}, "fingerprints tell sets apart"},
		{"the last record of a page comes again", bends{query: func(q roster.Query) roster.Query {
			if q.After != "" {
				q.After = q.After[:len(q.After)-1]
			}
			return q
		}}, "pages are complete"},
		{"a page has one record too many", bends{query: func(q roster.Query) roster.Query {
			q.Limit = min(q.Limit+1, 10_000)
			return q
		}}, "pages are complete"},
		{"an author's page is the responsible user's", bends{query: func(q roster.Query) roster.Query {
			q.Tie = roster.Responsible
			return q
		}}, "pages are complete"},
		{"a page begins with the last", bends{page: func(_ roster.Query, page []roster.Record) []roster.Record {
			slices.Reverse(page)
			return page
		}}, "pages in one order"},
		{"owners aren't told", bends{page: func(_ roster.Query, page []roster.Record) []roster.Record {
			for i := range page {
				page[i].Owner = ""
			}
			return page
		}}, "a page tells owner and part"},
		{"an author's move is the responsible user's", bends{order: func(_ *warped, o roster.MoveOrder) roster.MoveOrder {
			o.Tie = roster.Responsible
			return o
		}}, "responsible and author are two ties"},
		{"a move takes everything", bends{order: func(w *warped, o roster.MoveOrder) roster.MoveOrder {
			page, _ := w.Records.Page(context.Background(), roster.Query{User: o.From, Tie: o.Tie, AllParts: true, Limit: 10_000})
			for _, rec := range page {
				if !slices.Contains(o.IDs, rec.ID) {
					o.IDs = append(o.IDs[:len(o.IDs):len(o.IDs)], rec.ID)
				}
			}
			return o
		}, told: func(o roster.MoveOrder, all []roster.MoveResult) []roster.MoveResult { return all }}, "a move compares and sets"},
		{"nothing is moved, and everything told as done", bends{
			order: func(_ *warped, o roster.MoveOrder) roster.MoveOrder { o.From = "nobody at all"; return o },
			told: func(_ roster.MoveOrder, all []roster.MoveResult) []roster.MoveResult {
				return slices.Repeat([]roster.MoveResult{roster.MoveDone}, len(all))
			},
		}, "counts follow every change"},
		{"what is gone is told as elsewhere", bends{told: func(_ roster.MoveOrder, all []roster.MoveResult) []roster.MoveResult {
			for i, r := range all {
				if r == roster.MoveGone {
					all[i] = roster.MoveElsewhere
				}
			}
			return all
		}}, "a move compares and sets"},
		{"an empty From is everybody's", bends{order: func(w *warped, o roster.MoveOrder) roster.MoveOrder {
			if len(o.IDs) > 0 && o.From == "" {
				if rec, ok := w.Find(o.IDs[len(o.IDs)/2]); ok {
					o.From = rec.Owner
				}
			}
			return o
		}}, "nobody is an owner like another"},
		{"acting things always work", bends{probed: func(told []error) []error { return make([]error, len(told)) }}, "acting things are probed one by one"},
		{"whom one asks about fails when another does", bends{probed: func(told []error) []error {
			slices.Reverse(told)
			return told
		}}, "acting things are probed one by one"},
		{"things that are given away are switched on", bends{order: func(w *warped, o roster.MoveOrder) roster.MoveOrder {
			for _, id := range o.IDs {
				if rec, ok := w.Find(id); ok && rec.Owner == o.From && !o.Off {
					rec.Off = false
					_ = w.Put(rec)
				}
			}
			return o
		}}, "acting things are switched off"},
		{"things that are given away are switched off", bends{order: func(w *warped, o roster.MoveOrder) roster.MoveOrder {
			for _, id := range o.IDs {
				if rec, ok := w.Find(id); ok && rec.Owner == o.From {
					rec.Off = true
					_ = w.Put(rec)
				}
			}
			return o
		}}, "acting things are switched off"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, p := range rostertest.Promises() {
				if p.Name != tc.caught {
					continue
				}
				w := &warped{bends: tc.bends}
				lacks, wrong := p.Check(t.Context(), rostertest.Source{Holdings: w, Put: w.Put, Find: w.Find, Delete: w.Delete, Acting: true})
				if wrong == nil {
					t.Errorf("%s doesn't catch it; not tried for want of %q", tc.caught, lacks)
				}
				return
			}
			t.Errorf("no case %q", tc.caught)
		})
	}
}
