package rostertest_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// narrow are a host's tables with the constraints that a Source tells of: what it lacks is refused.
type narrow struct {
	memstore.Records
	src rostertest.Source
}

// user refuses users whom the host doesn't know.
func (n *narrow) user(id roster.UserID, optional bool) error {
	if id == "" && (optional || !n.src.NoNobody) || n.src.Users == nil || slices.Contains(n.src.Users, id) {
		return nil
	}
	return fmt.Errorf("no such user: %q", id)
}

func (n *narrow) Put(records ...memstore.Record) error {
	for _, rec := range records {
		if err := n.user(rec.Owner, false); err != nil {
			return err
		}
		if err := n.user(rec.Author, n.src.NoAuthors); err != nil {
			return err
		}
		_, number := strconv.Atoi(rec.ID)
		switch {
		case n.src.ID != nil && number != nil:
			return fmt.Errorf("not a number: %q", rec.ID)
		case n.src.Parts != nil && !slices.Contains(n.src.Parts, rec.Part):
			return fmt.Errorf("no such part: %q", rec.Part)
		case n.src.NoAuthors && rec.Author != "":
			return fmt.Errorf("no author: %q", rec.Author)
		case n.src.NoClosing && !rec.Open:
			return fmt.Errorf("never closed: %q", rec.ID)
		case n.src.NoNamed && rec.Named != nil:
			return fmt.Errorf("nobody named: %q", rec.Named)
		case !n.src.Acting && (rec.Off || rec.Problem != ""):
			return fmt.Errorf("no acting thing: %+v", rec)
		}
	}
	return n.Records.Put(records...)
}

func (n *narrow) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	for _, user := range []roster.UserID{o.From, o.To} {
		if err := n.user(user, o.Off); err != nil {
			return nil, err
		}
	}
	if n.src.NoAuthors && o.Tie == roster.Author || !n.src.Acting && o.Off {
		return nil, fmt.Errorf("no such move: %+v", o)
	}
	return n.Records.Move(ctx, o)
}

// TestHoldings_AskNothingThatASourceLacks runs the suite on hosts that have less, and lists what isn't tried.
func TestHoldings_AskNothingThatASourceLacks(t *testing.T) {
	t.Parallel()
	always := []string{"unknown is never zero: way to break it", "deleted records are gone: way to delete"}
	acting := []string{"acting things are switched off: acting things", "acting things are probed one by one: acting things that can be probed"}
	users := []roster.UserID{"17", "18", "19", "20"}
	for _, tc := range []struct {
		name string
		src  rostertest.Source
		want []string
		why  string
	}{
		{"acting things", rostertest.Source{Acting: true}, always, "everything but what the test's own means are needed for"},
		{"records", rostertest.Source{}, slices.Concat(always, acting), "nothing acts"},
		{"numbers", rostertest.Source{ID: strconv.Itoa}, slices.Concat(always, acting), "ids that the host makes do"},
		{"a few parts", rostertest.Source{Parts: []string{"new"}}, slices.Concat(always, acting), "one part will do"},
		{"known users", rostertest.Source{Users: users}, slices.Concat(always, acting), "users that the host made do"},
		{"no authors", rostertest.Source{NoAuthors: true}, slices.Concat(always, []string{"responsible and author are two ties: authors"}, acting), "a tie less"},
		{"never closed", rostertest.Source{NoClosing: true}, slices.Concat(always, acting), "what is open isn't looked at"},
		{"no watchers", rostertest.Source{NoNamed: true}, slices.Concat(always, acting), "nor who is named"},
		{
			"an owner each", rostertest.Source{NoNobody: true},
			slices.Concat(always[:1], []string{"records of nobody: records of nobody"}, always[1:], []string{"nobody is an owner like another: records of nobody"}, acting), "nobody isn't tried",
		},
		{
			"a plain table", rostertest.Source{
				ID: strconv.Itoa, Users: users, Parts: []string{""}, NoAuthors: true, NoClosing: true, NoNamed: true, NoNobody: true,
			}, slices.Concat(always[:1], []string{"records of nobody: records of nobody"}, always[1:], []string{
				"responsible and author are two ties: authors", "nobody is an owner like another: records of nobody",
			}, acting), "ids and owners, and nothing more",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var lacked []string
			for _, p := range rostertest.Promises() {
				n := &narrow{src: tc.src}
				src := tc.src
				src.Holdings, src.Put = n, n.Put
				lacks, wrong := p.Check(t.Context(), src)
				if wrong != nil {
					t.Errorf("%s: %v", p.Name, wrong)
				}
				if lacks != "" {
					lacked = append(lacked, p.Name+": "+lacks)
				}
			}
			if diff := cmp.Diff(tc.want, lacked); diff != "" {
				t.Errorf("%s: what isn't tried (-want +got):\n%s", tc.why, diff)
			}
		})
	}
}

// TestHoldings_TellsWhatASourceNeeds lists sources that aren't complete.
func TestHoldings_TellsWhatASourceNeeds(t *testing.T) {
	t.Parallel()
	records := new(memstore.Records)
	for _, tc := range []struct {
		name string
		src  rostertest.Source
		want string
	}{
		{"complete", rostertest.Source{Holdings: records, Put: records.Put}, "<nil>"},
		{"no holdings", rostertest.Source{Put: records.Put}, "a Source needs Holdings and Put"},
		{"nothing to put with", rostertest.Source{Holdings: records}, "a Source needs Holdings and Put"},
		{"too few users", rostertest.Source{Holdings: records, Put: records.Put, Users: []roster.UserID{"a", "b", "c"}}, "a Source needs four users, or nil; it has 3"},
		{"no parts", rostertest.Source{Holdings: records, Put: records.Put, Parts: []string{}}, `a Source whose records are in no part has the part ""`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := fmt.Sprint(rostertest.Fault(tc.src)); got != tc.want {
				t.Errorf("got %q; want %q", got, tc.want)
			}
		})
	}
}
