package faults_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/report"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// script is a host that does random things, the same for the same seed, and writes down all that it is told.
type script struct {
	process
	ctx     context.Context
	rnd     *rand.Rand
	clock   *rostertest.Clock
	letters *rostertest.Letters
	deals   *memstore.Records
	secrets []string // of tokens
	runs    []roster.RunID
	lines   []string
}

// newScript opens the firm of a script: ada administers it, and leo has five deals.
func newScript(t *testing.T, store roster.Store, seed uint64) *script {
	t.Helper()
	s := &script{ctx: t.Context(), rnd: rand.New(rand.NewPCG(seed, 7)), clock: new(rostertest.Clock), letters: new(rostertest.Letters), deals: new(memstore.Records)}
	for i := range 5 {
		must(t, s.deals.Put(memstore.Record{ID: fmt.Sprint("deal ", i), Owner: "leo", Open: i%2 == 0}))
	}
	tick := func() time.Time { // so that what is made later has the later id
		s.clock.Advance(10 * time.Microsecond)
		return s.clock.Now()
	}
	s.process = newProcessBy(t, store, roster.Config{Now: tick, Sender: s.letters, SeenEvery: time.Minute}, s.deals)
	all := roster.Rights{"deal:view": roster.All, "deal:edit": roster.All}
	_, err := s.Apply(t.Context(), system, roster.CreateDepartment{ID: "sales", Name: "Sales"}, roster.CreateRole{ID: "seller", Name: "Seller", Rights: all},
		imported("ada", roster.User{Admin: true}), imported("leo", roster.User{Role: "seller"}), imported("sam", roster.User{Role: "seller"}))
	must(t, err)
	return s
}

// imported brings a user in who is active.
func imported(id roster.UserID, u roster.User) roster.ImportUser {
	u.ID, u.FirstName, u.LastName, u.Email, u.Department, u.Status = id, "First", "Last", string(id)+"@example.com", "sales", roster.StatusActive
	return roster.ImportUser{User: u, Hash: "$cheap$" + rostertest.Password}
}

// oneOf picks one.
func oneOf[T any](s *script, from ...T) T { return from[s.rnd.IntN(len(from))] }

// told writes down what a call was answered.
func (s *script) told(what string, answer any, err error) {
	text, bad := json.Marshal(answer)
	if bad != nil {
		text = fmt.Append(nil, bad)
	}
	s.lines = append(s.lines, fmt.Sprintf("%s: %s, %v", what, text, err))
}

// pages writes down a list.
func pages[T any](s *script, what string, list iter.Seq2[T, error]) {
	for v, err := range list {
		s.told(what, v, err)
	}
}

func (s *script) user() roster.UserID {
	return oneOf[roster.UserID](s, "leo", "sam", "sue", "ben", "leo", "sam", "sue", "ben", "leo", "ada", "nobody")
}

func (s *script) actor() roster.Actor {
	ada := roster.As("ada")
	return oneOf(s, system, system, system, system, ada, ada, ada, ada, ada, roster.As(s.user()), roster.As(s.user()), roster.Actor{})
}

// change picks a change.
func (s *script) change() roster.Change {
	id, head, name, free, end := s.user(), s.user(), oneOf(s, "Anna", "Анна", ""), s.rnd.IntN(2) == 0, s.clock.Now().Add(time.Hour)
	dept, role := oneOf[roster.DepartmentID](s, "sales", "support", "none"), oneOf[roster.RoleID](s, "seller", "helper", "")
	rights := roster.Rights{oneOf(s, "deal:view", "contact:view", roster.UsersManage, "nonsense"): oneOf(s, roster.Own, roster.All, roster.Denied, roster.Unset)}
	switch s.rnd.IntN(21) {
	case 0, 19, 20:
		return roster.AddUser{ID: id, FirstName: "New", LastName: name, Email: string(id) + "@example.com", Department: dept, Role: role, NoRights: role == "", Password: rostertest.Password}
	case 1:
		return imported(id, roster.User{Role: role, Rights: rights})
	case 2:
		return roster.CreateDepartment{ID: dept, Name: string(dept)}
	case 3:
		return roster.EditDepartment{Department: dept, Head: &head}
	case 4:
		return roster.DeleteDepartment{Department: dept}
	case 5:
		return roster.CreateRole{ID: role, Name: name, Rights: rights}
	case 6:
		return roster.DeleteRole{Role: role}
	case 7:
		return roster.SetRole{User: id, Role: role}
	case 8, 9:
		return roster.SetRights{User: id, Rights: rights}
	case 10:
		return roster.GrantAdministrator{User: id}
	case 11:
		return roster.WithdrawAdministrator{User: id}
	case 12:
		return roster.GrantDeleteUsers{User: id}
	case 13:
		return roster.EditUser{User: id, FirstName: &name, Free: &free}
	case 14:
		return roster.EditUser{User: id, EndDate: &end}
	case 15:
		return roster.Deactivate{User: id, Reason: name}
	case 16, 17:
		return roster.Reactivate{User: id}
	}
	return roster.SendReset{User: id}
}

// step does one random thing.
func (s *script) step() {
	switch n := s.rnd.IntN(10); {
	case n < 3:
		s.changes()
	case n < 6:
		s.access()
	case n < 8:
		s.leave()
	default:
		s.look()
	}
}

func (s *script) changes() {
	a, changes := s.actor(), []roster.Change{s.change()}
	for s.rnd.IntN(5) == 0 {
		changes = append(changes, s.change())
	}
	what := fmt.Sprintf("%T by %s", changes, a)
	for _, c := range changes {
		what += fmt.Sprintf(" %T", c)
	}
	preview, err := s.Preview(s.ctx, a, changes...)
	s.told("preview "+what, preview, err)
	effect, err := s.Apply(s.ctx, a, changes...)
	s.told("apply "+what, effect, err)
}

func (s *script) access() {
	id, a := s.user(), s.actor()
	secret := "nonsense"
	if len(s.secrets) > 0 {
		secret = oneOf(s, s.secrets...)
	}
	keep := func(i roster.Issued, err error) {
		s.told("issued", i, err)
		if err == nil {
			s.secrets = append(s.secrets, i.Secret.Reveal())
		}
	}
	switch s.rnd.IntN(9) {
	case 0:
		keep(s.SignIn(s.ctx, string(id)+"@Example.com", oneOf(s, rostertest.Password, rostertest.Password, "wrong")))
	case 1, 2:
		keep(s.Issue(s.ctx, a, roster.TokenOrder{User: id, Kind: oneOf(s, roster.TokenPersonal, roster.TokenRefresh), Label: "script"}))
	case 3, 4:
		token, err := s.Check(s.ctx, secret)
		s.told("check", token, err)
	case 5:
		keep(s.Rotate(s.ctx, secret))
	case 6:
		s.told("revoke", nil, s.Revoke(s.ctx, a, roster.RevokeOrder{User: id, All: true}))
	case 7:
		s.told("revoke secret", nil, s.RevokeSecret(s.ctx, secret))
	case 8:
		s.told("reset", nil, s.RequestReset(s.ctx, string(id)+"@example.com"))
		d, err := s.Deliver(s.ctx, 5)
		s.told("deliver", d, err)
		if sent := s.letters.Sent(); len(sent) > 0 {
			s.told("activate", nil, s.Activate(s.ctx, sent[len(sent)-1].Secret.Reveal(), rostertest.Password))
			s.told("reset password", nil, s.ResetPassword(s.ctx, sent[len(sent)-1].Secret.Reveal(), rostertest.Password))
		}
	}
}

func (s *script) leave() {
	a, id := s.actor(), s.user()
	var run roster.RunID = "none"
	if len(s.runs) > 0 {
		run = oneOf(s, append(s.runs, s.runs[len(s.runs)-1])...)
	}
	begun := func(what string, r roster.Run, err error) {
		s.told(what, r, err)
		if err == nil && !slices.Contains(s.runs, r.ID) {
			s.runs = append(s.runs, r.ID)
		}
	}
	switch s.rnd.IntN(8) {
	case 0, 1, 2:
		plan, err := s.desk.Assess(s.ctx, a, roster.Request{Leaver: id, Rules: []roster.Rule{{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{oneOf[roster.UserID](s, "ada", "sam")}}}})
		s.told("assess", plan, err)
		if err == nil {
			r, err := s.desk.Start(s.ctx, a, plan.Request, plan.Digest)
			begun("start", r, err)
		}
	case 3, 4:
		r, err := s.desk.Work(s.ctx, run, nil)
		s.told("work", r, err)
		out, err := s.desk.Outcome(s.ctx, a, run)
		s.told("outcome", out, err)
	case 5:
		r, err := s.desk.Lift(s.ctx, a, run, "script")
		s.told("lift", r, err)
	case 6:
		r, err := s.desk.Correct(s.ctx, a, roster.Correction{Run: run, To: id})
		begun("correct", r, err)
	case 7:
		arrived := s.deals.Put(memstore.Record{ID: "late", Owner: "leo"})
		r, err := s.desk.Sweep(s.ctx, a, roster.Request{Leaver: "leo", Rules: []roster.Rule{{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{id}}}})
		begun(fmt.Sprint("sweep ", arrived), r, err)
	}
}

func (s *script) look() {
	a, id := s.actor(), s.user()
	switch s.rnd.IntN(6) {
	case 0:
		pages(s, "users", s.Users(s.ctx, a, roster.UserFilter{Text: oneOf(s, "", "анна", "@example", "%"), Deleted: s.rnd.IntN(2) == 0, Status: roster.Status(s.rnd.IntN(6)), Admins: s.rnd.IntN(4) == 0}, ""))
	case 1:
		pages(s, "tokens", s.Tokens(s.ctx, a, id))
		d, err := s.Can(s.ctx, id, s.Schema().MustRight("deal:view"), roster.Record{ID: "1", Owner: s.user()})
		s.told("can", d, err)
	case 2:
		p, err := s.Profile(s.ctx, a, id)
		s.told("profile", p, err)
		v, err := s.Verbs(s.ctx, a, "ada", "leo")
		s.told("verbs", v, err)
	case 3:
		pages(s, "latest", s.Latest(s.ctx, a, roster.EventFilter{Verb: oneOf[roster.Verb](s, "", "user.", "token.issue"), User: oneOf[roster.UserID](s, "", id)}, 0))
	case 4:
		pages(s, "remains", s.desk.Remains(s.ctx, a))
	case 5:
		s.clock.Advance(oneOf(s, time.Minute, time.Hour, 24*time.Hour))
		unseen, err := report.WhoIsUnseen(s.ctx, s.Roster, a, time.Hour, report.Choice{Now: s.clock.Now()})
		s.told("who is unseen", unseen, err)
		seats, err := report.WhatSeatsCost(s.ctx, s.Roster, a, report.Choice{Now: s.clock.Now()})
		s.told("what seats cost", seats, err)
	}
}

// all writes down everything that there is.
func (s *script) all() {
	pages(s, "users", s.Users(s.ctx, system, roster.UserFilter{Deleted: true}, ""))
	pages(s, "departments", s.Departments(s.ctx, system))
	pages(s, "roles", s.Roles(s.ctx, system))
	for _, run := range s.runs {
		pages(s, "journal", s.Runs().Journal(s.ctx, system, run))
		pages(s, "moved", s.desk.Moved(s.ctx, system, run))
	}
	pages(s, "runs", s.Runs().List(s.ctx, system, roster.RunFilter{}))
	pages(s, "events", s.Events(s.ctx, system, roster.EventFilter{}, 0))
	s.told("deals", slices.Collect(s.deals.All()), nil)
}

// tidy tidies up long after, and writes down what is left. Which of several counts of refusals comes to the trail first isn't
// told: their keys come from ids that are new in each process.
func (s *script) tidy() {
	head, err := s.Head(s.ctx)
	s.told("head", head, err)
	s.clock.Advance(400 * 24 * time.Hour)
	more, err := s.Tidy(s.ctx, 10_000)
	s.told("tidy", more, err)
	var verbs []string
	for e, err := range s.Events(s.ctx, system, roster.EventFilter{}, head.Seq) {
		verbs = append(verbs, fmt.Sprintln(e.Verb, e.Outcome, e.Reason, e.Count, err))
	}
	slices.Sort(verbs)
	s.told("events of tidying", verbs, nil)
	for _, id := range []roster.UserID{"ada", "leo", "sam", "sue", "ben"} {
		pages(s, "tokens", s.Tokens(s.ctx, system, id))
	}
	_, err = s.Verify(s.ctx, roster.Head{})
	s.told("chain", nil, err)
}

// random are the ids and hashes in what is told, which are new in each process.
var random = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}`)

// play runs a script and returns what it was told, ids and hashes numbered in the order in which they appear.
func (s *script) play(steps int) []string {
	for range steps {
		s.step()
	}
	s.all()
	s.tidy()
	numbers := map[string]string{}
	for i, line := range s.lines {
		s.lines[i] = random.ReplaceAllStringFunc(line, func(id string) string {
			if numbers[id] == "" {
				numbers[id] = fmt.Sprint("#", len(numbers)+1)
			}
			return numbers[id]
		})
	}
	return s.lines
}

// TestL21_TheWholeLibrarySaysTheSameOnEveryStore plays random scripts of its verbs over memstore, SQLite and PostgreSQL.
func TestL21_TheWholeLibrarySaysTheSameOnEveryStore(t *testing.T) {
	t.Parallel()
	const steps = 100
	eachEngine(t, func(t *testing.T, open handles) {
		done, lines, scripts := 0, 0, histories/5**much
		for seed := range uint64(scripts) {
			want := newScript(t, new(memstore.Store), seed).play(steps)
			store, _ := open(fmt.Sprint(seed))
			got := newScript(t, store, seed).play(steps)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d is answered another way than by memstore (-want +got):\n%.4000s", seed, diff)
			}
			for _, line := range want {
				if lines++; strings.HasSuffix(line, ", <nil>") {
					done++
				}
			}
		}
		t.Logf("%d of %d answers were no error", done, lines)
		if done < lines/3 || lines < 2*steps*scripts {
			t.Errorf("%d of %d answers were no error: the scripts do too little", done, lines)
		}
	})
}
