package amocrm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// Dangling counts the records of one kind whose responsible user isn't among the users imported:
// people who were deleted there, as a rule (A2).
type Dangling struct {
	Kind  string        `json:"kind"`
	Owner roster.UserID `json:"owner"`
	Count int           `json:"count"`
}

// Dangling lists the owners who aren't among the users, as far as Records has read, by kind and id.
func (im *Import) Dangling() []Dangling {
	var all []Dangling
	for d, n := range im.dangling {
		d.Count = n
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b Dangling) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(len(a.Owner), len(b.Owner)), cmp.Compare(a.Owner, b.Owner))
	})
	return all
}

// Moved tells what became of the records of a dangling owner.
type Moved struct {
	Done    int           `json:"done"`    // moved
	Skipped []roster.Skip `json:"skipped"` // somebody else's by now, or gone
}

// HandOver gives all records that name a dangling owner as the responsible user to a successor, in chunks
// of at most 1 to 10,000 (A2). Each move is compare-and-set: a record that somebody gave away meanwhile
// stays where it is and is told. After an error it can be called again; what is moved stays moved.
//
// Whether the successor may receive the records is the caller's to ask first, of Roster.MayReceive, and
// the trail has no event of it: it tells of users, and the owner is none.
func HandOver(ctx context.Context, h roster.Holdings, from, to roster.UserID, chunk int) (Moved, error) {
	var m Moved
	if from == "" || to == "" || from == to || chunk < 1 || chunk > 10_000 {
		return m, fmt.Errorf("amocrm: hand over: %w: an owner, another user and a chunk of 1 to 10,000 are needed", roster.ErrInvalid)
	}
	q := roster.Query{User: from, Tie: roster.Responsible, AllParts: true, Limit: chunk}
	for {
		page, err := h.Page(ctx, q)
		if err != nil {
			return m, fmt.Errorf("amocrm: hand over: %w", err)
		}
		if len(page) > chunk {
			return m, fmt.Errorf("amocrm: hand over: broken holdings: a page of %d records, where at most %d were asked for", len(page), chunk)
		}
		for _, rec := range page { // one that doesn't go forward would go round for ever
			if rec.ID <= q.After {
				return m, fmt.Errorf("amocrm: hand over: broken holdings: a page that isn't in ascending order after %q", q.After)
			}
			q.After = rec.ID
		}
		if len(page) > 0 {
			if err := m.move(ctx, h, from, to, page); err != nil {
				return m, fmt.Errorf("amocrm: hand over: %w", err)
			}
		}
		if len(page) < chunk {
			return m, nil
		}
	}
}

// move moves one page.
func (m *Moved) move(ctx context.Context, h roster.Holdings, from, to roster.UserID, page []roster.Record) error {
	o := roster.MoveOrder{Tie: roster.Responsible, From: from, To: to}
	for _, rec := range page {
		o.IDs = append(o.IDs, rec.ID)
	}
	results, err := h.Move(ctx, o)
	if err != nil {
		return err
	}
	if len(results) != len(o.IDs) {
		return errors.New("the holdings told of another number of records than they were asked to move")
	}
	for i, result := range results {
		switch result {
		case roster.MoveDone, roster.MoveAlready:
			m.Done++
		case roster.MoveGone:
			m.Skipped = append(m.Skipped, roster.Skip{ID: o.IDs[i], Reason: "gone"})
		case roster.MoveElsewhere:
			m.Skipped = append(m.Skipped, roster.Skip{ID: o.IDs[i], Reason: "elsewhere"})
		default:
			return fmt.Errorf("broken holdings: no result for %q", o.IDs[i])
		}
	}
	return nil
}
