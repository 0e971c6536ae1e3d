package roster_test

import (
	"iter"
	"slices"
	"testing"

	"github.com/seed-8e8abc8d/roster"
)

// sink keeps what a benchmark computed.
var sink int

// decideOurs and decideFloor ask the ring's questions n times.
func decideOurs(w *workload, list []*roster.Permissions) func(n int) {
	return func(n int) {
		yes := 0
		for i := range n {
			q := &w.ring[i&ringMask]
			if list[q.user].Decide(q.right, q.rel).Allowed {
				yes++
			}
		}
		sink = yes
	}
}

func decideFloor(w *workload, table []uint64) func(n int) {
	return func(n int) {
		yes := 0
		for i := range n {
			q := &w.ring[i&ringMask]
			if allowed(table[2*q.user:2*q.user+2], q.number, q.rel) {
				yes++
			}
		}
		sink = yes
	}
}

// BenchmarkDecide is one check on resolved Permissions beside a table of integers: W1 and W3 with
// 1,000 users and 20 roles, W2 with 100,000 and 1,000.
func BenchmarkDecide(b *testing.B) {
	for _, size := range []struct {
		name         string
		users, roles int
	}{{"W1", 1_000, 20}, {"W2", 100_000, 1_000}} {
		w := newWorkload(b, size.users, size.roles)
		run := func(name string, f func(n int)) {
			b.Run(size.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				f(b.N)
			})
		}
		run("floor", decideFloor(w, w.integers()))
		run("roster", decideOurs(w, w.permissions()))
	}
}

// BenchmarkDecideText is BenchmarkDecide with the right given as text.
func BenchmarkDecideText(b *testing.B) {
	w := newWorkload(b, 1_000, 20)
	list := w.permissions()
	b.ReportAllocs()
	for i := range b.N {
		q := &w.ring[i&ringMask]
		if right, err := w.schema.Right(w.texts[q.number]); err == nil && list[q.user].Decide(right, q.rel).Allowed {
			sink++
		}
	}
}

// BenchmarkDecidePart is a check of a record in a part, by the part's name.
func BenchmarkDecidePart(b *testing.B) {
	s := crm(b)
	p := roster.Resolve(s, roster.Grants{Role: rights{"deal:view": dept, "deal:view@won": own, "deal:edit@new": all}})
	view, parts := s.MustRight("deal:view"), [...]string{"", "new", "won", "later"}
	b.ReportAllocs()
	for i := range b.N {
		if p.Decide(view.At(parts[i&3]), roster.Colleague).Allowed {
			sink++
		}
	}
}

// BenchmarkResolve is the cost of a change until the next check.
func BenchmarkResolve(b *testing.B) {
	w := newWorkload(b, 1_000, 20)
	b.Run("role", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			roster.Resolve(w.schema, w.users[1+i%9])
		}
	})
	b.Run("individual", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			roster.Resolve(w.schema, w.users[i%100*10])
		}
	})
}

// BenchmarkCondition derives the condition of a query.
func BenchmarkCondition(b *testing.B) {
	s := crm(b)
	view := s.MustRight("deal:view")
	for name, role := range map[string]rights{"kind": {"deal:view": dept}, "parts": {"deal:view": dept, "deal:view@won": own}} {
		p := roster.Resolve(s, roster.Grants{Role: role})
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				sink += len(p.Condition(view).Parts)
			}
		})
	}
}

// asker is a user of a department, as variables that the compiler doesn't know.
type asker struct {
	user roster.UserID
	dept roster.DepartmentID
}

// whichOurs filters the same records n times for one user with a right of scope department.
func whichOurs(p *roster.Permissions, right roster.Right, asks asker, list []roster.Record) func(n int) {
	return func(n int) {
		for range n {
			for range p.Condition(right).Which(asks.user, asks.dept, slices.Values(list)) {
				sink++
			}
		}
	}
}

// whichFloor is a filter of the same shape, written by hand for that user and that scope.
func whichFloor(asks asker, list []roster.Record) func(n int) {
	filter := func(user roster.UserID, dept roster.DepartmentID, records iter.Seq[roster.Record]) iter.Seq[roster.Record] {
		return func(yield func(roster.Record) bool) {
			for rec := range records {
				if (rec.Owner == user || rec.Department == dept && rec.Owner != "") && !yield(rec) {
					return
				}
			}
		}
	}
	return func(n int) {
		for range n {
			for range filter(asks.user, asks.dept, slices.Values(list)) {
				sink++
			}
		}
	}
}

// whichLoop is the same question as a plain loop over a slice: no iterators, no copies.
func whichLoop(asks asker, list []roster.Record) func(n int) {
	return func(n int) {
		for range n {
			for i := range list {
				if rec := &list[i]; rec.Owner == asks.user || rec.Department == asks.dept && rec.Owner != "" {
					sink++
				}
			}
		}
	}
}

// BenchmarkWhich is W4: which of 100,000 records may a department-scoped user see.
func BenchmarkWhich(b *testing.B) {
	w := newWorkload(b, 1_000, 20)
	list, asks := w.records(100_000), asker{"u7", "d7"}
	p := roster.Resolve(w.schema, roster.Grants{Role: rights{w.texts[0]: dept}})
	b.Run("loop", func(b *testing.B) { b.ReportAllocs(); whichLoop(asks, list)(b.N) })
	b.Run("floor", func(b *testing.B) { b.ReportAllocs(); whichFloor(asks, list)(b.N) })
	b.Run("roster", func(b *testing.B) { b.ReportAllocs(); whichOurs(p, w.rights[0], asks, list)(b.N) })
}
