package roster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// Claim takes up a run for one worker, until ttl has passed without a write. It fails with ErrLease
// while another worker's lease lasts. A run that was taken up most times without anything getting
// done is parked instead, and a parked run is refused (ErrParked). For a finished run the Hold is
// nil and the run is told: there is nothing left to do.
func (s Runs) Claim(ctx context.Context, id RunID, ttl time.Duration, most int) (*Hold, Run, error) {
	h := &Hold{r: s.r, ttl: ttl, most: most}
	var refused error
	err := s.r.update(ctx, func(tx Tx) error {
		run, err := tx.Run(id)
		if err != nil {
			return err
		}
		h.Run, refused = run, nil
		switch now := s.r.now(); {
		case run.State == RunParked:
			refused = fmt.Errorf("%w: %s", ErrParked, run.Reason)
		case !run.Unfinished():
		case now.Before(run.Lease.Until):
			refused = ErrLease
		case run.Attempts >= most:
			refused = fmt.Errorf("%w: %s", ErrParked, tooOften(run))
			return h.park(tx, "attempts", tooOften(run))
		default:
			h.Run.Attempts++
			h.Run.Lease = Lease{Number: run.Lease.Number + 1, Until: now.Add(ttl)}
			return tx.PutRun(h.Run)
		}
		return nil
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return nil, h.Run, wrap("claim", id, err)
	}
	if !h.Run.Unfinished() {
		return nil, h.Run, nil
	}
	return h, h.Run, nil
}

// tooOften says that a run was given up.
func tooOften(run Run) string {
	return fmt.Sprintf("taken up %d times without getting anything done", run.Attempts)
}

// Keep prolongs the lease when a sixteenth of it has gone, by a write of its own: it is for whoever is about to do what may take
// three quarters of it. Then the successor of an entry that is open must be active still, as for Intend: else it is an ErrState.
func (h *Hold) Keep(ctx context.Context) error {
	if !h.spent() {
		return nil
	}
	var inactive error
	err := h.update(ctx, "keep", func(tx Tx, _ *Run) (err error) {
		if inactive = nil; h.intended == nil || h.done != nil {
			return nil
		}
		if err = h.receives(tx, h.intended.To); errors.Is(err, ErrState) {
			inactive, err = err, nil // the lease is prolonged all the same
		}
		return err
	})
	return cmp.Or(err, wrap("keep", h.Run.ID, inactive))
}

// spent reports whether a sixteenth of the lease has gone.
func (h *Hold) spent() bool { return h.Run.Lease.Until.Sub(h.r.now()) < h.ttl-h.ttl/16 }

// Release gives the lease back after a failure, so that another worker need not wait for its end; Run.Due tells when one should try again.
// The attempt that was one too many parks the run.
func (h *Hold) Release(ctx context.Context) error {
	return h.update(ctx, "release", func(tx Tx, run *Run) error {
		if run.Attempts >= h.most {
			return h.parked(tx, run, "attempts", tooOften(*run))
		}
		run.Lease.Until = h.r.now() // and not zero: Due counts from here
		return nil
	})
}
