package roster_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// paginated is a store that notes how many entries of a journal are asked for at once.
type paginated struct {
	*memstore.Store
	most int
}

func (s *paginated) View(ctx context.Context, f func(roster.Tx) error) error {
	return s.Store.View(ctx, func(tx roster.Tx) error { return f(paginatedTx{tx, s}) })
}

type paginatedTx struct {
	roster.Tx
	store *paginated
}

func (t paginatedTx) ListEntries(run roster.RunID, after, limit int) ([]roster.Entry, error) {
	t.store.most = max(t.store.most, limit)
	return t.Tx.ListEntries(run, after, limit)
}

// TestG10_AJournalIsReadAFewEntriesAtATime reads the journal of a run over some pages: an entry holds the ids of a whole
// chunk, and a page of 256 of them were 2.5 million ids.
func TestG10_AJournalIsReadAFewEntriesAtATime(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := &paginated{Store: new(memstore.Store)}
	const entries = 33
	is.NoErr(s.Update(t.Context(), func(tx roster.Tx) error {
		for n := 1; n <= entries; n++ {
			if err := tx.PutEntry(roster.Entry{Run: "run", N: n, IDs: []string{fmt.Sprint(n)}}); err != nil {
				return err
			}
		}
		return tx.PutRun(roster.Run{ID: "run", State: roster.RunDone, Entries: entries})
	}))
	r, err := roster.New(s, roster.CRMSchema(), roster.Config{})
	is.NoErr(err)
	n := 0
	for e, err := range r.Runs().Journal(t.Context(), roster.System("test"), "run") {
		is.NoErr(err)
		n++
		is.Equal(e.N, n) // each once, in order
	}
	is.Equal(n, entries)
	is.True(s.most > 0 && s.most <= 16) // at once: 160,000 ids at most
}
