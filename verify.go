package roster

import (
	"context"
	"iter"
)

// Verify reads the whole trail and returns its head. What was changed, removed, reordered or, with
// the anchor, an earlier head that was kept elsewhere, cut off or rewritten as a whole, is a
// *TamperError that names the first bad event (W1). The zero anchor anchors nothing. It reads in
// pages; events may be added meanwhile.
func (r *Roster) Verify(ctx context.Context, anchor Head) (Head, error) {
	head, err := VerifyEvents(Head{}, r.verified(ctx, anchor))
	if err == nil && anchor.Seq == 0 && anchor != (Head{}) {
		err = &TamperError{Seq: 1, Reason: "rewritten"} // no trail begins so
	}
	if err == nil && head.Seq < anchor.Seq {
		err = &TamperError{Seq: head.Seq + 1, Reason: "cut"}
	}
	return head, wrap("verify", "", err)
}

// verified yields the stored trail, and an error where it departs from the anchor or from the
// store's own head.
func (r *Roster) verified(ctx context.Context, anchor Head) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		var at, stored Head
		page := func(after uint64) (events []Event, err error) {
			err = r.store.View(ctx, func(tx Tx) (err error) {
				if stored, err = tx.Head(); err == nil {
					events, err = tx.ListEvents(EventFilter{}, after, pageSize)
				}
				return err
			})
			return events, err
		}
		for e, err := range rows(pageSize, 0, page, Event.key) {
			if !yield(e, err) || err != nil {
				return
			}
			at = Head{Seq: e.Seq, Hash: e.Hash}
			if at.Seq == anchor.Seq && at != anchor {
				yield(Event{}, &TamperError{Seq: at.Seq, Reason: "rewritten"})
				return
			}
		}
		if at != stored {
			yield(Event{}, &TamperError{Seq: at.Seq + 1, Reason: "cut"})
		}
	}
}

// Head is the trail's present end: keep it elsewhere, as Verify's anchor (W1).
func (r *Roster) Head(ctx context.Context) (Head, error) {
	var h Head
	err := r.store.View(ctx, func(tx Tx) (err error) {
		h, err = tx.Head()
		return err
	})
	return h, wrap("head", "", err)
}
