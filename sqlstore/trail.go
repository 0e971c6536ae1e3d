package sqlstore

import (
	"database/sql"
	"fmt"
	"math"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// Head is asked for twice for every event: the account's lock lets it be remembered.
func (t *tx) Head() (roster.Head, error) {
	if err := t.usable(); err != nil {
		return roster.Head{}, err
	}
	if t.head == nil {
		head, err := t.readHead()
		if err != nil {
			return head, err
		}
		t.head = &head
	}
	return *t.head, nil
}

func (t *tx) readHead() (head roster.Head, err error) {
	var seq int64
	var sum []byte
	err = t.query(func(found *sql.Rows) error { return found.Scan(&seq, &sum) },
		"SELECT seq, hash FROM "+t.db.table("events")+" WHERE account = ? ORDER BY seq DESC LIMIT 1", t.account)
	if err != nil || seq == 0 {
		return roster.Head{}, err
	}
	if len(sum) != len(head.Hash) {
		return roster.Head{}, fmt.Errorf("sqlstore: event %d: a hash of %d bytes", seq, len(sum))
	}
	return roster.Head{Seq: uint64(seq), Hash: roster.Hash(sum)}, nil
}

func (t *tx) AppendEvent(e roster.Event) error {
	head, err := t.Head()
	if err != nil {
		return err
	}
	if e.Seq != head.Seq+1 {
		return roster.ErrExists
	}
	t.head = nil
	if err := add(t, t.db.nouns.events, &e); err != nil {
		return err
	}
	t.head = &roster.Head{Seq: e.Seq, Hash: e.Hash}
	return nil
}

func (t *tx) ListEvents(f roster.EventFilter, after uint64, limit int) ([]roster.Event, error) {
	w := eventsBy(f)
	w.and(true, "seq > ?", int64(min(after, math.MaxInt64)))
	return filtered(t, t.db.nouns.events, w, "seq", limit)
}

func (t *tx) ListEventsBefore(f roster.EventFilter, before uint64, limit int) ([]roster.Event, error) {
	w := eventsBy(f)
	w.and(true, "seq < ?", int64(min(before, math.MaxInt64)))
	return filtered(t, t.db.nouns.events, w, "seq DESC", limit)
}

// eventsBy are the conditions of a filter.
func eventsBy(f roster.EventFilter) *filter {
	w := new(filter)
	w.by(f.User != "", "events_user", "user_id = ?", string(f.User))
	w.by(f.Actor != "", "events_actor", "actor = ?", string(f.Actor))
	if below := string(f.Verb); strings.HasSuffix(below, ".") {
		w.and(true, "verb >= ? AND verb < ?", below, strings.TrimSuffix(below, ".")+"/") // "/" comes after "."
	} else {
		w.and(below != "", "verb = ?", below)
	}
	w.and(f.Outcome != roster.OutcomeNone, "outcome = ?", int64(f.Outcome))
	w.and(!f.From.IsZero(), "time >= ?", micros(f.From))
	w.and(!f.To.IsZero(), "(time IS NULL OR time < ?)", micros(f.To))
	return w
}
