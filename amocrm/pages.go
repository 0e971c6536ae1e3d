package amocrm

import (
	"net/url"
	"slices"
	"strconv"
)

// pages remembers which pages of a list were read, and which the replies speak of.
type pages struct {
	read  []int64
	named []page // linked to as the next, or counted
	total int64  // the largest _total_items
	first Place
}

// page is a page that must exist, and where that is said.
type page struct {
	number int64
	why    string
	at     Place
}

// add notes an envelope's page number, its next link and its counts.
func (p *pages) add(c cursor) {
	number := c.at("_page").number()
	if number == 0 {
		number = linked(member(c, "_links", "self"))
	}
	if len(p.read) == 0 {
		p.first = c.place()
	}
	if number > 0 {
		p.read = append(p.read, number)
	}
	if next := member(c, "_links", "next"); next.there() {
		to := linked(next)
		if to == 0 {
			to = number + 1
		}
		p.named = append(p.named, page{to, "linked to as the next", next.place()})
	}
	if count := c.at("_page_count"); count.number() > number {
		p.named = append(p.named, page{count.number(), "counted", count.place()})
	}
	p.total = max(p.total, c.at("_total_items").number())
}

// linked is the page number in a link, or 0.
func linked(link cursor) int64 {
	href := member(link, "href")
	if href.n == nil {
		return 0
	}
	u, err := url.Parse(href.n.text)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(u.Query().Get("page"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// missing tells every page that should be there and wasn't read.
func (p *pages) missing(l *list) {
	slices.Sort(p.read)
	last := int64(0)
	for _, n := range p.read {
		if n-1 > last {
			l.gap(p.first, last+1, n-1, "not read, later ones were")
		}
		last = n
	}
	slices.SortStableFunc(p.named, func(a, b page) int { return int(min(max(a.number-b.number, -1), 1)) })
	for _, n := range p.named {
		if n.number > last {
			l.gap(n.at, last+1, n.number, n.why)
			last = n.number
		}
	}
	if p.total > l.items {
		l.add(CodeMissingPage, Place{Source: p.first.Source, Line: p.first.Line, Column: p.first.Column, Path: "_total_items"},
			"%s: %d in all, %d read", l.name, p.total, l.items)
	}
}

// gap tells that pages from one number to another are missing.
func (l *list) gap(at Place, from, to int64, why string) {
	at.Path = "_page"
	if from == to {
		l.add(CodeMissingPage, at, "%s: page %d is missing: %s", l.name, from, why)
		return
	}
	l.add(CodeMissingPage, at, "%s: pages %d to %d are missing: %s", l.name, from, to, why)
}
