package rostertest

import (
	"slices"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// moveCases are about one move after another.
func moveCases() []holdingsCase {
	return []holdingsCase{
		newCase("a move compares and sets", "Move changes a record only where it still is o.From's, all other records untouched, and tells what became of "+
			"each: done, already o.To's, elsewhere, or gone.", checkCompare),
		newCase("results come in the order of the ids", "Move tells for each id, in their order, what became of it.", checkResultOrder),
		newCase("a second move changes nothing", "Doing a move again changes nothing, and tells that each record is there already.", checkAgain),
		newCase("an id twice", "Move tells one result for each id of the order, also for one that is in it twice.", checkTwice),
		newCase("no ids", "An order without ids moves nothing, and isn't an error.", checkNoIDs),
		newCase("a part decides nothing", "o.Part tells where the records were when they were read: one that has left it since moves all the same.", checkPart),
		newCase("a move may be large", "An order has up to 10,000 ids.", checkLarge),
	}
}

// checkCompare moves a record of each sort, and leaves one of each sort alone.
func checkCompare(x *exam) {
	ids := x.ids(8)
	x.give(x.leo, ids[0], ids[1], ids[2])
	x.give(x.sam, ids[3], ids[4])
	x.give(x.sue, ids[5], ids[6])
	gone := ids[7]
	x.moves("one of each", from(x.leo, x.sam, ids[0], ids[1], ids[3], ids[5], gone),
		roster.MoveDone, roster.MoveDone, roster.MoveAlready, roster.MoveElsewhere, roster.MoveGone)
	x.has("after the move", x.leo, ids[2])
	x.has("after the move", x.sam, ids[0], ids[1], ids[3], ids[4])
	x.has("after the move", x.sue, ids[5], ids[6])
}

func checkResultOrder(x *exam) {
	ids := x.ids(12)
	slices.Reverse(ids)
	ids[0], ids[5] = ids[5], ids[0]
	want := repeat(len(ids), roster.MoveAlready, roster.MoveDone, roster.MoveDone, roster.MoveGone)
	for i, id := range ids {
		switch want[i] {
		case roster.MoveDone:
			x.give(x.leo, id)
		case roster.MoveAlready:
			x.give(x.sam, id)
		}
	}
	x.moves("ids in no order", from(x.leo, x.sam, ids...), want...)
}

func checkAgain(x *exam) {
	ids := x.ids(5)
	x.give(x.leo, ids...)
	x.move(from(x.leo, x.sam, ids[:3]...))
	for range 2 {
		x.moves("again", from(x.leo, x.sam, ids[:3]...), repeat(3, roster.MoveAlready)...)
		x.has("again", x.leo, ids[3:]...)
		x.has("again", x.sam, ids[:3]...)
	}
	x.moves("again, and one more", from(x.leo, x.sam, ids[:4]...), roster.MoveAlready, roster.MoveAlready, roster.MoveAlready, roster.MoveDone)
}

// checkTwice leaves open whether the second result is done or already: databases differ.
func checkTwice(x *exam) {
	ids := x.ids(3)
	x.give(x.leo, ids[:2]...)
	o := from(x.leo, x.sam, ids[0], ids[0], ids[1], ids[2], ids[2])
	got := x.move(o)
	want := []roster.MoveResult{roster.MoveDone, roster.MoveAlready, roster.MoveDone, roster.MoveGone, roster.MoveGone}
	if len(got) == len(want) && got[1] == roster.MoveDone {
		want[1] = roster.MoveDone
	}
	if !slices.Equal(got, want) {
		x.errorf("Move of %q: got %v; want %v", o.IDs, got, want)
	}
	x.has("after the move", x.sam, ids[:2]...)
}

func checkNoIDs(x *exam) {
	ids := x.ids(2)
	x.give(x.leo, ids...)
	x.moves("none", from(x.leo, x.sam))
	x.has("none moved", x.leo, ids...)
}

func checkPart(x *exam) {
	ids := x.ids(4)
	x.give(x.leo, ids...)
	o := from(x.leo, x.sam, ids[:3]...)
	o.Part = "left-since"
	x.moves("from a part that they have left", o, repeat(3, roster.MoveDone)...)
	x.has("after the move", x.leo, ids[3])
	x.has("after the move", x.sam, ids[:3]...)
}

func checkLarge(x *exam) {
	ids := x.ids(many)
	x.give(x.leo, ids...)
	got := x.move(from(x.leo, x.sam, ids...))
	if want := repeat(many, roster.MoveDone); !slices.Equal(got, want) {
		x.errorf("Move of %d ids: %s", many, differ(got, want))
	}
	x.counts("after the move", x.leo, 0)
	x.counts("after the move", x.sam, many)
}

// tieCases are about the two ties, and about nobody.
func tieCases() []holdingsCase {
	return []holdingsCase{
		newCase("responsible and author are two ties", "Move changes o.Tie alone, and compares it alone: the responsible user and the author of a record are two "+
			"different things.", checkTies),
		newCase("a move changes nothing else", "Move leaves all other fields of a record untouched: its part, whether it is closed, whom else it names.", checkFields),
		newCase("nobody is an owner like another", "From and To may be empty: nobody. What is nobody's already is told so, and what is somebody's is no match for an empty "+
			"From.", checkNobody),
	}
}

func checkTies(x *exam) {
	x.requires(!x.NoAuthors, "authors")
	ids := x.ids(6)
	for i, id := range ids { // both leo's; leo's and sue's; sam's and leo's; two of each
		rec := x.record(id, []roster.UserID{x.leo, x.leo, x.sam}[i%3])
		rec.Author = []roster.UserID{x.leo, x.sue, x.leo}[i%3]
		x.put(rec)
	}
	x.moves("responsible", from(x.leo, x.sue, ids...), repeat(6, roster.MoveDone, roster.MoveDone, roster.MoveElsewhere)...)
	x.has("the responsible user moved", x.sue, ids[0], ids[1], ids[3], ids[4])
	x.wrote("the responsible user moved", x.leo, ids[0], ids[2], ids[3], ids[5])
	x.moves("author", roster.MoveOrder{Tie: roster.Author, From: x.leo, To: x.sam, IDs: ids}, repeat(6, roster.MoveDone, roster.MoveElsewhere, roster.MoveDone)...)
	x.wrote("the author moved", x.sam, ids[0], ids[2], ids[3], ids[5])
	x.wrote("the author moved", x.sue, ids[1], ids[4])
	x.has("the author moved", x.sue, ids[0], ids[1], ids[3], ids[4])
	x.has("the author moved", x.sam, ids[2], ids[5])
}

func checkFields(x *exam) {
	var put []memstore.Record
	for i, id := range x.ids(6) {
		rec := x.record(id, x.leo)
		rec.Part, rec.Open = x.part(i), x.NoClosing || i%2 == 0
		if !x.NoNamed {
			rec.Named = []roster.UserID{x.leo, x.stranger}
		}
		put = append(put, rec)
	}
	x.put(put...)
	was := x.survey(x.leo)
	x.move(from(x.leo, x.sam, x.ids(6)...))
	x.surveys("after every record moved to them", x.sam, roster.Survey{Responsible: was.Responsible, Open: was.Open})
	x.surveys("after every record moved from them", x.leo, roster.Survey{Named: was.Named, Authored: was.Authored})
	if x.Find == nil {
		return
	}
	for _, rec := range put {
		got, ok := x.Find(rec.ID)
		rec.Owner = x.sam
		if !ok || !x.alike(got, rec) {
			x.errorf("after a move %q is %+v, %v; want %+v", rec.ID, got, ok, rec)
		}
	}
}

// alike reports whether two records are the same in what the source has.
func (x *exam) alike(a, b memstore.Record) bool {
	return a.ID == b.ID && a.Part == b.Part && a.Owner == b.Owner && (x.NoAuthors || a.Author == b.Author) &&
		(x.NoClosing || a.Open == b.Open) && (x.NoNamed || slices.Equal(a.Named, b.Named)) && a.Off == b.Off
}

func checkNobody(x *exam) {
	x.requires(!x.NoNobody, "records of nobody")
	ids := x.ids(4)
	x.give(x.leo, ids[:2]...)
	x.give(x.sam, ids[2])
	x.give("", ids[3])
	results := []roster.MoveResult{roster.MoveDone, roster.MoveDone, roster.MoveElsewhere, roster.MoveAlready}
	x.moves("one that is nobody's", from(x.leo, x.sue, ids[3]), roster.MoveElsewhere)
	x.moves("to nobody", from(x.leo, "", ids...), results...)
	x.counts("given to nobody", x.leo, 0)
	results[0], results[1] = roster.MoveAlready, roster.MoveAlready
	x.moves("to nobody again", from(x.leo, "", ids...), results...)
	x.moves("from nobody", from("", x.sue, ids...), roster.MoveDone, roster.MoveDone, roster.MoveElsewhere, roster.MoveDone)
	x.has("taken from nobody", x.sue, ids[0], ids[1], ids[3])
	x.has("taken from nobody", x.sam, ids[2])
	x.moves("from nobody again", from("", x.sue, ids...), roster.MoveAlready, roster.MoveAlready, roster.MoveElsewhere, roster.MoveAlready)
	if x.NoAuthors {
		return
	}
	rec := x.record(ids[1], x.sue)
	rec.Author = x.leo
	x.put(rec)
	author := roster.MoveOrder{Tie: roster.Author, From: x.sue, IDs: ids[:2]}
	x.moves("an author to nobody", author, roster.MoveDone, roster.MoveElsewhere)
	x.moves("an author to nobody again", author, roster.MoveAlready, roster.MoveElsewhere)
	x.wrote("an author given to nobody", x.sue, ids[2:]...)
}
