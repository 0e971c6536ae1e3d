package roster

import "context"

// update is Store.Update, and the one way in which a Roster changes its store: what a commit added to
// the trail goes to Config.Observe afterwards.
func (r *Roster) update(ctx context.Context, f func(Tx) error) error {
	if r.cfg.Observe == nil || r.silent {
		return r.store.Update(ctx, f)
	}
	var events []Event
	err := r.store.Update(ctx, func(tx Tx) error {
		events = nil // of an attempt that came to nothing
		return f(observed{tx, &events})
	})
	if err != nil {
		return err
	}
	for _, e := range events {
		r.cfg.Observe(ctx, e)
	}
	return nil
}

// observed is a transaction that keeps copies of the events appended in it.
type observed struct {
	Tx
	events *[]Event
}

func (o observed) AppendEvent(e Event) error {
	err := o.Tx.AppendEvent(e)
	if err == nil {
		*o.events = append(*o.events, e.Clone())
	}
	return err
}
