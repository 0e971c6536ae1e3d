package rostertest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// exam is one run of a case. What is found wrong is collected; what leaves nothing to go on with ends it.
type exam struct {
	Source
	ctx   context.Context
	wrong []error
	lacks lacking // why the case isn't tried

	made                    bool          // Users are the suite's own
	anyParts                bool          // records may be in any part
	leo, sam, sue, stranger roster.UserID // leo is who leaves, nothing names the stranger
}

func newExam(ctx context.Context, s Source) *exam {
	made := s.Users == nil
	if made {
		s.Users = []roster.UserID{"leo", "sam", "sue", "zoe"}
	}
	anyParts := s.Parts == nil
	if anyParts {
		s.Parts = []string{"", "new", "won"}
	}
	if s.Order == nil {
		s.Order = strings.Compare
	}
	return &exam{Source: s, ctx: ctx, made: made, anyParts: anyParts, leo: s.Users[0], sam: s.Users[1], sue: s.Users[2], stranger: s.Users[3]}
}

func (x *exam) errorf(format string, args ...any) {
	x.wrong = append(x.wrong, fmt.Errorf(format, args...))
}

// run examines until check returns or the exam ends.
func (x *exam) run(check func(*exam)) {
	defer func() {
		if p := recover(); p != nil && p != any(x) {
			panic(p)
		}
	}()
	check(x)
}

// requires ends the exam unless the source has what the case needs.
func (x *exam) requires(has bool, what string) {
	if !has {
		x.lacks = lacking(what)
		panic(x)
	}
}

// need ends the exam at an error.
func (x *exam) need(what string, err error) {
	if err != nil {
		x.errorf("%s: %w", what, err)
		panic(x)
	}
}

// ids makes the ids of n records, in the order of pages.
func (x *exam) ids(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		if ids[i] = fmt.Sprint("r", i+1); x.ID != nil {
			ids[i] = x.ID(i + 1)
		}
	}
	slices.SortFunc(ids, x.Order)
	return ids
}

// record is an open record in the first part, written by sue.
func (x *exam) record(id string, owner roster.UserID) memstore.Record {
	rec := memstore.Record{ID: id, Owner: owner, Part: x.Parts[0], Open: true}
	if !x.NoAuthors {
		rec.Author = x.sue
	}
	return rec
}

// give puts records that are owner's.
func (x *exam) give(owner roster.UserID, ids ...string) {
	var records []memstore.Record
	for _, id := range ids {
		records = append(records, x.record(id, owner))
	}
	x.put(records...)
}

func (x *exam) put(records ...memstore.Record) { x.need("Put", x.Put(records...)) }

func (x *exam) survey(user roster.UserID) roster.Survey {
	s, err := x.Holdings.Survey(x.ctx, user)
	x.need(fmt.Sprintf("Survey of %q", user), err)
	return s
}

func (x *exam) page(q roster.Query) []roster.Record {
	page, err := x.Holdings.Page(x.ctx, q)
	x.need(fmt.Sprintf("Page %+v", q), err)
	return page
}

func (x *exam) move(o roster.MoveOrder) []roster.MoveResult {
	results, err := x.Holdings.Move(x.ctx, o)
	x.need(fmt.Sprintf("Move %s", short(o)), err)
	return results
}

// short tells an order without its ids.
func short(o roster.MoveOrder) string {
	return fmt.Sprintf("of %d ids, %s, from %q to %q", len(o.IDs), o.Tie, o.From, o.To)
}

// from is an order to move the responsible user.
func from(user, to roster.UserID, ids ...string) roster.MoveOrder {
	return roster.MoveOrder{Tie: roster.Responsible, From: user, To: to, IDs: ids}
}

// counts wants a survey to count so many records that a user is responsible for.
func (x *exam) counts(when string, user roster.UserID, want int) {
	if got := x.survey(user).Total(); got != want {
		x.errorf("%s: Survey of %q counts %d responsible; want %d", when, user, got, want)
	}
}

// surveys wants a survey to count exactly this, of what the source has.
func (x *exam) surveys(when string, user roster.UserID, want roster.Survey) {
	got := x.survey(user)
	if !maps.Equal(got.Responsible, want.Responsible) {
		x.errorf("%s: Survey of %q counts responsible, by part, %v; want %v", when, user, got.Responsible, want.Responsible)
	}
	if !x.NoClosing && got.Open != want.Open {
		x.errorf("%s: Survey of %q counts %d open; want %d", when, user, got.Open, want.Open)
	}
	if !x.NoAuthors && got.Authored != want.Authored {
		x.errorf("%s: Survey of %q counts %d authored; want %d", when, user, got.Authored, want.Authored)
	}
	if !x.NoNamed && got.Named != want.Named {
		x.errorf("%s: Survey of %q counts %d that name the user otherwise; want %d", when, user, got.Named, want.Named)
	}
}

// has wants a user to be responsible for these records and no others, as pages tell.
func (x *exam) has(when string, user roster.UserID, want ...string) {
	x.tied(when, roster.Responsible, user, want...)
}

// wrote wants a user to be the author of these records and no others, as pages tell.
func (x *exam) wrote(when string, user roster.UserID, want ...string) {
	x.tied(when, roster.Author, user, want...)
}

func (x *exam) tied(when string, tie roster.Tie, user roster.UserID, want ...string) {
	got := idsOf(x.page(roster.Query{User: user, Tie: tie, AllParts: true, Limit: 10_000}))
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		x.errorf("%s: pages of what is %q's as %s: %s", when, user, tie, differ(got, want))
	}
}

// moves wants an order to have these results.
func (x *exam) moves(when string, o roster.MoveOrder, want ...roster.MoveResult) {
	if got := x.move(o); !slices.Equal(got, want) {
		x.errorf("%s: Move %s of %q: %s", when, short(o), o.IDs, differ(got, want))
	}
}

// idsOf are the ids of a page.
func idsOf(page []roster.Record) []string {
	ids := make([]string, len(page))
	for i, rec := range page {
		ids[i] = rec.ID
	}
	return ids
}

// differ tells two lists, and of long ones where they part.
func differ[T comparable](got, want []T) string {
	if len(got) <= 30 && len(want) <= 30 {
		return fmt.Sprintf("got %+v; want %+v", got, want)
	}
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	return fmt.Sprintf("got %d, of which the first %d are right; want %d", len(got), i, len(want))
}

// repeat is n results, these over and over.
func repeat(n int, results ...roster.MoveResult) []roster.MoveResult {
	return slices.Repeat(results, n/len(results)+1)[:n]
}
