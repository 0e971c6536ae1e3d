package roster

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Due is a working run that a worker should take up.
type Due struct {
	Account string    `json:"account,omitzero"` // as the store of many accounts names it; empty where there is one
	Run     RunID     `json:"run"`
	Since   time.Time `json:"since"` // Run.Due
}

// compare orders by account, then by age.
func (d Due) compare(other Due) int {
	return cmp.Or(cmp.Compare(d.Account, other.Account), d.Since.Compare(other.Since), cmp.Compare(d.Run, other.Run))
}

// Backlog counts the unfinished runs of one account or of many, for those who watch over workers.
type Backlog struct {
	Due    int       `json:"due"`             // working, and a worker should take them up
	Later  int       `json:"later"`           // working, and not due yet: a worker holds them, or they failed lately
	Parked int       `json:"parked"`          // wait for a person (L17)
	Oldest time.Time `json:"oldest,omitzero"` // when the first of the working runs started; zero without any
	// OldestParked is when the first of the parked runs started; zero without any.
	OldestParked time.Time `json:"oldest_parked,omitzero"`
}

// Due lists the runs that are due now, those that fell due first coming first, at most limit of them, after one that
// is known; the zero Due begins at the start. It looks at every working run. A store of many accounts has one such
// list of all: sqlstore.DB.Due.
func (s Runs) Due(ctx context.Context, after Due, limit int) ([]Due, error) {
	now := s.r.now()
	var due []Due
	err := s.unfinished(ctx, func(run Run) {
		d := Due{Run: run.ID, Since: run.Due()}
		if run.State == RunWorking && !now.Before(d.Since) && d.compare(after) > 0 {
			due = append(due, d)
		}
	})
	slices.SortFunc(due, Due.compare)
	return due[:min(max(limit, 0), len(due))], wrap("due", "", err)
}

// Backlog counts the account's unfinished runs. It looks at each.
func (s Runs) Backlog(ctx context.Context) (Backlog, error) {
	now := s.r.now()
	var b Backlog
	err := s.unfinished(ctx, func(run Run) {
		oldest := &b.Oldest
		switch {
		case run.State == RunParked:
			b.Parked++
			oldest = &b.OldestParked
		case now.Before(run.Due()):
			b.Later++
		default:
			b.Due++
		}
		if oldest.IsZero() || run.Started.Before(*oldest) {
			*oldest = run.Started
		}
	})
	return b, wrap("backlog", "", err)
}

// unfinished reads the unfinished runs of one View.
func (s Runs) unfinished(ctx context.Context, each func(Run)) error {
	return s.r.store.View(ctx, func(tx Tx) error {
		for run, err := range runsIn(tx, RunFilter{Unfinished: true}) {
			if err != nil {
				return err
			}
			each(run)
		}
		return nil
	})
}
