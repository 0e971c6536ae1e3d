package offboard_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// paged answers every page of one kind in its own way.
type paged struct {
	roster.Holdings
	page func(roster.Query) []roster.Record
}

func (p paged) Page(_ context.Context, q roster.Query) ([]roster.Record, error) {
	return p.page(q), nil
}

// TestL21_BrokenPagesEndTheWork gives a run pages by which it would go round for ever, or write down other ids than it moves.
func TestL21_BrokenPagesEndTheWork(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		page func(roster.Query) []roster.Record
		want string
	}{
		{"the same again", func(q roster.Query) []roster.Record { return []roster.Record{{ID: "1"}, {ID: "1"}} }, "again"},
		{"what comes before", func(q roster.Query) []roster.Record { return []roster.Record{{ID: q.After}} }, "again, or nothing"},
		{"more than was asked for", func(q roster.Query) []roster.Record { return make([]roster.Record, q.Limit+1) }, "at most"},
		{"an id that isn't UTF-8", func(q roster.Query) []roster.Record { return []roster.Record{{ID: "\xff"}} }, "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirmOn(t, new(memstore.Store), 3, func(kind string, h roster.Holdings) roster.Holdings {
				if kind != "deal" {
					return h
				}
				return paged{h, c.page}
			})
			run := f.start(request())
			run, err := f.desk.Work(t.Context(), run.ID, nil)
			is.True(err != nil && strings.Contains(err.Error(), "broken holdings") && strings.Contains(err.Error(), c.want))
			is.Equal(run.Entries, 0) // nothing was written down
		})
	}
}
