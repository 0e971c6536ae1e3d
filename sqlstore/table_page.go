package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-8e8abc8d/roster"
)

// Page reads one page. Of rows with numbers for keys it reads one of each length, in two statements: most numbers have the
// same length, and where the page of that ends the others need not be read beyond.
func (h *Holdings) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if q.Limit < 1 || q.Limit > 10_000 {
		return nil, roster.Faults{{Field: "limit", Problem: "must be 1 to 10,000"}}
	}
	tie, err := h.tie(q.Tie)
	if err != nil {
		return nil, err
	}
	p := pager{Holdings: h, Query: q, tie: h.averaged(tie), inside: h.averaged(h.part)}
	if h.key.form == formNumber {
		err = p.numbers(ctx)
	} else {
		var c clause
		p.selected(&c, false, p.texts)
		err = p.read(ctx, &c)
	}
	if err != nil {
		return nil, h.because(ctx, "page", err)
	}
	return p.page, nil
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

// numbers reads the page of a table whose keys are numbers.
func (p *pager) numbers(ctx context.Context) error {
	usual := int(p.digits.Load()) // of which length most of the last page were
	below, above := spans(p.After)
	first := slices.IndexFunc(above, func(s span) bool { return digits(s[1]) == usual })
	if first >= 0 {
		if err := p.spans(ctx, nil, above[first:first+1]); err != nil {
			return err
		}
		above = slices.Delete(above, first, first+1)
		if len(p.page) == p.Limit {
			above = until(above, p.page[p.Limit-1].ID)
		}
	}
	if err := p.spans(ctx, below, above); err != nil {
		return err
	}
	if n := len(p.page); n > 0 {
		p.digits.Store(int32(len(p.page[n/2].ID)))
	}
	return nil
}

// spans adds the records whose keys are in spans.
func (p *pager) spans(ctx context.Context, below, above []span) error {
	var c clause
	for i, list := range [2][]span{above, below} {
		if len(list) == 0 {
			continue
		}
		if len(c.args) > 0 {
			c.add(" UNION ALL ")
		}
		c.add("SELECT (")
		p.selected(&c, i == 1, p.between)
		text, _ := json.Marshal(list)
		c.add(") FROM "+p.db.engine.spans, string(text))
	}
	if len(c.args) == 0 {
		return nil
	}
	return p.read(ctx, &c)
}

// read adds the records that a statement finds, and keeps the first.
func (p *pager) read(ctx context.Context, c *clause) error {
	found, err := p.ask(ctx, c)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var text sql.RawBytes
		if err := found.Scan(&text); err != nil {
			return err
		}
		if err := p.add(text); err != nil {
			return err
		}
	}
	slices.SortFunc(p.page, func(a, b roster.Record) int { return strings.Compare(a.ID, b.ID) })
	p.page = p.page[:min(len(p.page), p.Limit)]
	return found.Err()
}

// add adds the records whose ids, parts and owners are three JSON lists, the last two empty where the question says it.
func (p *pager) add(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("a text isn't UTF-8")
	}
	var lists [3][]string
	if err := json.Unmarshal(text, &lists); err != nil {
		return err
	}
	p.page = slices.Grow(p.page, len(lists[0]))
	for i, id := range lists[0] {
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

// selected writes the SELECT of one value: a page of rows as JSON, since rows cost more than bytes. after adds the
// condition on the key.
func (p *pager) selected(c *clause, down bool, after func(*clause)) {
	e := p.db.engine
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
	c.add("SELECT " + e.join + "(" + strings.Join(lists, ", ") + ") FROM (SELECT " + columns + " FROM " + p.name + " WHERE ")
	p.within(c)
	c.names(p.tie, p.User)
	if !p.AllParts {
		p.inPart(c)
	}
	c.add(p.alive + " AND ")
	after(c)
	c.add(" ORDER BY " + p.key.order)
	if down {
		c.add(" DESC")
	}
	c.add(" LIMIT ?) x", p.Limit)
}

// between is the condition that a number is in a span.
func (p *pager) between(c *clause) {
	c.add(p.key.column + " BETWEEN " + p.db.engine.first + " AND " + p.db.engine.second)
}

// texts is the condition that a text, or a UUID's, is above After.
func (p *pager) texts(c *clause) {
	valid := strings.ToValidUTF8(strings.ReplaceAll(p.After, "\x00", ""), "\uFFFD")
	switch after, ok := p.key.value(p.After); {
	case ok:
		c.add(p.key.order+" > "+p.key.param, after)
	case p.key.form == formUUID:
		c.add(p.key.column+" >= "+p.key.param+" AND CAST("+p.key.column+` AS text) COLLATE "C" > CAST(? AS text)`, leastUUID(p.After), valid)
	default:
		c.add(p.key.order+" > "+p.key.param, valid)
	}
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
