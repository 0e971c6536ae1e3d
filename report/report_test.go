package report_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/report"
)

// TestW2_HoldersAgreeWithCan asks who holds each right in random accounts, and everybody whether they may.
func TestW2_HoldersAgreeWithCan(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		c := newCrowd(t, seed, 60)
		counts, err := report.WhoHoldsWhat(t.Context(), c.Roster, host, c.all())
		if err != nil {
			t.Fatal(err)
		}
		active := 0
		for _, u := range c.users {
			if u.ActiveAt(c.at) {
				active++
			}
		}
		is.New(t).Equal(counts.Users, active)
		for _, n := range counts.Rights {
			right, got := c.Schema().MustRight(n.Right), map[roster.UserID]roster.Scope{}
			holders, err := report.WhoHolds(t.Context(), c.Roster, host, n.Right, c.all())
			if err != nil {
				t.Fatal(err)
			}
			want, wantCount := map[roster.UserID]roster.Scope{}, report.RightCount{Right: n.Right}
			for _, h := range holders.Users.Rows {
				if h.CanAct {
					got[h.ID] = h.Scope
				}
			}
			for _, u := range c.users {
				if !u.ActiveAt(c.at) {
					continue
				}
				d, err := c.Can(t.Context(), u.ID, right, roster.Record{Owner: u.ID})
				if err != nil {
					t.Fatal(err)
				}
				if d.Allowed {
					want[u.ID] = d.Scope
				}
				tally(&wantCount, c.permissions(u), right)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("seed %d: who holds %s (-can +report):\n%s", seed, n.Right, diff)
			}
			if diff := cmp.Diff(wantCount, n); diff != "" {
				t.Errorf("seed %d: how many hold %s (-want +got):\n%s", seed, n.Right, diff)
			}
			if holders.CanAct != len(want) || holders.CanAct+holders.CannotAct != holders.Users.Len() {
				t.Errorf("seed %d: %s: %d now and %d not of %d", seed, n.Right, holders.CanAct, holders.CannotAct, holders.Users.Len())
			}
		}
	}
}

// tally counts one user.
func tally(n *report.RightCount, p *roster.Permissions, right roster.Right) {
	add := func(counts map[string]*int, key fmt.Stringer) { *counts[key.String()]++ }
	add(map[string]*int{"all": &n.All, "department": &n.Department, "own": &n.Own, "denied": &n.None}, p.Scope(right))
	add(map[string]*int{"administrator": &n.Administrator, "individual": &n.Individual, "role": &n.Role, "default": &n.Default}, p.Explain(right, roster.Owner).Source)
	if p.Scope(right) != p.Scope(right.At("won")) && right.At("won").Known() {
		n.Parts++
	}
}

// TestW2_DifferencesAreThoseOfTheEffect compares what random people hold with what their role gives.
func TestW2_DifferencesAreThoseOfTheEffect(t *testing.T) {
	t.Parallel()
	var seen [3]int
	for seed := range uint64(6) {
		c := newCrowd(t, seed, 80)
		got, err := report.WhoDiffers(t.Context(), c.Roster, host, c.all())
		if err != nil {
			t.Fatal(err)
		}
		want, wider, narrower, roleless := map[roster.UserID][]roster.Delta{}, 0, 0, 0
		for _, u := range c.users {
			deltas := roster.Resolve(c.Schema(), roster.Grants{Role: c.roles[u.Role]}).Difference(c.permissions(u))
			if u.Admin || len(deltas) == 0 {
				continue
			}
			if want[u.ID] = deltas; u.Role == "" {
				roleless++
			}
			for _, d := range deltas {
				if d.To > d.From {
					wider++
				} else {
					narrower++
				}
			}
		}
		rows := map[roster.UserID][]roster.Delta{}
		for _, u := range got.Users.Rows {
			rows[u.ID] = u.Rights
		}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("seed %d: differences (-want +got):\n%s", seed, diff)
		}
		is := is.New(t)
		is.Equal(got.Wider, wider)
		is.Equal(got.Narrower, narrower)
		is.Equal(got.Roleless, roleless)
		seen[0], seen[1], seen[2] = seen[0]+wider, seen[1]+narrower, seen[2]+roleless
	}
	is.New(t).True(min(seen[0], seen[1], seen[2]) > 0) // there was something to see
}

// TestW2_L26_UnseenAndSeats counts who wasn't seen, and what all cost, by hand.
func TestW2_L26_UnseenAndSeats(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := newCrowd(t, 7, 200)
	for _, department := range []roster.DepartmentID{"", "e"} {
		choice := c.all()
		choice.Department = department
		var paid, free, frees, unseenPaid, unseenFree, unseenFrees int
		var want []roster.UserID
		for _, u := range c.users {
			if department != "" && u.Department != department {
				continue
			}
			seen := u.LastSeen
			if seen.IsZero() {
				seen = u.Created
			}
			late := seen.Before(c.at.Add(-90 * 24 * time.Hour))
			if late {
				want = append(want, u.ID)
			}
			for _, x := range []struct {
				counted bool
				n       *int
				of      bool
			}{
				{!u.Free, &paid, true}, {u.Free, &free, true}, {!u.Free && u.Status == roster.StatusInactive, &frees, true},
				{!u.Free, &unseenPaid, late}, {u.Free, &unseenFree, late}, {!u.Free && u.Status == roster.StatusInactive, &unseenFrees, late},
			} {
				if x.counted && x.of {
					*x.n++
				}
			}
		}
		seats, err := report.WhatSeatsCost(t.Context(), c.Roster, host, choice)
		is.NoErr(err)
		is.Equal([]int{seats.Paid, seats.Free, seats.Idle, seats.Users}, []int{paid, free, frees, paid + free})
		unseen, err := report.WhoIsUnseen(t.Context(), c.Roster, host, 90*24*time.Hour, choice)
		is.NoErr(err)
		is.Equal([]int{unseen.Seats.Paid, unseen.Seats.Free, unseen.Seats.Idle}, []int{unseenPaid, unseenFree, unseenFrees})
		var got []roster.UserID
		longest := 1 << 30
		for _, u := range unseen.Users.Rows {
			got = append(got, u.ID)
			is.True(u.Days <= longest) // the longest unseen first
			longest = u.Days
		}
		slices.Sort(got)
		is.Equal(got, want)
	}
}

// TestL25_W2_WhoIsPastTheEndDate finds who is, from the instant on.
func TestL25_W2_WhoIsPastTheEndDate(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := newCrowd(t, 9, 200)
	choice := c.all()
	var want, got []roster.UserID
	paid := 0
	for _, u := range c.users {
		if !u.EndDate.IsZero() && !u.EndDate.After(c.at) {
			want = append(want, u.ID)
			if u.HoldsSeat() {
				paid++
			}
		}
	}
	ended, err := report.WhoHasEnded(t.Context(), c.Roster, host, choice)
	is.NoErr(err)
	for i, u := range ended.Users.Rows {
		got = append(got, u.ID)
		is.True(i == 0 || !u.EndDate.Before(ended.Users.Rows[i-1].EndDate)) // the longest past first
	}
	slices.Sort(got)
	is.Equal(got, want)
	is.Equal(ended.Paid, paid)
	is.True(len(want) > 5) // there was something to see
}

// TestW2_ListsAreBounded wants each list with a limit to be the beginning of the whole one, and totals to stay.
func TestW2_ListsAreBounded(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 11, 90)
	fields := func(m maker, limit int) (rows []any, more float64, rest map[string]any) {
		choice := c.all()
		choice.Limit = limit
		x, err := m.make(t.Context(), c.Roster, host, choice)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(x)
		if err != nil || json.Unmarshal(text, &rest) != nil {
			t.Fatal(m.name, err)
		}
		if list, ok := rest["users"].(map[string]any); ok {
			rows, more = list["rows"].([]any), list["more"].(float64)
			delete(rest, "users")
		}
		if more > 0 && !strings.Contains(x.String(), fmt.Sprintf("and %d more\n", int(more))) {
			t.Errorf("%s doesn't say that %v more were left out", m.name, more)
		}
		return rows, more, rest
	}
	for _, m := range makers() {
		whole, none, totals := fields(m, 1_000_000)
		if none != 0 {
			t.Errorf("%s: %v left out of all", m.name, none)
		}
		for _, limit := range []int{1, 2, 7, len(whole), len(whole) + 1} {
			rows, more, rest := fields(m, max(limit, 1))
			if diff := cmp.Diff(whole[:min(len(whole), max(limit, 1))], rows); diff != "" {
				t.Errorf("%s: the first %d rows (-want +got):\n%s", m.name, limit, diff)
			}
			if len(rows)+int(more) != len(whole) {
				t.Errorf("%s: %d rows and %v more of %d", m.name, len(rows), more, len(whole))
			}
			if diff := cmp.Diff(totals, rest); diff != "" {
				t.Errorf("%s: totals with a limit of %d (-all +got):\n%s", m.name, limit, diff)
			}
		}
		if usual, more, _ := fields(m, 0); len(usual)+int(more) != len(whole) || len(usual) > 100 {
			t.Errorf("%s: %d rows and %v more without a limit", m.name, len(usual), more)
		}
	}
}

// TestW2_ReportsAreForWhoManagesUsers refuses others, and what isn't there.
func TestW2_ReportsAreForWhoManagesUsers(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := newCrowd(t, 3, 20)
	_, err := c.Apply(t.Context(), host, roster.ImportUser{User: roster.User{ID: "ben", FirstName: "Ben", Department: "d", Status: roster.StatusActive}},
		roster.ImportUser{User: roster.User{ID: "max", FirstName: "Max", Department: "d", Status: roster.StatusActive, Rights: roster.Rights{"users:manage": roster.All}}})
	is.NoErr(err)
	before, err := c.Head(t.Context())
	is.NoErr(err)
	for _, m := range makers() {
		for _, a := range []roster.Actor{{}, roster.As("ben"), roster.As("nobody")} {
			if _, err := m.make(t.Context(), c.Roster, a, c.all()); !errors.Is(err, roster.ErrDenied) {
				t.Errorf("%s for %s: %v", m.name, a, err)
			}
		}
		choice := c.all()
		choice.Department = "nowhere"
		if _, err := m.make(t.Context(), c.Roster, host, choice); !errors.Is(err, roster.ErrInvalid) {
			t.Errorf("%s of an unknown department: %v", m.name, err)
		}
		if _, err := m.make(t.Context(), c.Roster, roster.As("max"), c.all()); err != nil {
			t.Errorf("%s for max: %v", m.name, err) // who lacks trail:read gets the rest
		}
	}
	after, err := c.Head(t.Context())
	is.NoErr(err)
	is.Equal(before, after) // nobody tried to read the trail who may not
	_, err = report.WhoHolds(t.Context(), c.Roster, host, "deal:fly", c.all())
	is.True(errors.Is(err, roster.ErrInvalid)) // a misspelt right isn't held by nobody
}

// TestW2_JSONHasNoNulls marshals the reports of an account with nobody in it, and of a full one.
func TestW2_JSONHasNoNulls(t *testing.T) {
	t.Parallel()
	empty := newCrowd(t, 1, 0)
	for _, c := range []*crowd{empty, newCrowd(t, 2, 40)} {
		for _, m := range makers() {
			x, err := m.make(t.Context(), c.Roster, host, c.all())
			if err != nil {
				t.Fatal(m.name, err)
			}
			text, err := json.Marshal(x)
			if err != nil || strings.Contains(string(text), "null") {
				t.Errorf("%s: %v: %s", m.name, err, text)
			}
			if !strings.HasSuffix(x.String(), "\n") || strings.Contains(x.String(), " \n") {
				t.Errorf("%s: lines end in a line break, without spaces before it:\n%q", m.name, x.String())
			}
		}
	}
}
