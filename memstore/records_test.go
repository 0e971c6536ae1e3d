package memstore_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// model answers as Records should, by looking at every record.
type model map[string]memstore.Record

func (m model) survey(user roster.UserID) roster.Survey {
	s := roster.Survey{Responsible: map[string]int{}}
	for _, rec := range m {
		if rec.Owner == user {
			s.Responsible[rec.Part]++
			if rec.Open {
				s.Open++
			}
		}
		if rec.Author == user {
			s.Authored++
		}
		if slices.Contains(rec.Named, user) {
			s.Named++
		}
	}
	return s
}

func (m model) page(q roster.Query) []roster.Record {
	var page []roster.Record
	for _, rec := range m {
		tied := rec.Owner
		if q.Tie == roster.Author {
			tied = rec.Author
		}
		if tied == q.User && (q.AllParts || rec.Part == q.Part) && rec.ID > q.After {
			page = append(page, roster.Record{ID: rec.ID, Owner: rec.Owner, Part: rec.Part})
		}
	}
	slices.SortFunc(page, func(a, b roster.Record) int { return strings.Compare(a.ID, b.ID) })
	return page[:min(len(page), q.Limit)]
}

func (m model) move(o roster.MoveOrder) []roster.MoveResult {
	var results []roster.MoveResult
	for _, id := range o.IDs {
		rec, ok := m[id]
		tied := &rec.Owner
		if o.Tie == roster.Author {
			tied = &rec.Author
		}
		switch {
		case !ok:
			results = append(results, roster.MoveGone)
		case *tied == o.To && (!o.Off || rec.Off):
			results = append(results, roster.MoveAlready)
		case *tied != o.From:
			results = append(results, roster.MoveElsewhere)
		default:
			*tied, rec.Off = o.To, rec.Off || o.Off
			m[id] = rec
			results = append(results, roster.MoveDone)
		}
	}
	return results
}

// TestRecordsEqualModel runs random operations on Records and on a model that looks at every record.
func TestRecordsEqualModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 1))
			var records memstore.Records
			m := model{}
			user := func() roster.UserID { return roster.UserID([]string{"", "anna", "boris", "vera"}[rnd.IntN(4)]) }
			id := func() string { return fmt.Sprintf("%x", rnd.IntN(3000)) }
			part := func() string { return []string{"", "new", "won"}[rnd.IntN(3)] }
			for range 12_000 {
				switch rnd.IntN(5) {
				case 0, 1, 2:
					rec := memstore.Record{ID: id(), Part: part(), Owner: user(), Author: user(), Open: rnd.IntN(2) == 0, Named: []roster.UserID{user(), user()}}
					if err := records.Put(rec); err != nil {
						t.Fatal(err)
					}
					m[rec.ID] = rec
				case 3:
					gone := id()
					records.Delete(gone)
					delete(m, gone)
				case 4:
					o := roster.MoveOrder{Tie: roster.Tie(1 + rnd.IntN(2)), From: user(), To: user(), IDs: []string{id(), id(), id()}}
					if o.Tie == roster.Responsible && rnd.IntN(3) == 0 {
						o.To, o.Off = "", true
					}
					got, err := records.Move(t.Context(), o)
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(m.move(o), got); diff != "" {
						t.Fatalf("move %+v (-want +got):\n%s", o, diff)
					}
				}
			}
			compareWithModel(t, &records, m)
		})
	}
}

// compareWithModel compares every answer.
func compareWithModel(t *testing.T, records *memstore.Records, m model) {
	t.Helper()
	if diff := cmp.Diff(len(m), records.Len()); diff != "" {
		t.Errorf("length (-want +got):\n%s", diff)
	}
	got := model{}
	for rec := range records.All() {
		got[rec.ID] = rec
	}
	if diff := cmp.Diff(m, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	for _, user := range []roster.UserID{"", "anna", "boris", "vera", "nobody"} {
		s, err := records.Survey(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m.survey(user), s, cmpopts.IgnoreFields(roster.Survey{}, "Fingerprint")); diff != "" {
			t.Errorf("survey of %q (-want +got):\n%s", user, diff)
		}
		for _, q := range []roster.Query{
			{Tie: roster.Responsible, AllParts: true, Limit: 100}, {Tie: roster.Author, AllParts: true, Limit: 7},
			{Tie: roster.Responsible, Part: "won", Limit: 10_000}, {Tie: roster.Author, Limit: 1}, {Tie: roster.Responsible, Part: "lost", Limit: 5},
		} {
			q.User = user
			for {
				page, err := records.Page(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(m.page(q), page, cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("page %+v (-want +got):\n%s", q, diff)
				}
				if len(page) < q.Limit {
					break
				}
				q.After = page[len(page)-1].ID
			}
		}
	}
}

// TestL6_FingerprintNoticesEveryChange proves that the fingerprint tells sets apart, and only sets.
func TestL6_FingerprintNoticesEveryChange(t *testing.T) {
	t.Parallel()
	base := []memstore.Record{{ID: "1", Owner: "anna"}, {ID: "2", Part: "won", Owner: "anna"}, {ID: "3", Owner: "boris"}}
	print := func(records ...memstore.Record) string {
		var r memstore.Records
		if err := r.Put(records...); err != nil {
			t.Fatal(err)
		}
		s, err := r.Survey(t.Context(), "anna")
		if err != nil {
			t.Fatal(err)
		}
		return s.Fingerprint
	}
	for _, tc := range []struct {
		name    string
		records []memstore.Record
		same    bool
		why     string
	}{
		{"another order", []memstore.Record{base[2], base[1], base[0]}, true, "the set is the same"},
		{"another's record", append(slices.Clone(base), memstore.Record{ID: "4", Owner: "boris"}), true, "it isn't the user's"},
		{"closed", []memstore.Record{{ID: "1", Owner: "anna", Open: true}, base[1], base[2]}, true, "neither set nor part changed"},
		{"one more", append(slices.Clone(base), memstore.Record{ID: "4", Owner: "anna"}), false, "a new record"},
		{"one less", base[1:], false, "a record went"},
		{"exchanged", []memstore.Record{{ID: "9", Owner: "anna"}, base[1], base[2]}, false, "as many, but not the same"},
		{"another part", []memstore.Record{{ID: "1", Part: "won", Owner: "anna"}, base[1], base[2]}, false, "a record changed its part"},
		{"none", nil, false, "all gone"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(print(tc.records...) == print(base...), tc.same) // the fingerprint changes with the set alone
		})
	}
}

// TestRecordsRefuse lists the calls that are refused.
func TestRecordsRefuse(t *testing.T) {
	t.Parallel()
	var r memstore.Records
	done, cancel := context.WithCancel(t.Context())
	cancel()
	page := func(ctx context.Context, q roster.Query) error { _, err := r.Page(ctx, q); return err }
	move := func(ctx context.Context, o roster.MoveOrder) error { _, err := r.Move(ctx, o); return err }
	survey := func(ctx context.Context) error { _, err := r.Survey(ctx, "anna"); return err }
	probe := func(ctx context.Context) error { _, err := r.Probe(ctx, nil); return err }
	for _, tc := range []struct {
		name string
		got  error
		want error
	}{
		{"a record without an id", r.Put(memstore.Record{ID: "1"}, memstore.Record{}), roster.ErrInvalid},
		{"a page without a limit", page(t.Context(), roster.Query{Tie: roster.Responsible}), roster.ErrInvalid},
		{"a page too large", page(t.Context(), roster.Query{Tie: roster.Responsible, Limit: 10_001}), roster.ErrInvalid},
		{"a page without a tie", page(t.Context(), roster.Query{Limit: 1}), roster.ErrInvalid},
		{"a move without a tie", move(t.Context(), roster.MoveOrder{}), roster.ErrInvalid},
		{"switching off with a successor", move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, To: "boris", Off: true}), roster.ErrInvalid},
		{"a page when the context is done", page(done, roster.Query{Tie: roster.Responsible, Limit: 1}), context.Canceled},
		{"a move when the context is done", move(done, roster.MoveOrder{Tie: roster.Responsible}), context.Canceled},
		{"a survey when the context is done", survey(done), context.Canceled},
		{"a probe when the context is done", probe(done), context.Canceled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			is := is.New(t)
			is.True(errors.Is(tc.got, tc.want)) // refused for the stated reason
		})
	}
	is.New(t).Equal(r.Len(), 0) // nothing was stored by a refused call
}

// TestL10_ProbeTellsBrokenThings tells what a probe reports.
func TestL10_ProbeTellsBrokenThings(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var r memstore.Records
	is.NoErr(r.Put(memstore.Record{ID: "hook", Problem: "401"}, memstore.Record{ID: "off", Problem: "401", Off: true}, memstore.Record{ID: "ok"}))
	told, err := r.Probe(t.Context(), []string{"hook", "off", "ok", "none"})
	is.NoErr(err)
	is.Equal(told[0].Error(), "401")                // a broken thing
	is.NoErr(told[1])                               // one that is off can't fail
	is.NoErr(told[2])                               // one that works
	is.True(errors.Is(told[3], roster.ErrNotFound)) // one that isn't there
}

// TestRecordsOwnWhatTheyKeep proves that neither side sees the other's later changes.
func TestRecordsOwnWhatTheyKeep(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var r memstore.Records
	given := memstore.Record{ID: "1", Named: []roster.UserID{"anna"}}
	is.NoErr(r.Put(given))
	given.Named[0] = "boris"
	found, ok := r.Find("1")
	is.True(ok)                                     // it is there
	is.Equal(found.Named[0], roster.UserID("anna")) // the caller's slice was copied
	found.Named[0] = "boris"
	again, _ := r.Find("1")
	is.Equal(again.Named[0], roster.UserID("anna")) // the result was a copy
	_, ok = r.Find("2")
	is.True(!ok) // no such record
}

// TestL21_MovesAreCompareAndSet lets many movers race for the same records: each record is moved once.
func TestL21_MovesAreCompareAndSet(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var r memstore.Records
	var ids []string
	for i := range 2_000 {
		ids = append(ids, fmt.Sprint(i))
		is.NoErr(r.Put(memstore.Record{ID: fmt.Sprint(i), Owner: "leaver"}))
	}
	var wg sync.WaitGroup
	moved := make([]int, 8)
	for w := range moved {
		wg.Go(func() {
			for chunk := range slices.Chunk(ids, 50) {
				results, _ := r.Move(context.Background(), roster.MoveOrder{Tie: roster.Responsible, From: "leaver", To: roster.UserID(fmt.Sprint("to", w)), IDs: chunk})
				for _, res := range results {
					if res == roster.MoveDone {
						moved[w]++
					}
				}
			}
		})
	}
	wg.Wait()
	total := 0
	for w, n := range moved {
		s, err := r.Survey(t.Context(), roster.UserID(fmt.Sprint("to", w)))
		is.NoErr(err)
		is.Equal(s.Total(), n) // everyone has what they moved
		total += n
	}
	is.Equal(total, len(ids)) // every record was moved exactly once
}

// BenchmarkSurvey measures counting a user's records: the same for a million as for a thousand.
func BenchmarkSurvey(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var r memstore.Records
			for i := range n {
				if err := r.Put(memstore.Record{ID: fmt.Sprintf("%08d", i), Part: fmt.Sprint(i % 5), Owner: "anna", Author: "anna"}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Survey(b.Context(), "anna"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
