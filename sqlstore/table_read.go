package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// clause is a part of a statement with its arguments.
type clause struct {
	text strings.Builder
	args []any
}

func (c *clause) add(text string, args ...any) {
	c.text.WriteString(text)
	c.args = append(c.args, args...)
}

// is adds the condition that a column has a value.
func (c *clause) is(f field, value any) { c.add(f.column+" = "+f.param, value) }

// from begins a condition: the rows of the account that are there.
func (h *Holdings) from(c *clause) {
	c.add(" FROM " + h.name + " WHERE ")
	h.within(c)
}

// within is the account of a row.
func (h *Holdings) within(c *clause) {
	if h.account.column != "" {
		c.is(h.account, h.tenant)
		c.add(" AND ")
	}
}

// names adds the condition that a column names a user, or nobody; false: no row can.
func (c *clause) names(f field, user roster.UserID) bool {
	value, ok := f.value(string(user))
	switch {
	case user != "" && ok:
		c.is(f, value)
	case user == "" && f.null:
		c.add(f.column + " IS NULL")
	case user == "" && f.form == formText:
		c.add(f.column + " = ''")
	default:
		c.add("FALSE")
		return false
	}
	return true
}

// keys adds the condition that a row is one of ids, which can be keys.
func (h *Holdings) keys(c *clause, ids []string) {
	condition, list := h.db.engine.among(h.key.form, ids)
	c.add(h.key.column+condition, list)
}

// tie is the column of a tie.
func (h *Holdings) tie(t roster.Tie) (field, error) {
	switch {
	case t == roster.Responsible:
		return h.owner, nil
	case t == roster.Author && h.author.column != "":
		return h.author, nil
	case t == roster.Author:
		return field{}, roster.Faults{{Field: "tie", Problem: "the table " + h.name + " has no author"}}
	}
	return field{}, roster.Faults{{Field: "tie", Problem: "must be responsible or author"}}
}

// Survey counts, in one statement and so at one moment, what names the user. On PostgreSQL it has a fingerprint, of sums of
// 64-bit hashes of the keys in each part; SQLite has no hash, so there counts alone tell a changed world. A user whose id can't be
// a value of a column is named by no row of it: zero is exact then. Where rows may escape it the survey is an ErrState: row-level
// security of PostgreSQL's, and on SQLite a value that isn't of its column's type, bytes in a text or a text in a number.
func (h *Holdings) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	s := roster.Survey{Responsible: map[string]int{}}
	if err := ctx.Err(); err != nil {
		return s, err
	}
	var sums []string
	err := h.ask(ctx, h.surveyed(user), func(found *sql.Rows) error {
		var what, part, sum string
		var n, open int
		if err := found.Scan(&what, &part, &n, &open, &sum); err != nil {
			return err
		}
		switch {
		case what == "":
			return fmt.Errorf("%w: %s", roster.ErrState, part)
		case n == 0:
		case what == "owner":
			s.Responsible[part] += n
			s.Open += open
			sums = append(sums, fmt.Sprintf("%q %d %s", part, n, sum))
		case what == "author":
			s.Authored += n
		default:
			s.Named += n
		}
		return nil
	})
	if h.db.engine.hash != "" {
		slices.Sort(sums)
		whole := sha256.Sum256([]byte(strings.Join(sums, "\n")))
		s.Fingerprint = hex.EncodeToString(whole[:16])
	}
	return s, h.because(ctx, "survey", err)
}

// surveyed is the statement of Survey. It may pass over a million rows while others work: with PostgreSQL's helpers it was done a
// third sooner, and everybody's commits waited two to three times as long for a processor.
func (h *Holdings) surveyed(user roster.UserID) *clause {
	var c clause
	part := "''"
	if h.part.column != "" {
		part = "coalesce(CAST(" + h.part.column + " AS text), '')"
	}
	c.add("SELECT 'owner', " + part + ", count(*), coalesce(sum(CASE WHEN " + h.open + " THEN 1 ELSE 0 END), 0), " + h.summed())
	h.from(&c)
	c.names(h.owner, user)
	c.add(h.db.engine.alone + h.alive)
	if h.part.column != "" {
		c.add(" GROUP BY " + h.part.column)
	}
	if h.author.column != "" {
		c.add(" UNION ALL SELECT 'author', '', count(*), 0, ''")
		h.from(&c)
		c.names(h.author, user)
		c.add(h.db.engine.alone + h.alive)
	}
	for i, f := range h.named { // each by its own index, which OR isn't on SQLite, and no row twice
		c.add(" UNION ALL SELECT 'named', '', count(*), 0, ''")
		h.from(&c)
		c.names(f, user)
		for _, before := range h.named[:i] {
			c.add(" AND NOT coalesce(")
			c.names(before, user)
			c.add(", FALSE)")
		}
		c.add(h.db.engine.alone + h.alive)
	}
	h.unknown(&c, user)
	return &c
}

// unknown adds rows that begin with nothing, for all that makes counts say less than there is: unknown is never zero.
func (h *Holdings) unknown(c *clause, user roster.UserID) {
	if h.db.dialect == PostgreSQL {
		c.add(" UNION ALL SELECT '', 'row-level security may hide rows from this user of the database', 0, 0, '' WHERE row_security_active(CAST(? AS text))", h.name)
		return
	}
	first := map[form]string{formText: "x''", formNumber: "''"} // what no declared type keeps out of a column comes after all that fits
	for _, f := range append([]field{h.account, h.owner, h.author}, h.named...) {
		if f.column == "" {
			continue
		}
		c.add(" UNION ALL SELECT '', ?, 0, 0, '' WHERE EXISTS (SELECT 1", "a value in "+f.bare()+" isn't of the column's type: make it one, or the table STRICT")
		c.add(" FROM " + h.name + " WHERE ")
		if f != h.account {
			h.within(c)
		}
		c.add(f.column + " >= " + first[f.form] + h.alive + ")")
	}
	inside := h.part // what is behind the owner in the index: pages wouldn't find it, or would tell an id that no move finds
	if inside.column == "" {
		inside = h.key
	}
	c.add(" UNION ALL SELECT '', ?, 0, 0, '' WHERE EXISTS (SELECT 1 FROM "+h.owner.rows+" WHERE ", "a value in "+inside.bare()+" isn't of the column's type: make it one, or the table STRICT")
	h.within(c)
	c.names(h.owner, user)
	c.add(" AND " + inside.column + " >= " + first[inside.form] + h.alive + ")")
}

// summed is the sum of the keys' hashes, which doesn't depend on their order.
func (h *Holdings) summed() string {
	if h.db.engine.hash == "" {
		return "''"
	}
	return "coalesce(CAST(sum(" + fmt.Sprintf(h.db.engine.hash, "CAST("+h.key.column+" AS text)") + ") AS text), '')"
}

// ask reads the rows that a statement finds.
func (h *Holdings) ask(ctx context.Context, c *clause, each func(*sql.Rows) error) error {
	return read(ctx, h.db.reader, each, h.db.engine.rebind(c.text.String()), c.args...)
}

// because names what failed.
func (h *Holdings) because(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	if done := ctx.Err(); done != nil {
		return done
	}
	return fail(what+" of "+h.name, err)
}
