package faults_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// process is a Roster and its Desk, as one process has them.
type process struct {
	*roster.Roster
	desk *offboard.Desk
}

// newProcess makes a process over a store. Its holdings are empty unless there are some.
func newProcess(t *testing.T, s roster.Store, clock *rostertest.Clock, deals roster.Holdings) process {
	t.Helper()
	return newProcessBy(t, s, roster.Config{Now: clock.Now}, deals)
}

// newProcessBy makes one with settings.
func newProcessBy(t *testing.T, s roster.Store, cfg roster.Config, deals roster.Holdings) process {
	t.Helper()
	cfg.Hasher = rostertest.Hasher{}
	r, err := roster.New(s, roster.CRMSchema(), cfg)
	must(t, err)
	var kinds []offboard.Kind
	for _, k := range r.Schema().Kinds() {
		if k.Name == "deal" {
			kinds = append(kinds, offboard.Kind{Name: k.Name, Holdings: deals})
		} else {
			kinds = append(kinds, offboard.Kind{Name: k.Name, Exempt: "nobody owns one"})
		}
	}
	desk, err := offboard.New(r, kinds...)
	must(t, err)
	return process{r, desk}
}

// recorder writes the history of one account down, as its clients see it.
type recorder struct {
	start time.Time
	mu    sync.Mutex
	calls []porcupine.Operation
	known map[roster.UserID]*known
	wrong []error
}

// known is what the clients were told of a user.
type known struct {
	tokens, fences int // made so far, or being made
	secrets        map[int]string
	ids            map[int]roster.TokenID
	runs           map[int]roster.RunID
}

var deals = roster.Rights{"deal:view": roster.All}

var system = roster.System("history")

// play lets clients, in turns over two processes, do random things to two users at once, and returns the history.
func play(t *testing.T, seed uint64, users []roster.UserID, processes ...process) []porcupine.Operation {
	t.Helper()
	h := &recorder{start: time.Now(), known: map[roster.UserID]*known{}}
	dept := roster.DepartmentID(users[0])
	_, err := processes[0].Apply(t.Context(), system, roster.CreateDepartment{ID: dept, Name: string(dept)})
	must(t, err)
	for _, id := range users {
		_, err := processes[0].Apply(t.Context(), system, roster.ImportUser{User: roster.User{
			ID: id, FirstName: "Anna", LastName: "Example", Email: string(id) + "@example.com", Department: dept, Status: roster.StatusActive,
		}})
		must(t, err)
		h.known[id] = &known{secrets: map[int]string{}, ids: map[int]roster.TokenID{}, runs: map[int]roster.RunID{}}
	}
	var all sync.WaitGroup
	for client := range 4 {
		rnd := rand.New(rand.NewPCG(seed, uint64(client)))
		all.Go(func() {
			for range 10 {
				h.call(t.Context(), client, rnd, users[rnd.IntN(len(users))], processes[client%len(processes)])
			}
		})
	}
	all.Wait()
	for _, err := range h.wrong {
		t.Errorf("history %d: %v", seed, err)
	}
	return h.calls
}

// call makes one random call and writes it down.
func (h *recorder) call(ctx context.Context, client int, rnd *rand.Rand, user roster.UserID, p process) {
	a, secret, id, run := h.pick(rnd, user)
	begun := time.Since(h.start)
	t, err := h.do(ctx, p, a, secret, id, run)
	ended := time.Since(h.start)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		h.wrong = append(h.wrong, fmt.Errorf("%s %s: %w", a.verb, user, err))
	}
	h.calls = append(h.calls, porcupine.Operation{ClientId: client, Input: a, Output: t, Call: int64(begun), Return: int64(ended)})
}

// pick picks a call that can be made by what is known.
func (h *recorder) pick(rnd *rand.Rand, user roster.UserID) (a asked, secret string, id roster.TokenID, run roster.RunID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k := h.known[user]
	a = asked{verb(rnd.IntN(int(verbs))), user, 0}
	if flip := rnd.IntN(3); flip == 0 && len(k.secrets) > 0 { // what is proved is about checks
		a.verb = check
	}
	switch {
	case a.verb == lift && len(k.runs) > 0:
		a.n = rnd.IntN(k.fences)
		run = k.runs[a.n]
	case a.verb == fence:
		a.n, k.fences = k.fences, k.fences+1
	case (a.verb == check || a.verb == revoke) && len(k.secrets) > 0:
		a.n = rnd.IntN(k.tokens)
		secret, id = k.secrets[a.n], k.ids[a.n]
	}
	if a.verb == lift && run == "" || (a.verb == check || a.verb == revoke) && secret == "" {
		a.verb = issue
	}
	if a.verb == issue {
		a.n, k.tokens = k.tokens, k.tokens+1
	}
	return a, secret, id, run
}

// do makes a call. Its error is one that no history should have.
func (h *recorder) do(ctx context.Context, p process, a asked, secret string, id roster.TokenID, run roster.RunID) (told, error) {
	apply := func(c roster.Change) error {
		_, err := p.Apply(ctx, system, c)
		return err
	}
	var err error
	switch a.verb {
	case issue:
		err = h.issue(ctx, p, a)
	case check:
		_, err = p.Check(ctx, secret)
	case revoke:
		err = p.Revoke(ctx, system, roster.RevokeOrder{User: a.user, Token: id})
	case revokeAll:
		err = p.Revoke(ctx, system, roster.RevokeOrder{User: a.user, All: true})
	case deactivate:
		err = apply(roster.Deactivate{User: a.user})
	case reactivate:
		err = apply(roster.Reactivate{User: a.user})
	case fence:
		err = h.fence(ctx, p, a)
	case lift:
		_, err = p.desk.Lift(ctx, system, run, "")
	case grant:
		err = apply(roster.SetRights{User: a.user, Rights: deals})
	case withdraw:
		err = apply(roster.SetRights{User: a.user, Rights: roster.Rights{"deal:view": roster.Unset}})
	case can:
		d, err := p.Can(ctx, a.user, p.Schema().MustRight("deal:view"), roster.Record{ID: "1"})
		if err == nil && d.Allowed {
			return yes, nil
		}
		return no, err
	}
	switch {
	case err == nil:
		return yes, nil
	case errors.Is(err, roster.ErrStale):
		return stale, nil
	case errors.Is(err, roster.ErrState), errors.Is(err, roster.ErrToken), errors.Is(err, roster.ErrBlocked):
		return no, nil
	}
	return no, err
}

// issue issues a token and tells the others.
func (h *recorder) issue(ctx context.Context, p process, a asked) error {
	issued, err := p.Issue(ctx, system, roster.TokenOrder{User: a.user, Kind: roster.TokenPersonal})
	if err == nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.known[a.user].secrets[a.n], h.known[a.user].ids[a.n] = issued.Secret.Reveal(), issued.Token.ID
	}
	return err
}

// fence assesses and starts a deletion that differs from every other, and tells the others.
func (h *recorder) fence(ctx context.Context, p process, a asked) error {
	plan, err := p.desk.Assess(ctx, system, roster.Request{Leaver: a.user, Reason: fmt.Sprint("fence ", a.n)})
	if err == nil {
		err = plan.Err()
	}
	if err != nil {
		return err
	}
	run, err := p.desk.Start(ctx, system, plan.Request, plan.Digest)
	if err == nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.known[a.user].runs[a.n] = run.ID
	}
	return err
}

// explain is a history as text, one user's after the other's.
func explain(calls []porcupine.Operation) string {
	var b strings.Builder
	slices.SortFunc(calls, func(x, y porcupine.Operation) int { return int(x.Call - y.Call) })
	for _, part := range model.Partition(calls) {
		for _, c := range part {
			fmt.Fprintf(&b, "%9d to %9d, client %d: %s\n", c.Call, c.Return, c.ClientId, model.DescribeOperation(c.Input, c.Output))
		}
	}
	return b.String()
}

// TestL7_HistoriesAreLinearizable lets clients of two processes issue, check and revoke tokens, deactivate, fence, lift and
// reactivate their users, and give and take rights, all at once: what they were told could have been told to one after another.
func TestL7_HistoriesAreLinearizable(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, open handles) {
		clock := new(rostertest.Clock)
		a, b := open("acme")
		first, second := newProcess(t, a, clock, new(memstore.Records)), newProcess(t, b, clock, new(memstore.Records))
		answers := map[asked]map[told]int{}
		for seed := range uint64(histories * *much) {
			users := []roster.UserID{roster.UserID(fmt.Sprintf("u%d", seed)), roster.UserID(fmt.Sprintf("v%d", seed))}
			calls := play(t, seed, users, first, second)
			if !porcupine.CheckOperations(model, calls) {
				t.Errorf("history %d is none of one after another:\n%s", seed, explain(calls))
			}
			for _, c := range calls {
				key := asked{verb: c.Input.(asked).verb}
				if answers[key] == nil {
					answers[key] = map[told]int{}
				}
				answers[key][c.Output.(told)]++
			}
			if t.Failed() {
				return
			}
		}
		for v := range verbs { // every verb was done, and refused where it can be: of few histories that would be luck
			got := answers[asked{verb: v}]
			if histories**much >= 50 && (got[yes] == 0 || got[no] == 0 && v != revoke && v != revokeAll) {
				t.Errorf("%s was answered %v", v, got)
			}
		}
		if _, err := first.Verify(t.Context(), roster.Head{}); err != nil {
			t.Error(err)
		}
	})
}

// remembering answers a token's second check, once, from what the first found: a cache of one read.
type remembering struct {
	*memstore.Store
	mu   sync.Mutex
	seen map[roster.TokenHash]*roster.Standing
}

func (r *remembering) Bearer(ctx context.Context, h roster.TokenHash) (*roster.Token, *roster.Standing, error) {
	k, s, err := r.Store.Bearer(ctx, h)
	r.mu.Lock()
	defer r.mu.Unlock()
	if was := r.seen[h]; was != nil && err == nil {
		delete(r.seen, h)
		return k, was, nil
	}
	r.seen[h] = s
	return k, s, err
}

// hasty reads the users of an Update before the Update begins: check, then act.
type hasty struct{ *memstore.Store }

type hastyTx struct {
	roster.Tx
	read map[roster.UserID]roster.User
}

func (x hastyTx) User(id roster.UserID) (roster.User, error) {
	if u, ok := x.read[id]; ok {
		delete(x.read, id)
		return u.Clone(), nil
	}
	return x.Tx.User(id)
}

func (h hasty) Update(ctx context.Context, f func(roster.Tx) error) error {
	read := map[roster.UserID]roster.User{}
	err := h.View(ctx, func(tx roster.Tx) error {
		list, err := tx.ListUsers(roster.UserFilter{}, "", 1_000_000)
		for _, u := range list {
			read[u.ID] = u
		}
		return err
	})
	if err != nil {
		return err
	}
	runtime.Gosched()
	return h.Store.Update(ctx, func(tx roster.Tx) error { return f(hastyTx{tx, read}) })
}

// TestL7_PlantedRacesAreFound shows that the histories aren't blind.
func TestL7_PlantedRacesAreFound(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]func() roster.Store{
		"a check that answers from one read before": func() roster.Store {
			return &remembering{Store: new(memstore.Store), seen: map[roster.TokenHash]*roster.Standing{}}
		},
		"an Update that acts on what it read before": func() roster.Store { return hasty{new(memstore.Store)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, broken(), new(rostertest.Clock), new(memstore.Records))
			for seed := range uint64(1000) {
				users := []roster.UserID{roster.UserID(fmt.Sprintf("u%d", seed)), roster.UserID(fmt.Sprintf("v%d", seed))}
				if calls := play(t, seed, users, p, p); !porcupine.CheckOperations(model, calls) {
					t.Logf("found in history %d", seed)
					return
				}
			}
			t.Error("1,000 histories don't show it")
		})
	}
}
