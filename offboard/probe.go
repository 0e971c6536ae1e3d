package offboard

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// probe checks, through the host, every acting thing that the run gave or switched off, and writes
// down which of them fail (L10). Kinds whose Holdings are no roster.Prober, and kinds that were checked
// since their last move, are left out.
func (w *worker) probe(ctx context.Context) error {
	if !slices.ContainsFunc(w.hold.Run.Steps, func(s roster.Step) bool { return w.prober(s.Kind) != nil }) {
		return nil
	}
	var unchecked []roster.Entry
	after := 0
	for {
		page, err := w.hold.Entries(ctx, after)
		if err != nil {
			return err
		}
		for _, e := range page {
			after = e.N
			if e.Probe {
				unchecked = slices.DeleteFunc(unchecked, func(u roster.Entry) bool { return u.Kind == e.Kind && slices.Equal(u.IDs, e.IDs) })
			} else if w.prober(e.Kind) != nil && e.Tie == roster.Responsible {
				unchecked = append(unchecked, e)
			}
		}
		if len(page) == 0 {
			break
		}
	}
	for _, e := range unchecked {
		if err := w.check(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// prober is the Prober of an acting kind, or nil.
func (w *worker) prober(kind string) roster.Prober {
	k, err := w.kind(kind)
	if err != nil || !k.Acting {
		return nil
	}
	p, _ := k.Holdings.(roster.Prober)
	return p
}

// check probes one entry's acting things.
func (w *worker) check(ctx context.Context, e roster.Entry) error {
	probing, cancel := context.WithTimeout(ctx, w.set.Lease*3/4)
	defer cancel()
	told, err := w.prober(e.Kind).Probe(probing, e.IDs)
	if err != nil {
		return fmt.Errorf("probe of %s: %w", e.Kind, err)
	}
	if len(told) != len(e.IDs) {
		return fmt.Errorf("broken holdings: %d probes of %s for %d ids", len(told), e.Kind, len(e.IDs))
	}
	checked := roster.Entry{Step: e.Step, Kind: e.Kind, To: e.To, Off: e.Off, IDs: e.IDs}
	for i, problem := range told {
		if problem != nil {
			checked.Skipped = append(checked.Skipped, roster.Skip{ID: e.IDs[i], Reason: problem.Error()})
		}
	}
	return w.hold.Probed(ctx, checked)
}
