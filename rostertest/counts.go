package rostertest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// countCases are about surveys.
func countCases() []holdingsCase {
	return []holdingsCase{
		newCase("counts are exact", "Survey counts what names the user, exactly: responsible by part, parts with none being absent; of those "+
			"what isn't yet closed; authored, whoever is responsible; named in any other way. A stranger has nothing.", checkCounts),
		newCase("counts follow every change", "Survey counts what is there now: a record that moved, came or went is counted where it is.", checkFollow),
		newCase("users are told apart", "Ids of users are compared byte by byte, never folded, nor looked for in a text: as owner, as author, and named "+
			"in any other way.", checkUsers),
		newCase("parts are told apart", "Names of parts are compared byte by byte, never folded.", checkParts),
		newCase("counts may be large", "Survey counts exactly however many records there are.", checkLargeCounts),
		newCase("unknown is never zero", "What can't be read is an error, never zero.", checkUnknown),
		newCase("fingerprints tell sets apart", "Survey.Fingerprint changes whenever the set of records that the user is responsible for, or the part of one, "+
			"changes, as many as there may be; a survey of the same set has the same one, or no confirmation would hold.", checkFingerprint),
	}
}

// part is one of the source's parts.
func (x *exam) part(i int) string { return x.Parts[i%len(x.Parts)] }

// checkCounts puts records of two users who wrote some of each other's.
func checkCounts(x *exam) {
	want := map[roster.UserID]*roster.Survey{}
	for _, user := range []roster.UserID{x.leo, x.sam, x.sue, x.stranger} {
		want[user] = &roster.Survey{Responsible: map[string]int{}}
	}
	for i, id := range x.ids(23) {
		rec := memstore.Record{ID: id, Owner: x.leo, Part: x.part(i), Open: x.NoClosing || i%3 == 0}
		if i%5 == 0 {
			rec.Owner, rec.Part = x.sam, x.part(0)
		}
		if !x.NoAuthors {
			rec.Author = []roster.UserID{x.leo, x.sue}[i%2]
			want[rec.Author].Authored++
		}
		if !x.NoNamed && i%4 == 0 {
			rec.Named = []roster.UserID{x.leo, x.sue}
			want[x.leo].Named++
			want[x.sue].Named++
		}
		if rec.Open {
			want[rec.Owner].Open++
		}
		want[rec.Owner].Responsible[rec.Part]++
		x.put(rec)
	}
	for user, s := range want {
		x.surveys("records of two", user, *s)
	}
}

// checkFollow counts after each change.
func checkFollow(x *exam) {
	ids := x.ids(6)
	x.give(x.leo, ids[:4]...)
	look := func(when string, leo, sam, sue int) {
		x.counts(when, x.leo, leo)
		x.counts(when, x.sam, sam)
		x.counts(when, x.sue, sue)
	}
	look("four records of one", 4, 0, 0)
	x.move(from(x.leo, x.sam, ids[0]))
	look("after a move of one", 3, 1, 0)
	x.move(from(x.leo, x.sue, ids[1:3]...))
	look("after a move of two", 1, 1, 2)
	x.move(from(x.sam, x.leo, ids[0]))
	look("after a move back", 2, 0, 2)
	x.give(x.leo, ids[4:]...)
	look("after two more came", 4, 0, 2)
	x.give(x.sam, ids[4])
	look("after the host itself gave one of them to another", 3, 1, 2)
	x.put(x.watched(ids[5]))
	parts := map[string]int{x.part(0): 2}
	parts[x.part(1)]++
	x.surveys("after the host changed one", x.leo, roster.Survey{Responsible: parts, Open: 2, Authored: 1, Named: 1})
	x.give(x.leo, ids[5])
	x.surveys("after the host changed it back", x.leo, roster.Survey{Responsible: map[string]int{x.part(0): 3}, Open: 3})
}

// watched is a record of leo's in another part, that leo wrote, closed and watches, as far as the source has that.
func (x *exam) watched(id string) memstore.Record {
	rec := x.record(id, x.leo)
	rec.Part, rec.Open = x.part(1), x.NoClosing
	if !x.NoAuthors {
		rec.Author = x.leo
	}
	if !x.NoNamed {
		rec.Named = []roster.UserID{x.leo}
	}
	return rec
}

// checkUsers puts records of users whose ids are almost alike.
func checkUsers(x *exam) {
	users := x.Users
	if x.made {
		users = []roster.UserID{
			"leo", "Leo", "LEO", "leo2", "le", "léo", "le\u0301o", "Ｌeo", "l_o", "l%", "l'o", `l\o`, "le o", "лео",
			roster.UserID(strings.Repeat("l", 128)), roster.UserID(strings.Repeat("l", 127)),
		}
	}
	ids := x.ids(2 * len(users))
	for i, user := range users {
		for _, id := range ids[2*i : 2*i+2] {
			x.put(x.everywhere(id, user))
		}
	}
	for i, user := range users {
		x.surveys("two records each", user, roster.Survey{Responsible: map[string]int{x.Parts[0]: 2}, Open: 2, Authored: 2, Named: 2})
		x.has("two records each", user, ids[2*i:2*i+2]...)
		if !x.NoAuthors {
			x.wrote("two records each", user, ids[2*i:2*i+2]...)
		}
	}
	x.moves("two records each", from(users[3], users[1], ids[:4]...), roster.MoveElsewhere, roster.MoveElsewhere, roster.MoveAlready, roster.MoveAlready)
	x.moves("two records each", from(users[1], users[3], ids[:6]...), repeat(6, roster.MoveElsewhere, roster.MoveElsewhere, roster.MoveDone, roster.MoveDone, roster.MoveElsewhere, roster.MoveElsewhere)...)
	x.counts("the second's moved", users[1], 0)
	x.counts("the second's moved", users[2], 2)
}

// everywhere is a record that names one user in every way the source has.
func (x *exam) everywhere(id string, user roster.UserID) memstore.Record {
	rec := x.record(id, user)
	if !x.NoAuthors {
		rec.Author = user
	}
	if !x.NoNamed {
		rec.Named = []roster.UserID{user}
	}
	return rec
}

// checkParts puts records in parts whose names are almost alike.
func checkParts(x *exam) {
	parts := x.Parts
	if x.anyParts {
		parts = []string{"", "new", "New", "NEW", "ne", "new2", "n_w", "n%", "%", "\\", "'", "0", "00", "7.142", "07.142", strings.Repeat("p", 127), strings.Repeat("p", 128)}
	}
	ids := x.ids(len(parts))
	want := map[string]int{}
	for i, part := range parts {
		rec := x.record(ids[i], x.leo)
		rec.Part = part
		x.put(rec)
		want[part]++
	}
	x.surveys("a record in each part", x.leo, roster.Survey{Responsible: want, Open: len(ids)})
	for i, part := range parts {
		got := idsOf(x.page(roster.Query{User: x.leo, Tie: roster.Responsible, Part: part, Limit: len(ids) + 1}))
		if want[part] == 1 && !slices.Equal(got, ids[i:i+1]) {
			x.errorf("a record in each part: the page of %q: got %q; want %q", part, got, ids[i:i+1])
		}
	}
}

// checkLargeCounts counts more than a page, in every way.
func checkLargeCounts(x *exam) {
	var put []memstore.Record
	for _, id := range x.ids(many) {
		put = append(put, x.everywhere(id, x.leo))
	}
	x.put(put...)
	x.surveys(fmt.Sprintf("%d records", many), x.leo, roster.Survey{Responsible: map[string]int{x.Parts[0]: many}, Open: many, Authored: many, Named: many})
}

// checkUnknown breaks the source.
func checkUnknown(x *exam) {
	x.requires(x.Break != nil, "way to break it")
	ids := x.ids(3)
	x.give(x.leo, ids...)
	x.Break()
	x.refuses("a source that can't be read", x.ctx, ids)
}

// checkFingerprint changes sets one step at a time.
func checkFingerprint(x *exam) {
	ids := x.ids(9)
	x.give(x.leo, ids[:3]...)
	was := x.survey(x.leo).Fingerprint
	x.requires(was != "", "fingerprints")
	step := func(what string, same bool) {
		is := x.survey(x.leo).Fingerprint
		switch {
		case is == "":
			x.errorf("%s: the fingerprint is empty, as if there were none; it was %q", what, was)
		case (is == was) != same:
			x.errorf("%s: the fingerprint was %q and is %q; want the same: %v", what, was, is, same)
		}
		was = is
	}
	step("nothing changed", true)
	x.give(x.sam, ids[3:5]...)
	step("another user got records", true)
	x.move(from(x.sam, x.sue, ids[3]))
	step("another user's record moved", true)
	x.give(x.leo, ids[5])
	step("a record came", false)
	x.move(from(x.leo, x.sam, ids[5]))
	step("a record moved away", false)
	x.move(from(x.leo, x.sam, ids[0]))
	x.give(x.leo, ids[6])
	step("a record was exchanged for another", false)
	if len(x.Parts) > 1 {
		rec := x.record(ids[1], x.leo)
		rec.Part = x.Parts[1]
		x.put(rec)
		step("a record changed its part", false)
	}
	x.move(from(x.leo, x.sam, ids...))
	step("every record moved away", false)
	x.exchanges(step)
}

// exchanges are changes that leave count, first and last id, sums, lengths and the parts' counts as they were.
func (x *exam) exchanges(step func(what string, same bool)) {
	ids := x.ids(8)
	x.give(x.leo, ids[0], ids[2], ids[3], ids[7])
	step("four records came", false)
	x.give(x.leo, ids[1], ids[4])
	x.move(from(x.leo, x.sam, ids[2], ids[3]))
	step("two records between the first and the last were exchanged for two others", false)
	if len(x.Parts) > 1 {
		for _, at := range []int{0, 1} {
			one, other := x.record(ids[1], x.leo), x.record(ids[4], x.leo)
			one.Part, other.Part = x.Parts[at], x.Parts[1-at]
			x.put(one, other)
			step("two records exchanged their parts", false)
		}
	}
	if x.ID == nil {
		x.give(x.leo, "a,b", "c")
		step("two records came", false)
		x.move(from(x.leo, x.sam, "a,b", "c"))
		x.give(x.leo, "a", "b,c")
		step("two records were exchanged for two others", false)
	}
	const long = 1_000 // their ids are more text than some databases join
	rest := x.ids(long)
	x.give(x.leo, rest[:long-1]...)
	step("many records came", false)
	x.give(x.sam, rest[long-2])
	x.give(x.leo, rest[long-1])
	step("of many one was exchanged for another", false)
}
