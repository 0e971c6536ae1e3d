package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-8e8abc8d/roster"
)

// Page reads one page, in the order of the keys as the column compares them.
func (h *Holdings) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p := pager{Holdings: h, Query: q, inside: h.averaged(h.part)}
	tie, err := h.tie(q.Tie)
	if err != nil {
		return nil, err
	}
	p.tie = h.averaged(tie)
	var after any
	if q.After != "" {
		var ok bool
		if after, ok = h.key.value(q.After); !ok {
			return nil, roster.Faults{{Field: "after", Problem: "can't be a value of the column " + h.key.bare()}}
		}
	}
	if q.Limit < 1 || q.Limit > 10_000 {
		return nil, roster.Faults{{Field: "limit", Problem: "must be 1 to 10,000"}}
	}
	var c clause
	p.selected(&c, after)
	err = p.ask(ctx, &c, func(found *sql.Rows) error {
		var text sql.RawBytes
		if err := found.Scan(&text); err != nil {
			return err
		}
		return p.add(string(text))
	})
	return p.page, h.because(ctx, "page", err)
}

// pager reads one page.
type pager struct {
	*Holdings
	roster.Query
	tie    field
	inside field // the part
	page   []roster.Record
}

// averaged hides a value from PostgreSQL's planner. Told that an owner has a good part of all rows, as leavers have by
// its statistics until long after their rows are gone, it would walk through the primary key, past everybody else's
// rows; not knowing which owner it is it takes the owners' index.
func (h *Holdings) averaged(f field) field {
	if h.db.dialect == PostgreSQL {
		f.param = "(SELECT " + f.param + ")"
	}
	return f
}

// add adds records, from an array of their ids, or from three JSON lists, of their ids, parts and owners; of these the last two are
// empty where the question says it.
func (p *pager) add(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("a text isn't UTF-8")
	}
	var lists [3][]string
	if p.array() {
		lists[0] = elements(text)
	} else if ids, ok := plain(text, p.db.engine.comma); ok {
		lists[0] = ids
	} else if err := json.Unmarshal([]byte(text), &lists); err != nil {
		return err
	}
	p.page = slices.Grow(p.page, len(lists[0]))
	for i, id := range lists[0] {
		if id == "" {
			return fmt.Errorf("a row has no key: %s is NULL or empty", p.key.bare())
		}
		rec := roster.Record{ID: id}
		if len(lists[1]) > 0 {
			rec.Part = lists[1][i]
		} else if !p.AllParts {
			rec.Part = p.Part
		}
		if rec.Owner = p.User; len(lists[2]) > 0 {
			rec.Owner = roster.UserID(lists[2][i])
		}
		p.page = append(p.page, rec)
	}
	return nil
}

// plain reads a JSON list of one list of texts in which nothing had to be escaped, as ids hardly ever have, by what stands
// between two of them: it is a third of what reading a page costs otherwise.
func plain(text, comma string) (list []string, ok bool) {
	inside, begun := strings.CutPrefix(text, `[["`)
	inside, ended := strings.CutSuffix(inside, `"]]`)
	if !begun || !ended || strings.ContainsAny(inside, `\[`) {
		return nil, false
	}
	return strings.Split(inside, comma), true // no text holds a quotation mark
}

// elements are those of an array that needs no quotation marks, as PostgreSQL writes it; NULL is empty, and no array has none.
func elements(text string) []string {
	if text == "" {
		return nil
	}
	list := strings.Split(strings.Trim(text, "{}"), ",")
	for i, element := range list {
		if element == "NULL" {
			list[i] = ""
		}
	}
	return list
}

// arrays reports whether the engine gathers keys as they are, in an array, which costs half of what a list of texts does.
func (h *Holdings) arrays() bool { return h.db.dialect == PostgreSQL && h.key.form != formText }

// array reports whether the page's ids are gathered alone, in an array.
func (p *pager) array() bool {
	return p.arrays() && p.Tie != roster.Author && (p.part.column == "" || !p.AllParts)
}

// selected writes the SELECT of one value: a page of rows as JSON or as an array, since rows cost more than bytes.
func (p *pager) selected(c *clause, after any) {
	e := p.db.engine
	if p.array() {
		c.add("SELECT CAST(array_agg(roster_id) AS text) FROM (")
		p.listed(c, p.key.column+" AS roster_id", after)
		return
	}
	lists, columns := []string{e.gather("roster_id")}, "CAST("+p.key.column+" AS text) AS roster_id"
	if p.part.column != "" && p.AllParts {
		lists = append(lists, e.gather("roster_part"))
		columns += ", coalesce(CAST(" + p.part.column + " AS text), '') AS roster_part"
	}
	if p.Tie == roster.Author {
		if len(lists) == 1 {
			lists = append(lists, e.empty)
		}
		lists = append(lists, e.gather("roster_owner"))
		columns += ", coalesce(CAST(" + p.owner.column + " AS text), '') AS roster_owner"
	}
	c.add("SELECT " + e.join + "(" + strings.Join(lists, ", ") + ") FROM (")
	p.listed(c, columns, after)
}

// listed selects columns of the page's rows, and ends the statement.
func (p *pager) listed(c *clause, columns string, after any) {
	if p.Part == "" && !p.AllParts && p.IDs == nil && p.part.form == formText && p.part.null {
		p.partless(c, columns, after)
	} else {
		p.rows(c, columns, after, p.inPart)
	}
	c.add(") x")
}

// rows selects columns of a page's rows, in order.
func (p *pager) rows(c *clause, columns string, after any, inside func(*clause)) {
	from, order := p.name, p.name+"."+p.key.column // the table's, though the key be called roster_id
	_, known := p.tie.value(string(p.User))
	switch {
	case p.IDs != nil:
		from = p.keyed
	case known && (p.Tie == roster.Author || p.part.column == "" || !p.AllParts): // the index has them in order
		from = p.tie.rows
	}
	if p.Part == "" && !p.AllParts && p.part.null { // the same, but the planner, to which NULL is no one value, sees that the index has it
		order = p.name + "." + p.part.column + ", " + order
	}
	if p.User == "" {
		order = p.name + "." + p.tie.column + ", " + order // likewise
	}
	c.add("SELECT " + columns + " FROM " + from + " WHERE ")
	p.within(c)
	c.names(p.tie, p.User)
	if !p.AllParts {
		inside(c)
	}
	c.add(p.alive)
	if p.IDs != nil {
		c.add(" AND ")
		p.keys(c, p.key.values(p.IDs))
	}
	if after != nil {
		c.add(" AND "+p.key.column+" > "+p.key.param, after)
	}
	c.add(" ORDER BY "+order+" LIMIT "+p.db.engine.page, p.Limit)
}

// partless selects columns of rows in no part, which are NULL or empty: each is a range of the index, and each has its own page, for
// together all that the user has there would be sorted for every page.
func (p *pager) partless(c *clause, columns string, after any) {
	columns += ", " + p.key.column + " AS roster_key"
	for i, none := range []string{" IS NULL", " = ''"} {
		c.add([]string{"SELECT * FROM (SELECT * FROM (", ") a UNION ALL SELECT * FROM ("}[i])
		p.rows(c, columns, after, func(c *clause) { c.add(" AND " + p.inside.column + none) })
	}
	c.add(") b) y ORDER BY roster_key"+strings.TrimPrefix(p.key.column, p.key.bare())+" LIMIT ?", p.Limit)
}

// inPart adds the condition that a row is in a part.
func (p *pager) inPart(c *clause) {
	f, part := p.inside, p.Part
	value, ok := f.value(part)
	switch {
	case f.column == "" && part == "":
	case part == "" && f.form == formText && f.null:
		c.add(" AND (" + f.column + " IS NULL OR " + f.column + " = '')")
	case part == "" && f.null:
		c.add(" AND " + f.column + " IS NULL")
	case f.column == "" || !ok:
		c.add(" AND FALSE")
	default:
		c.add(" AND ")
		c.is(f, value)
	}
}
