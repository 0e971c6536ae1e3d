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

// Survey counts, in one statement and so at one moment, what names the user.
func (h *Holdings) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	s := roster.Survey{Responsible: map[string]int{}}
	if err := ctx.Err(); err != nil {
		return s, err
	}
	found, err := h.ask(ctx, h.surveyed(user))
	if err != nil {
		return s, h.because(ctx, "survey", err)
	}
	defer found.Close()
	for found.Next() {
		var what, part string
		var n, open int
		if err := found.Scan(&what, &part, &n, &open); err != nil {
			return s, h.because(ctx, "survey", err)
		}
		switch {
		case n == 0:
		case what == "owner":
			s.Responsible[part] += n
			s.Open += open
		case what == "author":
			s.Authored += n
		default:
			s.Named += n
		}
	}
	return s, h.because(ctx, "survey", found.Err())
}

// surveyed is the statement of Survey.
func (h *Holdings) surveyed(user roster.UserID) *clause {
	var c clause
	part := "''"
	if h.part.column != "" {
		part = "coalesce(CAST(" + h.part.column + " AS text), '')"
	}
	c.add("SELECT 'owner', " + part + ", count(*), coalesce(sum(CASE WHEN " + h.open + " THEN 1 ELSE 0 END), 0)")
	h.from(&c)
	c.names(h.owner, user)
	c.add(h.alive)
	if h.part.column != "" {
		c.add(" GROUP BY " + h.part.column)
	}
	if h.author.column != "" {
		c.add(" UNION ALL SELECT 'author', '', count(*), 0")
		h.from(&c)
		c.names(h.author, user)
		c.add(h.alive)
	}
	if len(h.named) > 0 {
		c.add(" UNION ALL SELECT 'named', '', count(*), 0")
		h.from(&c)
		c.add("(")
		for i, f := range h.named {
			if i > 0 {
				c.add(" OR ")
			}
			c.names(f, user)
		}
		c.add(")" + h.alive)
	}
	return &c
}

// Page reads one page, as one value a column: rows cost more than bytes.
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
	found, err := h.ask(ctx, h.paged(tie, q))
	if err != nil {
		return nil, h.because(ctx, "page", err)
	}
	defer found.Close()
	var page []roster.Record
	for found.Next() {
		var text sql.RawBytes
		if err := found.Scan(&text); err != nil {
			return nil, h.because(ctx, "page", err)
		}
		if page, err = gather(page, text, q); err != nil {
			return nil, h.because(ctx, "page", err)
		}
	}
	slices.SortFunc(page, func(a, b roster.Record) int { return strings.Compare(a.ID, b.ID) })
	return page[:min(len(page), q.Limit)], h.because(ctx, "page", found.Err())
}

// gather adds the records whose ids, parts and owners are three JSON lists, the last two empty where the question says it.
func gather(page []roster.Record, text []byte, q roster.Query) ([]roster.Record, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("a text that isn't UTF-8")
	}
	var lists [3][]string
	if err := json.Unmarshal(text, &lists); err != nil {
		return nil, err
	}
	for i, id := range lists[0] {
		rec := roster.Record{ID: id, Owner: q.User, Part: q.Part}
		if len(lists[1]) > 0 {
			rec.Part = lists[1][i]
		} else if q.AllParts {
			rec.Part = ""
		}
		if len(lists[2]) > 0 {
			rec.Owner = roster.UserID(lists[2][i])
		}
		page = append(page, rec)
	}
	return page, nil
}

// paged is the statement of Page: its rows are JSON, for rows cost more than bytes. Of numbers it reads a page of each
// length.
func (h *Holdings) paged(tie field, q roster.Query) *clause {
	var c clause
	e := h.db.engine
	if h.key.form != formNumber {
		h.pageOf(&c, tie, q, func() {
			if after, ok := h.key.value(q.After); ok {
				c.add(h.key.order+" > "+h.key.param, after)
			} else {
				h.behind(&c, q.After)
			}
		}, "")
		return &c
	}
	below, above := spans(q.After)
	for i, spans := range [2][]span{above, below} {
		if len(spans) == 0 {
			continue
		}
		if i > 0 {
			c.add(" UNION ALL ")
		}
		c.add("SELECT (")
		h.pageOf(&c, tie, q, func() { c.add(h.key.column + " BETWEEN " + e.first + " AND " + e.second) }, [2]string{"", " DESC"}[i])
		list, _ := json.Marshal(spans)
		c.add(") FROM "+e.spans, string(list))
	}
	return &c
}

// behind adds the condition that a key's text is above one that can't be a key.
func (h *Holdings) behind(c *clause, after string) {
	if h.key.form == formUUID {
		c.add(h.key.column+" >= "+h.key.param+" AND CAST("+h.key.column+` AS text) COLLATE "C" > CAST(? AS text)`, leastUUID(after), strings.ToValidUTF8(after, "\uFFFD"))
		return
	}
	c.add(h.key.order+" > "+h.key.param, strings.ToValidUTF8(strings.ReplaceAll(after, "\x00", ""), "\uFFFD"))
}

// pageOf is one SELECT of a page.
func (h *Holdings) pageOf(c *clause, tie field, q roster.Query, after func(), order string) {
	e := h.db.engine
	lists, columns := []string{e.gather("roster_id")}, "CAST("+h.key.column+" AS text) AS roster_id"
	if h.part.column != "" && q.AllParts {
		lists = append(lists, e.gather("roster_part"))
		columns += ", coalesce(CAST(" + h.part.column + " AS text), '') AS roster_part"
	}
	if q.Tie == roster.Author {
		if len(lists) == 1 {
			lists = append(lists, e.empty)
		}
		lists = append(lists, e.gather("roster_owner"))
		columns += ", coalesce(CAST(" + h.owner.column + " AS text), '') AS roster_owner"
	}
	c.add("SELECT " + e.join + "(" + strings.Join(lists, ", ") + ") FROM (SELECT " + columns)
	h.from(c)
	c.names(tie, q.User)
	c.add(h.alive)
	if !q.AllParts {
		h.inPart(c, q.Part)
	}
	c.add(" AND ")
	after()
	c.add(" ORDER BY "+h.key.order+order+" LIMIT ?) x", q.Limit)
}

// inPart adds the condition that a row is in a part.
func (h *Holdings) inPart(c *clause, part string) {
	f := h.part
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

// ask reads rows.
func (h *Holdings) ask(ctx context.Context, c *clause) (*sql.Rows, error) {
	return h.db.reader.QueryContext(ctx, h.db.engine.rebind(c.text.String()), c.args...)
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
