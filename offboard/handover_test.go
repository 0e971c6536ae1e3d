package offboard_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// TestL11_RightsAreHandedOn hands a right and a role to a colleague, who then may receive.
func TestL11_RightsAreHandedOn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 9)
	f.hire(roster.User{ID: "new", Department: "sales"})
	f.system(roster.SetRights{User: "leo", Rights: roster.Rights{"reports:view": roster.All}})
	req := request()
	req.Rules[2].To = []roster.UserID{"ben"} // ben sees contacts of support only, and edits his own: enough to receive
	req.Rules[1].To = []roster.UserID{"new"} // new may receive deals only by what is handed on
	req.HandOn = []roster.HandOn{{To: "new", Role: true}, {To: "ben", Rights: []string{"*"}}}
	before, err := f.Permissions(t.Context(), "ben")
	is.NoErr(err)
	run := f.start(req)
	is.Equal(f.user("new").Role, roster.RoleID("seller")) // the role, to one who had none
	after, err := f.Permissions(t.Context(), "ben")
	is.NoErr(err)
	is.Equal(len(before.Exceeds(after)), 0)                                 // never lowered
	is.Equal(after.Scope(f.Schema().MustRight("reports:view")), roster.All) // the individual right
	is.Equal(len(f.events(roster.VerbRightsHandOn)), 2)                     // each found by itself in the trail
	f.work(run.ID)
	is.Equal(f.count("new")["deal"], 3) // and the records went where the rights went
}

// TestR10_HandingOnIsGranting refuses an actor who hands on more than they hold.
func TestR10_HandingOnIsGranting(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	f.hire(roster.User{ID: "dora", Department: "sales", Role: "seller"})
	f.system(roster.GrantDeleteUsers{User: "dora"}, roster.SetRights{User: "leo", Rights: roster.Rights{"reports:view": roster.All}})
	req := request()
	req.HandOn = []roster.HandOn{{To: "sam", Rights: []string{"reports:view"}}}
	plan, err := f.desk.Assess(t.Context(), roster.As("dora"), req)
	is.NoErr(err)
	is.Equal(codes(plan.Blockers), []string{roster.BlockHandOnExceeds}) // dora doesn't see reports herself
	_, err = f.desk.Start(t.Context(), roster.As("dora"), plan.Request, plan.Digest)
	is.True(errors.Is(err, roster.ErrDenied)) // held at the fence as well
	is.Equal(f.user("sam").Rights["reports:view"], roster.Unset)
}

// TestL9_SightChangesAreTold gives contacts to a department that sees its own only.
func TestL9_SightChangesAreTold(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 10)
	f.hire(roster.User{ID: "bob", Department: "support", Role: "helper"})
	req := request()
	req.Rules[2].To = []roster.UserID{"ben"}
	plan := f.assess(req)
	want := []roster.Sight{{User: "ben", Kind: "contact", Gained: 10}, {User: "bob", Kind: "contact", Gained: 10}}
	if diff := cmp.Diff(want, plan.Sight); diff != "" {
		t.Errorf("sight (-want +got):\n%s", diff)
	}
	is.Equal(len(f.assess(request()).Sight), 0) // within sales nobody's sight changes
}

// TestL10_TokensOfActingThingsAreNamed warns of integrations that hold the leaver's tokens.
func TestL10_TokensOfActingThingsAreNamed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	_, err := f.Issue(t.Context(), roster.As("leo"), roster.TokenOrder{Kind: roster.TokenRefresh, Integration: "integration-000001"})
	is.NoErr(err)
	plan := f.assess(request())
	is.True(slices.Contains(codes(plan.Warnings), roster.WarnReauthorise)) // it needs new authorisation
	is.Equal(plan.Tokens[roster.TokenRefresh], 1)
	is.Equal(plan.Tokens[roster.TokenAccess], 1)
}

// TestL4_LeastLoadedEvensOut gives to whoever has the fewest open records.
func TestL4_LeastLoadedEvensOut(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 0)
	for i := range 30 {
		is.NoErr(f.records["contact"].Put(memstore.Record{ID: dealID(i), Owner: "leo", Open: true}))
		if i < 9 {
			is.NoErr(f.records["contact"].Put(memstore.Record{ID: "own" + dealID(i), Owner: "sam", Open: true}))
		}
	}
	req := roster.Request{Leaver: "leo", Authors: "sid", Rules: []roster.Rule{
		{Kind: "contact", Do: roster.LeastLoaded, To: []roster.UserID{"sam", "sue"}}, {Kind: "integration", Do: roster.SwitchOff},
	}}
	f.work(f.start(req).ID)
	sam, sue := f.count("sam")["contact"], f.count("sue")["contact"]
	is.Equal(sam, 20) // nine, one of the firm's own, and ten more
	is.Equal(sue, 20) // twenty, which makes both equal
}

// TestG2_WhatCannotBeCountedBlocks meets sources that can't be read or make no sense.
func TestG2_WhatCannotBeCountedBlocks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		survey roster.Survey
		err    error
	}{
		{"an error", roster.Survey{}, errHoldings},
		{"a negative count", roster.Survey{Responsible: map[string]int{"": -1}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 3)
			f.wrap = func(kind string, h roster.Holdings) roster.Holdings {
				if kind != "contact" {
					return h
				}
				return told{h, tc.survey, tc.err}
			}
			f.desk = f.newDesk(f.Roster)
			plan, err := f.desk.Assess(t.Context(), roster.As("ada"), request())
			is.NoErr(err)                                                 // assessing itself succeeds
			is.Equal(codes(plan.Blockers), []string{roster.BlockUnknown}) // unknown is never zero
			is.Equal(plan.Blockers[0].Kind, "contact")                    // and the source is named
			_, err = f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
			is.True(errors.Is(err, roster.ErrBlocked)) // and nothing starts
			is.Equal(f.user("leo").Status, roster.StatusActive)
		})
	}
}

// told are Holdings whose survey is given.
type told struct {
	roster.Holdings
	survey roster.Survey
	err    error
}

func (x told) Survey(context.Context, roster.UserID) (roster.Survey, error) { return x.survey, x.err }
