package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// Move carries out an order, on SQLite, where nobody else writes meanwhile, in pieces of 1,000 records, each committed by
// itself: in one statement where every record still is o.From's, as is the rule;
// else the rows are locked and looked at first. Where the table had triggers or rules when the Holdings were made, what they
// made of each row is looked at in the same transaction: one that they leave with o.From is told as roster.MoveCollides.
func (h *Holdings) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	tie, err := h.ordered(o)
	if err != nil {
		return nil, err
	}
	all := make([]roster.MoveResult, 0, len(o.IDs))
	for ids := range slices.Chunk(o.IDs, h.db.engine.atOnce) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m := mover{Holdings: h, MoveOrder: o, tie: tie}
		m.IDs = ids
		var some []roster.MoveResult
		err := insist(ctx, func() (err error) { some, err = m.move(ctx); return err })
		if err != nil {
			return nil, h.because(ctx, "move", err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// ordered refuses an order that the table can't carry out, and finds the column of its tie.
func (h *Holdings) ordered(o roster.MoveOrder) (field, error) {
	tie, err := h.tie(o.Tie)
	if err != nil {
		return tie, err
	}
	switch _, ok := tie.value(string(o.To)); {
	case o.Off && (o.Tie != roster.Responsible || o.To != ""):
		return tie, roster.Faults{{Field: "off", Problem: "goes with the responsible user becoming nobody"}}
	case o.Off && h.off == "":
		return tie, roster.Faults{{Field: "off", Problem: "the table " + h.name + " has no column that switches a thing off"}}
	case o.To != "" && !ok:
		return tie, roster.Faults{{Field: "to", Problem: fmt.Sprintf("%q can't be a value of the column %s", o.To, tie.bare())}}
	case o.To == "" && !tie.null && tie.form != formText:
		return tie, roster.Faults{{Field: "to", Problem: "the column " + tie.bare() + " takes no NULL, so nobody can't be there"}}
	}
	return tie, nil
}

// mover is one move.
type mover struct {
	*Holdings
	roster.MoveOrder
	tie field
	ids []string // those that can be keys, each once
}

// move is one try.
func (m *mover) move(ctx context.Context) ([]roster.MoveResult, error) {
	moved, err := m.stretch(ctx)
	switch {
	case err != nil && !unique(err):
		return nil, err
	case err == nil && moved == len(m.IDs):
		return slices.Repeat([]roster.MoveResult{roster.MoveDone}, moved), nil
	}
	m.ids = m.key.values(m.IDs)
	fates := make(map[string]roster.MoveResult, len(m.ids))
	all, err := m.transact(ctx, func(tx Tx) (bool, error) {
		if m.From == m.To {
			return false, nil
		}
		n, err := m.change(ctx, tx, m.ids)
		if err != nil || n != len(m.ids) || !m.meddled {
			return n == len(m.ids), err
		}
		is := make(map[string]roster.MoveResult, n)
		err = m.tell(ctx, tx, m.ids, is)
		return !slices.ContainsFunc(m.ids, func(id string) bool { return is[id] != roster.MoveAlready }), err
	})
	switch {
	case all:
		for _, id := range m.ids {
			fates[id] = roster.MoveDone
		}
	case err != nil && !unique(err):
		return nil, err
	default:
		if _, err := m.transact(ctx, func(tx Tx) (bool, error) { return true, m.look(ctx, tx, fates) }); err != nil {
			return nil, err
		}
		ours(fates, moved)
	}
	results := make([]roster.MoveResult, len(m.IDs))
	for i, id := range m.IDs {
		if results[i] = fates[id]; results[i] == roster.MoveNone {
			results[i] = roster.MoveGone
		}
	}
	return results, nil
}

// transact runs f in a transaction, which it commits when f says so.
func (m *mover) transact(ctx context.Context, f func(Tx) (bool, error)) (bool, error) {
	tx, err := m.db.begin(ctx)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	if ok, err := f(tx); err != nil || !ok {
		return false, err
	}
	if err := tx.Commit(); err != nil {
		return false, err
	}
	return true, nil
}

// change moves those of ids that still are From's, and tells how many.
func (m *mover) change(ctx context.Context, tx Tx, ids []string) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	return m.set(ctx, tx, m.keyed, func(c *clause) {
		c.names(m.tie, m.From)
		c.add(" AND ")
		m.keys(c, ids)
	})
}

// set moves the rows that a condition selects, which are From's, and tells how many.
func (m *mover) set(ctx context.Context, tx Tx, table string, which func(*clause)) (int, error) {
	var c clause
	c.add(m.db.engine.update + table + " SET ")
	m.to(&c)
	if m.Off {
		c.add(m.switched)
	}
	c.add(" WHERE ")
	m.within(&c)
	which(&c)
	c.add(m.alive)
	done, err := tx.ExecContext(ctx, m.db.engine.rebind(c.text.String()), c.args...)
	if err != nil {
		return 0, err
	}
	n, err := done.RowsAffected()
	return int(n), err
}

// to sets the column to whom the records go.
func (m *mover) to(c *clause) {
	column := m.tie.bare()
	value, _ := m.tie.value(string(m.To))
	switch {
	case m.To == "" && m.tie.null:
		c.add(column + " = NULL")
	case m.To == "":
		c.add(column + " = ''")
	default:
		c.add(column+" = "+m.tie.param, value)
	}
}

// look locks the rows of the order, tells what becomes of each, and moves those that are From's.
func (m *mover) look(ctx context.Context, tx Tx, fates map[string]roster.MoveResult) error {
	if err := m.tell(ctx, tx, m.ids, fates); err != nil {
		return err
	}
	move := slices.DeleteFunc(slices.Clone(m.ids), func(id string) bool { return fates[id] != roster.MoveDone })
	if err := m.spread(ctx, tx, move, fates); err != nil || !m.meddled {
		return err
	}
	return m.meddle(ctx, tx, move, fates)
}

// meddle tells what the host's triggers made of rows that were moved.
func (m *mover) meddle(ctx context.Context, tx Tx, moved []string, fates map[string]roster.MoveResult) error {
	moved = slices.DeleteFunc(moved, func(id string) bool { return fates[id] != roster.MoveDone })
	is := make(map[string]roster.MoveResult, len(moved))
	if err := m.tell(ctx, tx, moved, is); err != nil {
		return err
	}
	for _, id := range moved {
		switch is[id] {
		case roster.MoveAlready: // as it was meant
		case roster.MoveDone:
			fates[id] = roster.MoveCollides
		default:
			fates[id] = is[id]
		}
	}
	return nil
}

// tell locks rows and tells what a move makes of each.
func (m *mover) tell(ctx context.Context, tx Tx, ids []string, fates map[string]roster.MoveResult) error {
	var c clause
	off := "FALSE"
	if m.Off {
		off = m.off
	}
	c.add("SELECT CAST(" + m.key.column + " AS text), (")
	c.names(m.tie, m.From)
	c.add("), (")
	c.names(m.tie, m.To)
	c.add("), " + off)
	c.add(" FROM " + m.keyed + " WHERE ")
	m.within(&c)
	m.keys(&c, ids)
	c.add(m.alive + m.db.engine.lock)
	return read(ctx, tx, func(found *sql.Rows) error {
		var id string
		var from, to, off sql.NullBool
		err := found.Scan(&id, &from, &to, &off)
		switch {
		case to.Bool && (!m.Off || off.Bool):
			fates[id] = roster.MoveAlready
		case from.Bool:
			fates[id] = roster.MoveDone
		default:
			fates[id] = roster.MoveElsewhere
		}
		return err
	}, m.db.engine.rebind(c.text.String()), c.args...)
}

// spread moves rows that are locked. Where one of them collides it halves them, until the one is alone.
func (m *mover) spread(ctx context.Context, tx Tx, ids []string, fates map[string]roster.MoveResult) error {
	if len(ids) == 0 {
		return nil
	}
	err := m.behind(ctx, tx, func() error {
		n, err := m.change(ctx, tx, ids)
		if err == nil && n != len(ids) && !m.meddled {
			err = fmt.Errorf("of %d rows that are locked %d changed", len(ids), n)
		}
		return err
	})
	switch half := len(ids) / 2; {
	case !unique(err):
		return err
	case half > 0:
		if err := m.spread(ctx, tx, ids[:half], fates); err != nil {
			return err
		}
		return m.spread(ctx, tx, ids[half:], fates)
	}
	fates[ids[0]], err = m.collided(ctx, tx, ids[0])
	return err
}

// behind runs f behind a savepoint, to which it returns when f breaks a unique key.
func (m *mover) behind(ctx context.Context, tx Tx, f func() error) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT roster_move"); err != nil {
		return err
	}
	err := f()
	if unique(err) {
		if _, back := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT roster_move"); back != nil {
			return back
		}
	} else if err != nil {
		return err // the whole transaction ends
	}
	if _, end := tx.ExecContext(ctx, "RELEASE SAVEPOINT roster_move"); end != nil {
		return end
	}
	return err
}

// collided does with one record what the policy says.
func (m *mover) collided(ctx context.Context, tx Tx, id string) (roster.MoveResult, error) {
	switch {
	case m.merge != nil:
		return m.merged(ctx, tx, id)
	case m.policy != CollisionKeep || !m.tie.null || m.To == "":
		return roster.MoveCollides, nil
	}
	nobody := *m
	nobody.To = ""
	err := m.behind(ctx, tx, func() error { _, err := nobody.change(ctx, tx, []string{id}); return err })
	if unique(err) {
		return roster.MoveCollides, nil
	}
	return roster.MoveSuperseded, err
}

// merged lets the host merge a record, and looks where it is then.
func (m *mover) merged(ctx context.Context, tx Tx, id string) (roster.MoveResult, error) {
	if err := m.merge(ctx, tx, id, m.MoveOrder); err != nil {
		return roster.MoveNone, fmt.Errorf("merge of %q: %w", id, err)
	}
	is := map[string]roster.MoveResult{}
	if err := m.tell(ctx, tx, []string{id}, is); err != nil {
		return roster.MoveNone, err
	}
	switch is[id] {
	case roster.MoveAlready:
		return roster.MoveDone, nil
	case roster.MoveDone:
		return roster.MoveNone, fmt.Errorf("merge left %q where it was", id)
	}
	return roster.MoveSuperseded, nil
}
