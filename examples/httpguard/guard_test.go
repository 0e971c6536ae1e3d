package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// TestR14_TheListIsWhatEachRequestAllows gives people random rights and deals random owners, some of them gone,
// and holds everybody's list against a request, and an answer of Can, for each deal.
func TestR14_TheListIsWhatEachRequestAllows(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := open(t, roster.Config{})
	rnd := rand.New(rand.NewPCG(5, 6))
	ctx, host := t.Context(), roster.System("test")
	seen := 0
	for round := range 12 {
		scopes := []roster.Scope{roster.Denied, roster.Own, roster.InDepartment, roster.All}
		rights := roster.Rights{}
		for _, text := range []string{"deal:view", "deal:view@open", "deal:view@won"} {
			if rnd.IntN(3) > 0 {
				rights[text] = scopes[rnd.IntN(len(scopes))]
			}
		}
		id := roster.UserID(fmt.Sprint("user", round))
		_, err := s.roster.Apply(ctx, host, roster.ImportUser{Hash: "$cheap$" + password, User: roster.User{
			ID: id, FirstName: "U", Email: string(id) + "@example.com", Department: "sales", Rights: rights, Admin: round == 7, Status: roster.StatusActive,
		}})
		is.NoErr(err)
	}
	desk, run := fence(t, s, "ben")
	run, err := desk.Work(ctx, run.ID, nil)
	is.NoErr(err)
	is.Equal(run.State, roster.RunDone) // he is deleted, with deals still in his name
	owners := []roster.UserID{"", "ann", "ben", "eva", "user1", "user7", "never-was"}
	s.deals.mu.Lock()
	for n := range 60 {
		d := deal{ID: fmt.Sprint("r", n), Owner: owners[rnd.IntN(len(owners))], Stage: []string{"", "open", "won", "lost"}[rnd.IntN(4)]}
		s.deals.rows[d.ID] = d
	}
	s.deals.mu.Unlock()
	view := s.roster.Schema().MustRight("deal:view")
	for round := range 12 {
		id := fmt.Sprint("user", round)
		token := s.token(id)
		got, _ := s.ask("GET", "/deals", token, "")
		var list []deal
		if got.Status == http.StatusOK {
			is.NoErr(json.Unmarshal([]byte(got.Body), &list))
		} else {
			is.Equal(got.Challenge, scope("deal:view")) // who sees none whatever there is
		}
		var shown []deal
		for _, d := range s.deals.all() {
			one, _ := s.ask("GET", "/deals/"+d.ID, token, "")
			may, err := s.roster.Can(ctx, roster.UserID(id), view, d.record())
			is.NoErr(err)
			is.Equal(one.Status == http.StatusOK, may.Allowed)
			if may.Allowed {
				shown = append(shown, d)
			}
		}
		if diff := cmp.Diff(append([]deal{}, shown...), append([]deal{}, list...)); diff != "" {
			t.Errorf("%s: the list (-each by itself +list):\n%s", id, diff)
		}
		seen += len(list)
	}
	is.True(seen > 100) // and the lists hold something
}

// fence starts the deletion of a user.
func fence(t *testing.T, s *site, id roster.UserID) (*offboard.Desk, roster.Run) {
	t.Helper()
	is := is.New(t)
	desk, err := offboard.New(s.roster, offboard.Kind{Name: "deal", Exempt: "the test hands nothing over"})
	is.NoErr(err)
	req, host := roster.Request{Leaver: id}, roster.System("test")
	plan, err := desk.Assess(t.Context(), host, req)
	is.NoErr(err)
	run, err := desk.Start(t.Context(), host, req, plan.Digest)
	is.NoErr(err)
	return desk, run
}

// TestL7_WhoLosesAccessIsRefusedAtTheNextRequest ends access in every way, with a token in hand.
func TestL7_WhoLosesAccessIsRefusedAtTheNextRequest(t *testing.T) {
	t.Parallel()
	apply := func(c roster.Change) func(*testing.T, *site) {
		return func(t *testing.T, s *site) {
			if _, err := s.roster.Apply(t.Context(), roster.System("test"), c); err != nil {
				t.Error(err)
			}
		}
	}
	noRight := answer{403, scope("deal:view"), `{"error":"insufficient_scope"}`}
	for _, c := range []struct {
		name string
		do   func(*testing.T, *site)
		want answer
		why  string
	}{
		{"fenced", func(t *testing.T, s *site) { fence(t, s, "ann") }, badToken, "a deletion ends access first"},
		{"deactivated", apply(roster.Deactivate{User: "ann"}), badToken, "in mid-session"},
		{"revoked", func(t *testing.T, s *site) {
			if err := s.roster.Revoke(t.Context(), roster.As("ann"), roster.RevokeOrder{All: true}); err != nil {
				t.Error(err)
			}
		}, badToken, "by herself, from another device"},
		{"role taken away", apply(roster.SetRole{User: "ann"}), noRight, "still signed in, but not for deals"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, roster.Config{})
			token := s.token("ann")
			if got, _ := s.ask("GET", "/deals/1", token, ""); got.Status != http.StatusOK {
				t.Fatalf("before: %+v", got)
			}
			c.do(t, s)
			for _, path := range []string{"/deals/1", "/deals"} {
				if got, _ := s.ask("GET", path, token, ""); got != c.want {
					t.Errorf("%s: %s: %+v; want %+v", path, c.why, got, c.want)
				}
			}
		})
	}
}

func TestL7_SigningOutEndsTheTokenAlone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := open(t, roster.Config{})
	here, there := s.token("ann"), s.token("ann")
	for range 2 {
		got, _ := s.ask("POST", "/sign-out", here, "")
		is.Equal(got, done) // twice is once
	}
	got, _ := s.ask("GET", "/deals/1", here, "")
	is.Equal(got, badToken)
	got, _ = s.ask("GET", "/deals/1", there, "")
	is.Equal(got.Status, http.StatusOK) // another device stays signed in
}

// TestL7_ManyRequestsAtOnce has clients ask in parallel while their user is deactivated: none that begins
// afterwards gets through, and before that every answer is one or the other.
func TestL7_ManyRequestsAtOnce(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := open(t, roster.Config{})
	ann, ben := s.token("ann"), s.token("ben")
	var over atomic.Bool // the deactivation has committed
	var through atomic.Int64
	var all sync.WaitGroup
	for _, path := range []string{"/deals", "/deals/2", "/deals/1", "/deals/4"} {
		all.Go(func() {
			for refused := 0; refused < 5; {
				late := over.Load()
				switch got, _ := s.ask("GET", path, ben, ""); {
				case got == badToken, !late && (got.Status == http.StatusForbidden || got == noSuch): // after the token's check
					refused++
				case got.Status != http.StatusOK || late:
					t.Errorf("%s, after the deactivation: %v: %+v", path, late, got)
					return
				default:
					through.Add(1)
				}
			}
		})
		all.Go(func() {
			for range 20 {
				if got, _ := s.ask("GET", path, ann, ""); got.Status != http.StatusOK {
					t.Errorf("%s: ann: %+v", path, got)
				}
				if got, _ := s.ask("POST", "/deals/1/close", ann, ""); got != done {
					t.Errorf("ann closes: %+v", got)
				}
			}
		})
	}
	for through.Load() < 8 { // he is in the middle of his work
		if got, _ := s.ask("GET", "/deals/2", ben, ""); got.Status == http.StatusOK {
			through.Add(1)
		}
	}
	_, err := s.roster.Apply(t.Context(), roster.System("test"), roster.Deactivate{User: "ben"})
	is.NoErr(err)
	over.Store(true)
	all.Wait()
}

// moving is a store without a Checker that calls a function at its n-th View from now on.
type moving struct {
	roster.Store
	views atomic.Int64
	do    func(n int64)
}

func (m *moving) View(ctx context.Context, f func(roster.Tx) error) error {
	if n := m.views.Add(1); m.do != nil {
		m.do(n)
	}
	return m.Store.View(ctx, f)
}

// over opens the site again on a store made of its own.
func (s *site) over(store roster.Store) *site {
	s.t.Helper()
	r, err := roster.New(store, s.roster.Schema(), roster.Config{Hasher: rostertest.Hasher{}})
	if err != nil {
		s.t.Fatal(err)
	}
	return serve(s.t, &service{roster: r, deals: s.deals})
}

// TestADealThatMovesIsJudgedAgain hands a deal over at every moment between its finding and its closing: it is
// closed only by who may, as it is when it is closed.
func TestADealThatMovesIsJudgedAgain(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	conflicts := 0
	for at := int64(1); ; at++ {
		store := new(memstore.Store)
		s := openOn(t, store, roster.Config{})
		token := s.token("ann")
		m := &moving{Store: store}
		s = s.over(m)
		m.do = func(n int64) {
			if n != at {
				return
			}
			s.deals.mu.Lock()
			defer s.deals.mu.Unlock()
			d := s.deals.rows["1"]
			d.Owner = "ben"
			s.deals.rows["1"] = d
		}
		got, _ := s.ask("POST", "/deals/1/close", token, "")
		d, _ := s.deals.find("1")
		if m.views.Load() < at {
			is.Equal(got, done) // there is no such moment
			is.True(d.Closed)
			break
		}
		is.True(got.Status == http.StatusForbidden || got.Status == http.StatusConflict) // it is ben's by then
		is.True(!d.Closed)
		if got.Status == http.StatusConflict {
			conflicts++
		}
	}
	is.True(conflicts > 0) // there are such moments
}

// TestAFailureTellsNobodyAnything fails every look at the store in turn: the client learns nothing, nobody gets
// through, and the log has no personal data.
func TestAFailureTellsNobodyAnything(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, path := range []string{"GET /deals", "GET /deals/1", "POST /deals/1/close", "POST /sign-out", "POST /sign-in"} {
		method, route, _ := strings.Cut(path, " ")
		for n, body := 1, `{"email":"ann@example.com","password":"`+password+`"}`; ; n++ {
			store := new(memstore.Store)
			s := openOn(t, store, roster.Config{})
			token := s.token("ann")
			faulty := storetest.NewFaulty(store)
			s = s.over(faulty)
			faulty.FailAt(n, storetest.Failure{Down: true})
			got, _ := s.ask(method, route, token, body)
			if !faulty.Failed() {
				is.True(got.Status < 300) // there is no n-th call
				is.True(n > 1)
				break
			}
			is.Equal(got, broken)
			line := s.logs.String()
			is.True(strings.Contains(line, "cause=") && strings.Contains(line, `route="`+method+" ")) // it can be found
			is.True(!strings.Contains(line, "example.com") && !strings.Contains(line, password) && !strings.Contains(line, strings.TrimPrefix(token, "Bearer ")))
		}
	}
}
