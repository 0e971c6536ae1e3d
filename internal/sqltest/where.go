package sqltest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Where shows that a condition as SQL equals Condition.Match on every record (R14), for every layout of a table.
func Where(t *testing.T, d sqlstore.Dialect, open func(t *testing.T) *sqlstore.DB) {
	t.Helper()
	db := open(t)
	for n, l := range layouts(d == sqlstore.PostgreSQL) {
		t.Run(l.name, func(t *testing.T) {
			h := host{layout: l, db: db, d: d, table: fmt.Sprint("listed_", n)}
			w := newWorld(t, h)
			random := rand.New(rand.NewPCG(14, uint64(n)))
			shown := 0
			for range 150 {
				shown += w.agree(t, random)
			}
			if all := 150 * len(w.records); shown < all/10 || shown > all*9/10 {
				t.Errorf("the conditions showed %d of %d: too much alike", shown, all)
			}
		})
	}
}

// world is a table, and users in departments.
type world struct {
	host
	*sqlstore.Holdings
	users   map[roster.UserID]roster.DepartmentID
	parts   []string
	records []memstore.Record
}

func newWorld(t *testing.T, h host) *world {
	t.Helper()
	s := h.source(t)
	w := &world{host: h, Holdings: s.Holdings.(*sqlstore.Holdings), users: map[roster.UserID]roster.DepartmentID{}, parts: s.Parts}
	users := append(slices.Clone(s.Users), "anna", "007", "99999999999999999999")
	if s.Users == nil {
		users = append(users, "leo", "sam", "sue", "zoe")
	}
	if w.parts == nil {
		w.parts = []string{"", "new", "won", "a'b"}
	}
	for account, shift := range map[string]int{"acme": 0, "other": 1} {
		err := h.db.Account(account).Update(t.Context(), func(tx roster.Tx) error {
			for i, id := range users {
				u := roster.User{ID: id, Status: roster.StatusActive, Department: []roster.DepartmentID{"sales", "support", ""}[(i+shift)%3]}
				if err := tx.PutUser(u); err != nil {
					return err
				}
				if shift == 0 {
					w.users[id] = u.Department
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	owners := users[:len(users)-3]
	if h.user == "text" {
		owners = users
	}
	if !s.NoNobody {
		owners = append(slices.Clone(owners), "")
	}
	for i := range 120 {
		id := fmt.Sprint("r", i)
		if s.ID != nil {
			id = s.ID(i + 1)
		}
		w.records = append(w.records, memstore.Record{ID: id, Owner: owners[i%len(owners)], Author: owners[0], Part: w.parts[i*7%11%len(w.parts)], Open: true})
	}
	if err := s.Put(w.records...); err != nil {
		t.Fatal(err)
	}
	return w
}

// condition makes one up, of parts that there are and parts that there can't be.
func (w *world) condition(random *rand.Rand) roster.Condition {
	scope := func() roster.Scope { return roster.Denied + roster.Scope(random.IntN(4)) }
	c := roster.Condition{Base: scope(), AnyPart: random.IntN(4) == 0}
	for _, part := range append(slices.Clone(w.parts), "never", "007") {
		if part == "" {
			continue
		}
		if random.IntN(3) == 0 {
			if c.Parts == nil {
				c.Parts = map[string]roster.Scope{}
			}
			c.Parts[part] = scope()
		}
		if !c.AnyPart && random.IntN(3) > 0 {
			c.Known = append(c.Known, part)
		}
	}
	slices.Sort(c.Known)
	return c
}

// agree compares what a query finds with what Match says, and tells how many there were.
func (w *world) agree(t *testing.T, random *rand.Rand) int {
	t.Helper()
	c := w.condition(random)
	users := slices.Sorted(func(yield func(roster.UserID) bool) {
		for id := range w.users {
			if !yield(id) {
				return
			}
		}
	})
	user := append(users, "nobody", "")[random.IntN(len(users)+2)]
	want := []string{}
	for _, rec := range w.records {
		if c.Match(user, w.users[user], roster.Record{ID: rec.ID, Owner: rec.Owner, Department: w.users[rec.Owner], Part: rec.Part}) {
			want = append(want, rec.ID)
		}
	}
	slices.Sort(want)
	where, args := w.Where(c, user, w.users[user], 2)
	mark := map[sqlstore.Dialect]string{sqlstore.SQLite: "?1", sqlstore.PostgreSQL: "CAST($1 AS text)"}[w.d]
	rows, err := w.host.db.Reader().QueryContext(t.Context(), "SELECT CAST(id AS text) FROM "+w.table+" WHERE 'yes' = "+mark+" AND "+where, append([]any{"yes"}, args...)...)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	defer rows.Close()
	got := []string{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		got = append(got, id)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || rows.Err() != nil {
		t.Fatalf("%+v for %q of %q: %s with %v: %v\ngot  %q\nwant %q", c, user, w.users[user], where, args, rows.Err(), got, want)
	}
	return len(got)
}
