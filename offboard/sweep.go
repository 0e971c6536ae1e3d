package offboard

import (
	"context"
	"iter"

	"github.com/seed-8e8abc8d/roster"
)

// Remains is what still names a leaver in one kind.
type Remains struct {
	User    roster.UserID `json:"user"`
	Status  roster.Status `json:"status"` // leaving or deleted
	Kind    string        `json:"kind"`
	Survey  roster.Survey `json:"survey"`
	Unknown string        `json:"unknown,omitzero"` // why the kind could not be counted; empty when it was (G2)
}

// Remains lists what names leaving and deleted users as responsible, or as author where the host doesn't
// keep authors: what was written for them after their run's last survey, and what a parked run has not
// handed over (L17, G11). It changes nothing. Leaving users come first, then the deleted, each in the
// order of their ids, the kinds in the desk's order. It needs users:delete or users:manage; the error,
// if any, comes once and last.
func (d *Desk) Remains(ctx context.Context, a roster.Actor) iter.Seq2[Remains, error] {
	return func(yield func(Remains, error) bool) {
		for _, status := range []roster.Status{roster.StatusLeaving, roster.StatusDeleted} {
			for u, err := range d.runs.Leavers(ctx, a, status) {
				if err != nil {
					yield(Remains{}, err)
					return
				}
				stocks, err := d.stocks(ctx, roster.Request{Leaver: u.ID})
				if err != nil {
					yield(Remains{}, fail("remains", u.ID, err))
					return
				}
				for _, st := range stocks {
					remains := st.Unknown != "" || st.Survey.Total() > 0 || st.Authorship != roster.AuthorKept && st.Survey.Authored > 0
					if remains && !yield(Remains{User: u.ID, Status: u.Status, Kind: st.Kind, Survey: st.Survey, Unknown: st.Unknown}, nil) {
						return
					}
				}
			}
		}
	}
}

// Sweep starts a run that hands over what Remains found on a deleted user; Work carries it out like
// any other. Without rules in req those of the user's last run apply. What no rule covers, a successor who
// can't receive, and a rule by which the actor would come to see records (R10), whoever confirmed it, are a
// *roster.BlockedError. It needs users:delete. For a leaving user go on with their run instead, or lift it.
//
// The leaver may be a dangling owner too: an id that records name and that no user has, as imported records
// do whose owner was deleted before (A2). See amocrm's Import.Dangling, and your own tables. An id that is
// neither a user's nor named by any record is a roster.ErrNotFound.
func (d *Desk) Sweep(ctx context.Context, a roster.Actor, req roster.Request) (roster.Run, error) {
	may, err := d.mayDelete(ctx, a)
	if err != nil {
		return roster.Run{}, fail("sweep", req.Leaver, err)
	}
	if !may { // nobody else causes a survey; Runs.Sweep refuses, and the trail tells
		return d.runs.Sweep(ctx, a, req, d.uncounted())
	}
	stocks, err := d.stocks(ctx, req)
	if err != nil {
		return roster.Run{}, fail("sweep", req.Leaver, err)
	}
	return d.runs.Sweep(ctx, a, req, stocks)
}

// mayDelete reports whether an actor holds users:delete. It leaves no event.
func (d *Desk) mayDelete(ctx context.Context, a roster.Actor) (bool, error) {
	if a.IsSystem() {
		return true, nil
	}
	right, err := d.roster.Schema().Right(roster.UsersDelete)
	if err != nil {
		return false, err
	}
	decision, err := d.roster.Can(ctx, a.User(), right, roster.Record{})
	return decision.Allowed, err
}

// uncounted are stocks that nobody surveyed, which block.
func (d *Desk) uncounted() []roster.Stock {
	stocks := make([]roster.Stock, len(d.kinds))
	for i, k := range d.kinds {
		stocks[i] = roster.Stock{Kind: k.Name, Exempt: k.Exempt}
		if k.Exempt == "" {
			stocks[i].Unknown = "not surveyed"
		}
	}
	return stocks
}
