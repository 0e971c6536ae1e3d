package sqlstore

import (
	"context"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// stretch moves the order by a range of the index where its ids are all that From has there, as they are when they come from one
// page: so rows move a fifth to a third quicker than one by one. It tells how many moved: all, or none, but for rows on PostgreSQL that
// somebody else changes at that moment.
//
// Nothing moves that wasn't ordered. The statement that moves the range compares what From has in it with the ordered ids before
// any row changes; on SQLite nobody else writes meanwhile, on PostgreSQL it sees one snapshot, of which a row that somebody changes drops
// out (a key that changes in the range at that moment wouldn't be seen: Table.Key). Where From has a good part of all rows PostgreSQL may walk through the primary key from the first id to the last, past the
// rows of others: in a whole hand-over that is the table once for each part.
func (m *mover) stretch(ctx context.Context) (int, error) {
	s, ok := m.span()
	if !ok {
		return 0, nil
	}
	owned := func(c *clause) {
		c.is(m.tie, s.user)
		if s.parted {
			c.add(" AND ")
			c.is(m.part, s.part)
		}
		c.add(" AND "+m.key.column+" BETWEEN "+m.key.param+" AND "+m.key.param, s.first, s.last)
	}
	return m.set(ctx, m.db.writer, m.tie.rows, func(c *clause) {
		owned(c)
		// A sub-query on nothing outside it is carried out once; within it the key's name is the table's, though that be roster_id.
		gather, key := m.db.engine.gather("roster_id"), "CAST("+m.key.column+" AS text)"
		if m.arrays() {
			gather, key = "array_agg(roster_id)", m.key.column
		}
		c.add(" AND (SELECT CAST("+gather+" AS text) = ? FROM (SELECT "+key+" AS roster_id FROM "+m.tie.rows+" WHERE ", s.list)
		m.within(c)
		owned(c)
		c.add(m.alive+" ORDER BY "+m.name+"."+m.key.column+" LIMIT ?) x)", len(m.IDs))
	})
}

// span is a stretch of an index.
type span struct {
	user, part  any
	parted      bool // the index has the part before the key
	first, last any
	list        string // the ids, as the engine writes a list of them
}

// span is where the order's records may be one stretch of its tie's index. They aren't where triggers may meddle, which would go
// unseen, and where an id could be taken for another.
func (m *mover) span() (s span, ok bool) {
	if m.meddled || m.From == m.To || m.From == "" || len(m.IDs) == 0 {
		return s, false
	}
	is := func(c codec, text string) (value any) {
		value, fits := c.value(text)
		ok = ok && fits
		return value
	}
	ok = true
	s.user = is(m.tie.codec, string(m.From))
	s.first, s.last = is(m.key.codec, m.IDs[0]), is(m.key.codec, m.IDs[len(m.IDs)-1])
	if s.parted = m.Tie == roster.Responsible && m.part.column != ""; s.parted {
		s.part = is(m.part.codec, m.Part)
		ok = ok && m.Part != ""
	}
	if s.list = `["` + strings.Join(m.IDs, m.db.engine.comma) + `"]`; m.arrays() {
		s.list = "{" + strings.Join(m.IDs, ",") + "}"
	}
	ambiguous := strings.Contains(s.list, `\`) // JSON writes a\b as a\\b; an id with a quotation mark equals none that JSON wrote
	return s, ok && storable(s.list) && !ambiguous
}

// ours tells what a stretch moved, of which somebody else kept the rest from moving, as done and not as done before: where
// just as many are To's. Those who give and take the very same records meanwhile may make one look like the other.
func ours(fates map[string]roster.MoveResult, moved int) {
	there := 0
	for _, fate := range fates {
		if fate == roster.MoveAlready {
			there++
		}
	}
	for id, fate := range fates {
		if fate == roster.MoveAlready && there == moved {
			fates[id] = roster.MoveDone
		}
	}
}
