package amocrm

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// list reads the items under one name, "users", from sources.
type list struct {
	*reading
	name  string
	take  func(cursor) bool // false ends the reading
	pages pages
	items int64 // taken so far, in all sources
}

// all reads every source, going on after one that is refused, and tells missing pages.
func (l *list) all(sources []Source) {
	for _, s := range sources {
		l.source = s.Name
		p := newParser(s.Body)
		p.list, p.each = l.name, l.item
		var at node
		var err error
		for err == nil {
			if at, err = p.reply(); err == nil {
				err = l.envelope(at)
			}
		}
		if err == errEnded {
			return
		}
		if err != io.EOF {
			l.stop(at, err)
		}
	}
	l.pages.missing(l)
}

// stop refuses a source at a place. An error of the source's reader is kept as it is.
func (l *list) stop(at node, err error) {
	if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrReply) {
		l.faults = append(l.faults, fmt.Errorf("amocrm: %s: %w", l.source, err))
		return
	}
	l.fault(Place{Source: l.source, Line: at.line, Column: at.column}, err)
}

// item hands an item of a list on.
func (l *list) item(i int, n node) bool {
	l.items++
	c := cursor{r: l.reading, n: &n, base: l.name + "[" + strconv.Itoa(i) + "]"}
	if n.kind != '{' {
		c.refuse("an object")
		return true
	}
	c.twice()
	return l.take(c)
}

// envelope reads what stands around a list, or a single item. An error is a refusal by the API.
func (l *list) envelope(n node) error {
	c := cursor{r: l.reading, n: &n}
	if n.kind != '{' {
		if !n.streamed {
			c.refuse("a reply of the API")
		}
		return nil
	}
	items := member(c, "_embedded", l.name)
	switch {
	case items.n != nil && items.n.streamed:
		l.pages.add(c)
		c.twice()
		c.rest(envelopeField)
		c.at("_embedded").rest(func(key string) use {
			if key == l.name {
				return read
			}
			return unknown
		})
	case c.has("id"):
		if !l.item(0, n) {
			return errEnded
		}
	case c.has("status") && (c.has("title") || c.has("detail")):
		return problem(c)
	case c.has("_page") || c.has("_total_items"):
		l.pages.add(c)
		l.empty(c)
	default:
		c.refuse("a list of " + l.name + " or one of them")
	}
	return nil
}

// empty refuses a page without the list, unless it holds nothing at all.
func (l *list) empty(c cursor) {
	embedded := c.at("_embedded")
	switch items := embedded.at(l.name); {
	case items.there():
		items.refuse("an array")
	case embedded.there() && len(embedded.n.keys) > 0 && !embedded.has(l.name):
		c.refuse("a list of " + l.name + " or one of them")
	}
}

// member follows a path of keys through objects without telling faults.
func member(c cursor, keys ...string) cursor {
	for _, key := range keys {
		if c.n == nil || c.n.kind != '{' {
			return cursor{r: c.r}
		}
		c = c.at(key)
	}
	return c
}

// envelopeField knows the fields around a list.
func envelopeField(key string) use {
	switch key {
	case "_page", "_page_count", "_total_items", "_links", "_embedded":
		return read
	}
	return unknown
}

// problem tells what the API refused (RFC 7807).
func problem(c cursor) error {
	var b strings.Builder
	for _, key := range []string{"status", "title", "detail", "hint"} {
		if x := member(c, key); x.n != nil && (x.n.kind == '"' || x.n.kind == '0') {
			b.WriteString(" " + strings.Trim(quote(x.n.text), `"`) + ",")
		}
	}
	text := strings.TrimSuffix(b.String(), ",")
	if v := member(c, "validation-errors"); v.n != nil && v.n.kind == '[' {
		for item := range v.items() {
			text += problems(member(item, "errors"))
		}
	}
	return fmt.Errorf("%w: the API refused:%s", ErrReply, text)
}

// problems tells the validation errors of one item.
func problems(errs cursor) string {
	text := ""
	if errs.n == nil || errs.n.kind != '[' {
		return text
	}
	for e := range errs.items() {
		for _, key := range []string{"code", "path"} {
			if x := member(e, key); x.n != nil {
				text += " " + strings.Trim(quote(x.n.text), `"`)
			}
		}
	}
	return ";" + text
}
