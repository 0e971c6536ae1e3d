package sqltest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// emptied makes the part of every other row, NULL as it is, an empty text: both are no part, in one order.
func (h host) emptied(t *testing.T, ids []string) {
	t.Helper()
	for i := 0; i < len(ids) && h.part == "text" && !h.required; i += 2 {
		_, err := h.db.Writer().ExecContext(t.Context(), "UPDATE "+h.table+" SET stage = '' WHERE CAST(id AS text) = $1", ids[i])
		must(t, err)
	}
}

// Pages shows that pages go on behind any key, whether it is there or not, in the order of the keys (G10), and refuse what
// can't be one.
func Pages(t *testing.T, d sqlstore.Dialect, open func(t *testing.T) *sqlstore.DB) {
	t.Helper()
	db := open(t)
	after := []string{
		"", "-", "-1", "-10", "-99", "-9223372036854775808", "0", "00", "007", "1", "10", "100", "1000", "12x", "1 ", "19", "2", "9", "99", "9223372036854775807", "93", ":", "a", "f",
		"4e", "4e3779b1-0000-7000-8000-000000000001", "4E", "ffffffff-ffff-ffff-ffff-ffffffffffff", "r1", "r10", "r", "r9", "\U0001F642", "\xff", "-x", "+1",
	}
	for n, l := range layouts(d == sqlstore.PostgreSQL) {
		t.Run(l.name, func(t *testing.T) {
			h := host{layout: l, db: db, d: d, table: fmt.Sprint("paged_", n)}
			s := h.source(t)
			owner, part := roster.UserID("leo"), ""
			if s.Users != nil {
				owner = s.Users[0]
			}
			if s.Parts != nil {
				part = s.Parts[0]
			}
			ids := h.keys(s)
			var records []memstore.Record
			for _, id := range ids {
				records = append(records, memstore.Record{ID: id, Owner: owner, Author: owner, Part: part, Open: true})
			}
			if err := s.Put(records...); err != nil {
				t.Fatal(err)
			}
			h.emptied(t, ids)
			order := s.Order
			if order == nil {
				order = strings.Compare
			}
			slices.SortFunc(ids, order)
			for i, a := range append(after, ids...) {
				if i%Thin > 0 {
					continue
				}
				for _, limit := range []int{1, 7, 200} {
					page, err := s.Holdings.Page(t.Context(), roster.Query{User: owner, Tie: roster.Responsible, Part: part, After: a, Limit: limit})
					if errors.Is(err, roster.ErrInvalid) && !h.can(a) {
						continue
					}
					if err != nil || !h.can(a) {
						t.Fatalf("after %q: %v", a, err)
					}
					want := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return a != "" && order(id, a) <= 0 })
					want = want[:min(limit, len(want))]
					got := make([]string, len(page))
					for i, rec := range page {
						got[i] = rec.ID
					}
					if !slices.Equal(got, want) {
						t.Fatalf("%d after %q: got %q; want %q", limit, a, got, want)
					}
				}
			}
		})
	}
}

// can reports whether a text can be a key of the table, or is none.
func (h host) can(id string) bool {
	switch h.key {
	case "integer":
		n, err := strconv.ParseInt(id, 10, 64)
		return id == "" || err == nil && strconv.FormatInt(n, 10) == id
	case "uuid":
		return id == "" || len(id) == 36 && strings.ToLower(id) == id
	}
	return utf8.ValidString(id)
}

// keys are some that a table's keys may be.
func (h host) keys(s rostertest.Source) []string {
	ids := []string{"-9223372036854775808", "9223372036854775807", "-1", "-9", "-10", "-11", "0", "1", "9", "10", "11", "19", "99", "100", "101", "1000", "1999", "20", "1000000000000000000"}
	for i := range 60 {
		switch h.key {
		case "integer":
			ids = append(ids, strconv.Itoa(200+i*i*13))
		case "uuid":
			if i == 0 {
				ids = nil
			}
			ids = append(ids, s.ID(i+1))
		default:
			ids = append(ids, fmt.Sprint("r", i))
		}
	}
	return ids
}
