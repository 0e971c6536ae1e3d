package rostertest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// many is how many records make a page long: more than some databases take parameters.
const many = 2_500

// pageCases are about pages.
func pageCases() []holdingsCase {
	return []holdingsCase{
		newCase("pages in one order", "Page lists records in one order, that of the source, in which every id has its place for ever.", checkOrder),
		newCase("a page of some", "With q.IDs a page has no other records than these, and all of these that q asks for.", checkSome),
		newCase("pages are complete", "Page lists the records of the user, the tie and the part asked for, open or closed, above q.After only, whether "+
			"that is there or not, and as many as q.Limit allows: a shorter page is the last.", checkPages),
		newCase("pages may be long", "q.Limit may be 10,000, and a page is as long if there are so many records.", checkLong),
		newCase("pages while records move", "Records may move while pages are read: what moved away isn't listed, and of the rest nothing is left "+
			"out or listed twice.", checkMovingPages),
		newCase("a page tells owner and part", "A record of a page has its id, its responsible user, and the part that it is in.", checkPageRecords),
		newCase("ids are kept as they are", "An id is any text that the host has; ids are compared byte by byte, never folded.", checkIDs),
		newCase("records of nobody", "Page for the empty user lists the records whose tie is to nobody, and them alone.", checkNobodysPage),
		newCase("deleted records are gone", "A record that the host deleted, out of the table or by a mark, is neither counted nor listed, and a "+
			"move tells that it is gone.", checkDeleted),
	}
}

// odd are ids that databases and programs stumble over, the source's own ids where it has any.
func (x *exam) odd() []string {
	if x.ID != nil {
		return x.ids(30)
	}
	return []string{
		"1", "01", "1.0", "1e0", "+1", "a", "A", "ä", "a\u0308", "ａ", "я", "Я", "日本", "\U0001F642", "b", " b", "b ", "b\t", "b c", "it's", `"q"`, "`q`",
		"a,b", "a%", "a_", `\`, `\\`, "a;--", "{}", "$1", "?", ":id", "NULL", "0", "-1", strings.Repeat("x", 127), strings.Repeat("x", 128), strings.Repeat("é", 64),
	}
}

func checkOrder(x *exam) {
	ids := []string{"1", "2", "9", "10", "99", "100", "a", "B", "c", "D", "Z", "z", "é", "f", "а", "Ё", "я", "\uFFFD", "\U0001F642", "a-b", "ab", "a b"}
	if x.ID != nil {
		ids = x.ids(110)
		slices.Reverse(ids)
	}
	x.give(x.leo, ids...)
	slices.SortFunc(ids, x.Order)
	page := x.page(roster.Query{User: x.leo, Tie: roster.Responsible, AllParts: true, Limit: len(ids) + 1})
	if got := idsOf(page); !slices.Equal(got, ids) {
		x.errorf("a page of everything: got %q; want %q", got, ids)
	}
}

// checkSome asks for some of a user's records among some of another's and some that aren't there.
func checkSome(x *exam) {
	ids := x.ids(12)
	x.give(x.leo, ids[:8]...)
	x.give(x.sam, ids[8:11]...)
	ask := func(q roster.Query, want ...string) {
		q.User, q.Tie, q.AllParts = x.leo, roster.Responsible, true
		if got := idsOf(x.page(q)); !slices.Equal(got, want) {
			x.errorf("Page %+v: got %q; want %q", q, got, want)
		}
	}
	ask(roster.Query{IDs: []string{ids[6], ids[1], ids[9], ids[11], ids[3], ids[1]}, Limit: 10}, ids[1], ids[3], ids[6])
	ask(roster.Query{IDs: []string{ids[6], ids[1], ids[9], ids[3]}, Limit: 2}, ids[1], ids[3])
	ask(roster.Query{IDs: []string{ids[6], ids[1], ids[9], ids[3]}, After: ids[1], Limit: 2}, ids[3], ids[6])
	ask(roster.Query{IDs: []string{ids[9], ids[11]}, Limit: 10})
	ask(roster.Query{IDs: ids, Limit: 10_000}, ids[:8]...)
	if len(x.Parts) > 1 {
		rec := x.record(ids[2], x.leo)
		rec.Part = x.Parts[1]
		x.put(rec)
		q := roster.Query{User: x.leo, Tie: roster.Responsible, Part: x.Parts[1], IDs: ids[:5], Limit: 10}
		if got := idsOf(x.page(q)); !slices.Equal(got, ids[2:3]) {
			x.errorf("Page %+v: got %q; want %q", q, got, ids[2:3])
		}
	}
}

// checkPages reads pages of every length, of every part and of all.
func checkPages(x *exam) {
	var whole, written [3][]string // of leo: each of two parts, and all
	ids := x.ids(18)
	none := ids[9]
	for i, id := range slices.Delete(ids, 9, 10) {
		rec := x.record(id, x.leo)
		rec.Part, rec.Open = x.part(i%2), x.NoClosing || i%5 > 1
		if i%4 == 3 {
			rec.Owner = x.sam
		} else {
			whole[2] = append(whole[2], id)
			whole[i%2] = append(whole[i%2], id)
		}
		if !x.NoAuthors && i%3 == 0 {
			rec.Author = x.leo
			written[2] = append(written[2], id)
			written[i%2] = append(written[i%2], id)
		}
		x.put(rec)
	}
	ask := func(q roster.Query, want []string) {
		for limit := 1; limit <= len(want)+1; limit++ {
			q.Limit, q.After = limit, ""
			for from := 0; ; from += limit {
				page := idsOf(x.page(q))
				if rest := want[min(from, len(want)):]; !slices.Equal(page, rest[:min(limit, len(rest))]) {
					x.errorf("Page %+v: got %q; want %q", q, page, rest[:min(limit, len(rest))])
					return
				}
				if len(page) < limit {
					break
				}
				q.After = page[len(page)-1]
			}
		}
	}
	ask(roster.Query{User: x.leo, Tie: roster.Responsible, AllParts: true}, whole[2])
	if len(x.Parts) > 1 {
		ask(roster.Query{User: x.leo, Tie: roster.Responsible, Part: x.Parts[0]}, whole[0])
		ask(roster.Query{User: x.leo, Tie: roster.Responsible, Part: x.Parts[1]}, whole[1])
		ask(roster.Query{User: x.leo, Tie: roster.Responsible, Part: x.Parts[0], AllParts: true}, whole[2])
	}
	if !x.NoAuthors {
		ask(roster.Query{User: x.leo, Tie: roster.Author, AllParts: true}, written[2])
	}
	if !x.NoAuthors && len(x.Parts) > 1 {
		ask(roster.Query{User: x.leo, Tie: roster.Author, Part: x.Parts[1]}, written[1])
	}
	above := slices.DeleteFunc(slices.Clone(whole[2]), func(id string) bool { return x.Order(id, none) < 0 })
	if got := idsOf(x.page(roster.Query{User: x.leo, Tie: roster.Responsible, AllParts: true, After: none, Limit: 20})); !slices.Equal(got, above) {
		x.errorf("a page after %q, which isn't there: got %q; want %q", none, got, above)
	}
	ask(roster.Query{User: x.stranger, Tie: roster.Responsible, AllParts: true}, nil)
}

func checkLong(x *exam) {
	ids := x.ids(many)
	x.give(x.leo, ids...)
	for _, limit := range []int{10_000, many - 100, 1_000} {
		got := idsOf(x.page(roster.Query{User: x.leo, Tie: roster.Responsible, AllParts: true, Limit: limit}))
		if want := ids[:min(limit, many)]; !slices.Equal(got, want) {
			x.errorf("Page with Limit %d of %d records: %s", limit, many, differ(got, want))
		}
	}
}

// checkMovingPages hands over page by page, as a run does, while a record goes that no page listed yet.
func checkMovingPages(x *exam) {
	ids := x.ids(40)
	x.give(x.leo, ids...)
	q := roster.Query{User: x.leo, Tie: roster.Responsible, AllParts: true, Limit: 7}
	var seen []string
	for n := 0; ; n++ {
		page := idsOf(x.page(q))
		seen = append(seen, page...)
		if len(page) < q.Limit || n > len(ids) {
			break
		}
		q.After = page[len(page)-1]
		x.move(from(x.leo, x.sam, page...))
		if n == 1 {
			x.move(from(x.leo, x.sue, ids[39]))
		}
	}
	if want := ids[:39]; !slices.Equal(seen, want) {
		x.errorf("seven at a time, each page moved away before the next, and %q meanwhile: %s", ids[39], differ(seen, want))
	}
}

func checkPageRecords(x *exam) {
	ids := x.ids(5)
	var owned, written []roster.Record
	for i, id := range ids {
		rec := x.record(id, []roster.UserID{x.leo, x.sam}[i%2])
		rec.Part = x.part(i)
		if !x.NoAuthors && i > 1 {
			rec.Author = x.leo
			written = append(written, roster.Record{ID: id, Owner: rec.Owner, Part: rec.Part})
		}
		if rec.Owner == x.leo {
			owned = append(owned, roster.Record{ID: id, Owner: rec.Owner, Part: rec.Part})
		}
		x.put(rec)
	}
	for tie, want := range map[roster.Tie][]roster.Record{roster.Responsible: owned, roster.Author: written} {
		if tie == roster.Author && x.NoAuthors {
			continue
		}
		got := x.page(roster.Query{User: x.leo, Tie: tie, AllParts: true, Limit: 10})
		for i := range got {
			got[i].Department = "" // the host may tell it or not
		}
		if !slices.Equal(got, want) {
			x.errorf("a page of what is %q's as %s: %s", x.leo, tie, differ(got, want))
		}
	}
}

// checkIDs moves records one by one, whose ids are almost alike.
func checkIDs(x *exam) {
	ids := x.odd()
	x.give(x.leo, ids...)
	x.has("put", x.leo, ids...)
	for i, id := range ids {
		if i%2 == 0 {
			x.moves("one by one", from(x.leo, x.sam, id), roster.MoveDone)
		}
	}
	var even, rest []string
	for i, id := range ids {
		if i%2 == 0 {
			even = append(even, id)
		} else {
			rest = append(rest, id)
		}
	}
	x.has("every other moved", x.leo, rest...)
	x.has("every other moved", x.sam, even...)
}

func checkNobodysPage(x *exam) {
	x.requires(!x.NoNobody, "records of nobody")
	ids := x.ids(6)
	x.give(x.leo, ids[:2]...)
	x.give("", ids[2:5]...)
	x.has("three records without an owner", "", ids[2:5]...)
	if x.NoAuthors {
		return
	}
	rec := x.record(ids[5], x.leo)
	rec.Author = ""
	x.put(rec)
	x.wrote("one record without an author", "", ids[5])
}

func checkDeleted(x *exam) {
	x.requires(x.Delete != nil, "way to delete")
	ids := x.ids(4)
	x.give(x.leo, ids...)
	x.put(x.watched(ids[1]))
	x.Delete(ids[1], ids[2])
	x.surveys("two of four deleted", x.leo, roster.Survey{Responsible: map[string]int{x.Parts[0]: 2}, Open: 2})
	x.has("two of four deleted", x.leo, ids[0], ids[3])
	if !x.NoAuthors {
		x.wrote("the one of four that was written by them deleted", x.leo)
	}
	x.moves("two of four deleted", from(x.leo, x.sam, ids...), roster.MoveDone, roster.MoveGone, roster.MoveGone, roster.MoveDone)
	x.counts(fmt.Sprintf("%q and %q deleted, the others moved", ids[1], ids[2]), x.sam, 2)
}
