package rostertest

import (
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
		newCase("users are told apart", "Ids of users are compared byte by byte, never folded.", checkUsers),
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
			"leo", "Leo", "LEO", "leo2", "le", "léo", "le\u0301o", "Ｌeo", "l_o", "l%", "le o", "лео",
			roster.UserID(strings.Repeat("l", 128)), roster.UserID(strings.Repeat("l", 127)),
		}
	}
	ids := x.ids(2 * len(users))
	for i, user := range users {
		x.give(user, ids[2*i:2*i+2]...)
	}
	for i, user := range users {
		x.counts("two records each", user, 2)
		x.has("two records each", user, ids[2*i:2*i+2]...)
	}
	x.moves("two records each", from(users[1], users[0], ids[2:4]...), roster.MoveDone, roster.MoveDone)
	x.counts("the second's moved to the first", users[1], 0)
	x.counts("the second's moved to the first", users[2], 2)
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
}
