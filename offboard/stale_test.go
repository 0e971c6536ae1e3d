package offboard_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// TestL6_G3_G5_ChangedWorldIsRefusedWithTheDifference changes one thing between assessment and start.
func TestL6_G3_G5_ChangedWorldIsRefusedWithTheDifference(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(f *firm, req *roster.Request)
		want   []string // the names of the facts that are told
		also   error    // told besides ErrStale
		why    string
	}{
		{"a new record", func(f *firm, _ *roster.Request) {
			f.must(f.records["deal"].Put(memstore.Record{ID: "late", Part: "won", Owner: "leo"}))
		}, []string{"deal records", "deal records in won", "deal fingerprint"}, nil, "it wasn't confirmed what becomes of it"},
		{"a record moved to another part", func(f *firm, _ *roster.Request) {
			f.must(f.records["deal"].Put(memstore.Record{ID: "deal-000000", Part: "won", Owner: "leo", Author: "leo", Open: true}))
		}, []string{"deal records in won", "deal fingerprint"}, nil, "another rule covers it now"},
		{"a record moved away", func(f *firm, _ *roster.Request) {
			_, err := f.records["contact"].Move(f.t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "ben", IDs: []string{"contact-000001"}})
			f.must(err)
		}, []string{"contact records", "contact fingerprint"}, nil, "fewer than were confirmed"},
		{"one record exchanged for another", func(f *firm, _ *roster.Request) {
			f.records["contact"].Delete("contact-000001")
			f.must(f.records["contact"].Put(memstore.Record{ID: "other", Owner: "leo", Author: "leo"}))
		}, []string{"contact fingerprint"}, nil, "the count alone would not tell"},
		{"a new author's record", func(f *firm, _ *roster.Request) {
			f.must(f.records["task"].Put(memstore.Record{ID: "late", Owner: "ben", Author: "leo"}))
		}, []string{"task authored"}, nil, "authors of tasks move"},
		{"the successor deactivated", func(f *firm, _ *roster.Request) { f.system(roster.Deactivate{User: "sam"}) },
			[]string{"successor sam"}, roster.ErrBlocked, "nobody inactive receives work (L5)"},
		{"the successor's right withdrawn", func(f *firm, _ *roster.Request) {
			f.system(roster.SetRights{User: "sam", Rights: roster.Rights{"deal:edit": roster.Denied}})
		}, []string{"successor sam"}, roster.ErrBlocked, "a successor may edit what they receive (L5)"},
		{"the successors' role replaced", func(f *firm, _ *roster.Request) {
			f.system(roster.ReplaceRole{Role: "seller", ID: "seller2", Name: "Seller 2", Rights: salesRights})
		}, []string{"actor dora", "leaver leo", "successor sam", "successor sid", "successor sue"}, nil, "the rights were judged under another role"},
		{"the leaver changed", func(f *firm, _ *roster.Request) {
			f.system(roster.EditUser{User: "leo", Free: new(true)})
		}, []string{"leaver leo"}, nil, "the seat was part of the plan"},
		{"another head", func(f *firm, _ *roster.Request) {
			f.system(roster.EditDepartment{Department: "sales", Head: new(roster.UserID("sue"))})
		}, []string{"head of the department"}, nil, "the head receives the tasks"},
		{"the actor's right withdrawn", func(f *firm, _ *roster.Request) { f.system(roster.WithdrawDeleteUsers{User: "dora"}) },
			[]string{"actor dora"}, roster.ErrDenied, "nobody without the right deletes (L14)"},
		{"other rules", func(_ *firm, req *roster.Request) { req.Rules[2].To = []roster.UserID{"sue"} },
			[]string{"request"}, nil, "something else was confirmed"},
		{"the leaver fenced by somebody else", func(f *firm, _ *roster.Request) { f.start(request()) },
			[]string{"leaver leo", "unfinished run"}, roster.ErrBlocked, "one run a user"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 30)
			f.hire(roster.User{ID: "dora", Department: "sales", Role: "seller"})
			f.system(roster.GrantDeleteUsers{User: "dora"})
			plan, err := f.desk.Assess(t.Context(), roster.As("dora"), request())
			is.NoErr(err)
			is.NoErr(plan.Err())
			req := request()
			tc.change(f, &req)
			before, records := f.user("leo"), f.all()
			_, err = f.desk.Start(t.Context(), roster.As("dora"), req, plan.Digest)
			is.True(errors.Is(err, roster.ErrStale)) // refused as stale
			if tc.also != nil {
				is.True(errors.Is(err, tc.also)) // and for this besides
			}
			var stale *roster.StaleError
			is.True(errors.As(err, &stale)) // the difference is told
			var names []string
			for _, x := range stale.Changed {
				name := x.Name
				if strings.HasPrefix(name, "unfinished run ") {
					name = "unfinished run"
				}
				names = append(names, name)
			}
			for _, want := range tc.want {
				if !slices.Contains(names, want) {
					t.Errorf("%q isn't told, but %q: %s", want, names, tc.why)
				}
			}
			is.Equal(len(names), len(tc.want)) // and nothing else
			if diff := cmp.Diff(before, f.user("leo")); diff != "" {
				t.Errorf("a refused start changed the leaver (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(records, f.all()); diff != "" {
				t.Errorf("a refused start moved records (-want +got):\n%s", diff)
			}
			events := f.events(roster.VerbRunFence)
			is.Equal(events[len(events)-1].Outcome, roster.OutcomeRefused) // the attempt is in the trail
			is.Equal(events[len(events)-1].Actor, roster.UserID("dora"))
		})
	}
}

// TestL6_DriftLetsArrivalsPass allows so many arrivals of a kind, and no more.
func TestL6_DriftLetsArrivalsPass(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		arrivals int
		part     string
		want     error
	}{
		{"as many as allowed", 2, "won", nil},
		{"one too many", 3, "won", roster.ErrStale},
		{"in a part that no rule covers", 1, "archive", roster.ErrBlocked},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 30)
			req := request()
			req.Rules[0].Part = "new"
			req.Rules = append(req.Rules, roster.Rule{Kind: "deal", Records: []string{"deal-000000"}, Do: roster.NoOwner})
			for i := 3; i < 30; i += 3 { // the rest of the deals without a part
				req.Rules = append(req.Rules, roster.Rule{Kind: "deal", Records: []string{dealID(i)}, Do: roster.NoOwner})
			}
			req.Drift = map[string]int{"deal": 2}
			plan := f.assess(req)
			for i := range tc.arrivals {
				f.must(f.records["deal"].Put(memstore.Record{ID: dealID(1000 + i), Part: tc.part, Owner: "leo"}))
			}
			run, err := f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
			if tc.want != nil {
				is.True(errors.Is(err, tc.want)) // refused
				return
			}
			is.NoErr(err)
			f.work(run.ID)
			is.Equal(f.count("sid")["deal"], 10+tc.arrivals) // the arrivals followed their rule
		})
	}
}

// TestL6_OnlyTheDigestIsTrusted proves that a client can't confirm by making facts up.
func TestL6_OnlyTheDigestIsTrusted(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	plan := f.assess(request())
	for _, forged := range []roster.Digest{{Store: plan.Digest.Store}, {Holdings: plan.Digest.Holdings}, {Store: plan.Digest.Holdings, Holdings: plan.Digest.Store}} {
		_, err := f.desk.Start(t.Context(), roster.As("ada"), plan.Request, forged)
		is.True(errors.Is(err, roster.ErrStale)) // an incomplete digest confirms nothing
	}
	_, err := f.desk.Start(t.Context(), roster.As("ada"), plan.Request, roster.Digest{})
	var faults roster.Faults
	is.True(errors.As(err, &faults))
	is.Equal(faults, roster.Faults{{Field: "digest", Problem: "missing"}}) // nothing was confirmed
	_, err = f.desk.Start(t.Context(), roster.As("ben"), plan.Request, roster.Digest{})
	var stale *roster.StaleError
	is.True(errors.Is(err, roster.ErrDenied)) // who may not delete
	is.True(!errors.As(err, &stale))          // learns nothing from the differences
	is.Equal(f.user("leo").Status, roster.StatusActive)
}
