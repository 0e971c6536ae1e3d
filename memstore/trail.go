package memstore

import "github.com/seed-8e8abc8d/roster"

func (t *tx) Head() (roster.Head, error) {
	if err := t.reading(); err != nil {
		return roster.Head{}, err
	}
	n := len(t.state.events)
	if n == 0 {
		return roster.Head{}, nil
	}
	return roster.Head{Seq: t.state.events[n-1].Seq, Hash: t.state.events[n-1].Hash}, nil
}

func (t *tx) AppendEvent(e roster.Event) error {
	if err := t.writing(); err != nil {
		return err
	}
	if e.Seq != uint64(len(t.state.events))+1 {
		return roster.ErrExists
	}
	t.state.events = append(t.state.events, e.Clone())
	return nil
}

func (t *tx) ListEvents(f roster.EventFilter, after uint64, limit int) ([]roster.Event, error) {
	events := t.state.events[min(after, uint64(len(t.state.events))):]
	return listEvents(t, f, limit, len(events), func(i int) *roster.Event { return &events[i] })
}

func (t *tx) ListEventsBefore(f roster.EventFilter, before uint64, limit int) ([]roster.Event, error) {
	events := t.state.events
	n := int(min(max(before, 1)-1, uint64(len(events))))
	return listEvents(t, f, limit, n, func(i int) *roster.Event { return &events[n-1-i] })
}

// listEvents is a page of n events in the order of at.
func listEvents(t *tx, f roster.EventFilter, limit, n int, at func(int) *roster.Event) ([]roster.Event, error) {
	rows := func(yield func(*roster.Event) bool) {
		for i := range n {
			if !yield(at(i)) {
				return
			}
		}
	}
	return list(t, rows, limit,
		func(e *roster.Event) bool { return f.Match(*e) },
		func(e *roster.Event) roster.Event { return e.Clone() })
}
