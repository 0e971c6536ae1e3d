package rostertest_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// mistaken are records in memory behind queries that somebody wrote wrong. A nil func is right.
type mistaken struct {
	memstore.Records
	mistake
	order   []string // ids as they were put
	deleted map[string]memstore.Record
}

// mistake is one that programmers make in SQL.
type mistake struct {
	survey func(*mistaken, roster.UserID, *roster.Survey)
	query  func(*mistaken, roster.Query) roster.Query
	listed func(*mistaken, roster.Query, memstore.Record) bool // what a page would list
	page   func(*mistaken, roster.Query, []roster.Record) []roster.Record
	taken  func(*mistaken, roster.MoveOrder, memstore.Record) roster.MoveOrder // what one record is moved by
	told   func(*mistaken, roster.MoveOrder, memstore.Record, roster.MoveResult) roster.MoveResult
}

func (m *mistaken) put(records ...memstore.Record) error {
	for _, rec := range records {
		if !slices.Contains(m.order, rec.ID) {
			m.order = append(m.order, rec.ID)
		}
	}
	return m.Put(records...)
}

func (m *mistaken) delete(ids ...string) {
	for _, id := range ids {
		if rec, ok := m.Find(id); ok {
			m.deleted[id] = rec
		}
	}
	m.Delete(ids...)
}

// of lists the records that a user is responsible for.
func (m *mistaken) of(user roster.UserID) (found []memstore.Record) {
	for rec := range m.All() {
		if rec.Owner == user {
			found = append(found, rec)
		}
	}
	return found
}

func (m *mistaken) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	s, err := m.Records.Survey(ctx, user)
	if err == nil && m.survey != nil {
		m.survey(m, user, &s)
	}
	return s, err
}

func (m *mistaken) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	asked := q
	if m.query != nil {
		q = m.query(m, q)
	}
	limit := q.Limit
	if m.listed != nil || m.page != nil {
		q.Limit = 10_000
	}
	page, err := m.Records.Page(ctx, q)
	if m.listed != nil {
		page = slices.DeleteFunc(page, func(r roster.Record) bool { rec, _ := m.Find(r.ID); return !m.listed(m, asked, rec) })
	}
	if m.page != nil {
		page = m.page(m, asked, page)
	}
	return page[:min(limit, len(page))], err
}

func (m *mistaken) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	if m.taken == nil && m.told == nil {
		return m.Records.Move(ctx, o)
	}
	var results []roster.MoveResult
	for _, id := range o.IDs {
		rec, _ := m.Find(id)
		one := o
		if m.taken != nil {
			one = m.taken(m, o, rec)
		}
		one.IDs = []string{id}
		r, err := m.Records.Move(ctx, one)
		if err != nil {
			return nil, err
		}
		if m.told != nil {
			r[0] = m.told(m, o, rec, r[0])
		}
		results = append(results, r[0])
	}
	return results, nil
}

// printed replaces the fingerprint.
func printed(of func([]memstore.Record) string) func(*mistaken, roster.UserID, *roster.Survey) {
	return func(m *mistaken, user roster.UserID, s *roster.Survey) { s.Fingerprint = of(m.of(user)) + "." }
}

// each joins what is said of each record.
func each(records []memstore.Record, sep string, say func(memstore.Record) string) string {
	var all []string
	for _, rec := range records {
		all = append(all, say(rec))
	}
	return strings.Join(all, sep)
}

// parts counts records by part.
func parts(records []memstore.Record) string {
	n := map[string]int{}
	for _, rec := range records {
		n[rec.Part]++
	}
	return fmt.Sprint(n)
}

func fold[T ~string](a, b T) bool { return strings.EqualFold(string(a), string(b)) }

// capped is a count with LIMIT.
func capped(n *int) { *n = min(*n, 1_000) }

// mistakes are those that programmers make, and the case that catches each.
func mistakes() []struct {
	name string
	mistake
	source rostertest.Source // what it can't do
	caught string
} {
	withPart := func(rec memstore.Record) string { return rec.ID + " " + rec.Part }
	return []struct {
		name string
		mistake
		source rostertest.Source
		caught string
	}{
		{"closed records aren't listed", mistake{listed: func(_ *mistaken, _ roster.Query, rec memstore.Record) bool { return rec.Open }}, rostertest.Source{}, "pages are complete"},
		{"things that are off aren't listed", mistake{listed: func(_ *mistaken, _ roster.Query, rec memstore.Record) bool { return !rec.Off }}, rostertest.Source{}, "acting things are switched off"},
		{"things that are off aren't counted", mistake{survey: func(m *mistaken, user roster.UserID, s *roster.Survey) {
			for _, rec := range m.of(user) {
				if rec.Off {
					if s.Responsible[rec.Part]--; s.Responsible[rec.Part] == 0 {
						delete(s.Responsible, rec.Part)
					}
				}
			}
		}}, rostertest.Source{}, "acting things are switched off"},
		{"no order but that of the table", mistake{page: func(m *mistaken, _ roster.Query, page []roster.Record) []roster.Record {
			slices.SortFunc(page, func(a, b roster.Record) int { return slices.Index(m.order, a.ID) - slices.Index(m.order, b.ID) })
			return page
		}}, rostertest.Source{ID: strconv.Itoa}, "pages in one order"},
		{"after a record that isn't there comes nothing", mistake{query: func(m *mistaken, q roster.Query) roster.Query {
			if _, ok := m.Find(q.After); !ok && q.After != "" {
				q.After = "\xff"
			}
			return q
		}}, rostertest.Source{}, "pages are complete"},
		{"an author's page is of all parts", mistake{query: func(_ *mistaken, q roster.Query) roster.Query {
			q.AllParts = q.AllParts || q.Tie == roster.Author
			return q
		}}, rostertest.Source{}, "pages are complete"},
		{"parts are grouped without letter case", mistake{survey: func(_ *mistaken, _ roster.UserID, s *roster.Survey) {
			folded := map[string]int{}
			for part, n := range s.Responsible {
				folded[strings.ToLower(part)] += n
			}
			s.Responsible = folded
		}}, rostertest.Source{}, "parts are told apart"},
		{"parts are compared without letter case", mistake{query: func(_ *mistaken, q roster.Query) roster.Query { q.AllParts = true; return q },
			listed: func(_ *mistaken, q roster.Query, rec memstore.Record) bool {
				return q.AllParts || fold(rec.Part, q.Part)
			}}, rostertest.Source{}, "parts are told apart"},
		{"parts are looked for by LIKE", mistake{query: func(_ *mistaken, q roster.Query) roster.Query { q.AllParts = true; return q },
			listed: func(_ *mistaken, q roster.Query, rec memstore.Record) bool {
				return q.AllParts || rec.Part == q.Part || strings.HasSuffix(q.Part, "%") && strings.HasPrefix(rec.Part, strings.TrimSuffix(q.Part, "%"))
			}}, rostertest.Source{}, "parts are told apart"},
		{"watchers are looked for in a text", mistake{survey: func(m *mistaken, user roster.UserID, s *roster.Survey) {
			s.Named = 0
			for rec := range m.All() {
				if strings.Contains(fmt.Sprint(rec.Named), string(user)) {
					s.Named++
				}
			}
		}}, rostertest.Source{}, "users are told apart"},
		{"authors are compared without letter case", mistake{survey: func(m *mistaken, user roster.UserID, s *roster.Survey) {
			s.Authored = 0
			for rec := range m.All() {
				if fold(rec.Author, user) {
					s.Authored++
				}
			}
		}}, rostertest.Source{}, "users are told apart"},
		{"a move's From is compared without letter case", mistake{taken: func(_ *mistaken, o roster.MoveOrder, rec memstore.Record) roster.MoveOrder {
			if fold(rec.Owner, o.From) {
				o.From = rec.Owner
			}
			return o
		}}, rostertest.Source{}, "users are told apart"},
		{"a move's To is compared without letter case", mistake{told: func(_ *mistaken, o roster.MoveOrder, rec memstore.Record, r roster.MoveResult) roster.MoveResult {
			if r == roster.MoveElsewhere && fold(rec.Owner, o.To) {
				return roster.MoveAlready
			}
			return r
		}}, rostertest.Source{}, "users are told apart"},
		{"elsewhere is an owner that differs, which NULL doesn't", mistake{told: func(_ *mistaken, o roster.MoveOrder, rec memstore.Record, r roster.MoveResult) roster.MoveResult {
			if r == roster.MoveElsewhere && o.Tie == roster.Responsible && rec.Owner == "" {
				return roster.MoveGone
			}
			return r
		}}, rostertest.Source{}, "nobody is an owner like another"},
		{"written ones are counted up to a limit", mistake{survey: func(_ *mistaken, _ roster.UserID, s *roster.Survey) { capped(&s.Authored) }}, rostertest.Source{}, "counts may be large"},
		{"open ones are counted up to a limit", mistake{survey: func(_ *mistaken, _ roster.UserID, s *roster.Survey) { capped(&s.Open) }}, rostertest.Source{}, "counts may be large"},
		{"watched ones are counted up to a limit", mistake{survey: func(_ *mistaken, _ roster.UserID, s *roster.Survey) { capped(&s.Named) }}, rostertest.Source{}, "counts may be large"},
		{"the fingerprint is count and last id", mistake{survey: printed(func(all []memstore.Record) string {
			if len(all) == 0 {
				return ""
			}
			return parts(all) + all[len(all)-1].ID
		})}, rostertest.Source{}, "fingerprints tell sets apart"},
		{"the fingerprint is count, first and last id", mistake{survey: printed(func(all []memstore.Record) string {
			if len(all) == 0 {
				return ""
			}
			return parts(all) + all[0].ID + " " + all[len(all)-1].ID
		})}, rostertest.Source{}, "fingerprints tell sets apart"},
		{"the fingerprint is the sum of numbers", mistake{survey: printed(func(all []memstore.Record) string {
			sum := 0
			for _, rec := range all {
				n, _ := strconv.Atoi(rec.ID)
				sum += n
			}
			return parts(all) + fmt.Sprint(sum)
		})}, rostertest.Source{ID: strconv.Itoa}, "fingerprints tell sets apart"},
		{"the fingerprint is ids, and parts by count", mistake{survey: printed(func(all []memstore.Record) string {
			return parts(all) + each(all, ",", func(rec memstore.Record) string { return strconv.Quote(rec.ID) })
		})}, rostertest.Source{}, "fingerprints tell sets apart"},
		{"the fingerprint joins ids by commas", mistake{survey: printed(func(all []memstore.Record) string {
			return parts(all) + each(all, ",", func(rec memstore.Record) string { return rec.ID }) + each(all, ",", func(rec memstore.Record) string { return rec.Part })
		})}, rostertest.Source{}, "fingerprints tell sets apart"},
		{"the fingerprint is cut off, as GROUP_CONCAT is", mistake{survey: printed(func(all []memstore.Record) string {
			text := parts(all) + each(all, "\x00", withPart)
			return text[:min(len(text), 1024)]
		})}, rostertest.Source{}, "fingerprints tell sets apart"},
		{"an author's page lists what is deleted", mistake{page: func(m *mistaken, q roster.Query, page []roster.Record) []roster.Record {
			for _, rec := range m.deleted {
				if rec.Author == q.User && q.Tie == roster.Author {
					page = append(page, roster.Record{ID: rec.ID, Owner: rec.Owner, Part: rec.Part})
				}
			}
			return page
		}}, rostertest.Source{}, "deleted records are gone"},
	}
}

// TestHoldings_CatchesMistakesInQueries tries the suite on each mistake: the case named catches it.
func TestHoldings_CatchesMistakesInQueries(t *testing.T) {
	t.Parallel()
	for _, tc := range mistakes() {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var caught []string
			for _, p := range rostertest.Promises() {
				m := &mistaken{mistake: tc.mistake, deleted: map[string]memstore.Record{}}
				src := tc.source
				src.Holdings, src.Put, src.Find, src.Delete, src.Acting = m, m.put, m.Find, m.delete, true
				if _, wrong := p.Check(t.Context(), src); wrong != nil {
					caught = append(caught, p.Name)
				}
			}
			if !slices.Contains(caught, tc.caught) {
				t.Errorf("%q doesn't catch it, but %q", tc.caught, caught)
			}
		})
	}
}
