package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// administrator is the first active administrator who isn't the leaver.
func (c *crm) administrator(ctx context.Context, leaver roster.UserID) (roster.Actor, error) {
	if _, ok := c.users[leaver]; !ok {
		return roster.Actor{}, fmt.Errorf("there is no user %q; name who leaves with -user, one of %s", leaver, strings.Join(c.some(), ", "))
	}
	for u, err := range c.r.Users(ctx, roster.System("example"), roster.UserFilter{Admins: true, Status: roster.StatusActive}, "") {
		if err != nil || u.ID != leaver {
			return roster.As(u.ID), err
		}
	}
	return roster.Actor{}, errors.New("the account has no active administrator but the leaver")
}

// some lists a few ids to choose from.
func (c *crm) some() []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(c.users)) {
		ids = append(ids, string(id))
	}
	return ids[:min(len(ids), 10)]
}

// access is what opens doors in the leaver's name.
type access struct {
	email  string
	tokens []string
}

// live signs the leaver in, and gives their integrations tokens.
func (c *crm) live(ctx context.Context, leaver roster.UserID) (access, error) {
	u := c.users[leaver]
	if u.Status != roster.StatusActive {
		return access{email: u.Email}, nil
	}
	session, err := c.r.SignIn(ctx, u.Email, password)
	if err != nil {
		return access{}, err
	}
	a := access{email: u.Email, tokens: []string{session.Secret.Reveal()}}
	for _, x := range c.acting {
		if roster.UserID(x.Owner) != leaver || !x.Holder {
			continue
		}
		pair, err := c.r.Issue(ctx, roster.As(leaver), roster.TokenOrder{Kind: roster.TokenRefresh, Integration: x.ID})
		if err != nil {
			return access{}, err
		}
		a.tokens = append(a.tokens, pair.Access.Secret.Reveal(), pair.Secret.Reveal())
	}
	return a, nil
}

// tried tells how the leaver's tokens and password fare now.
func (a access) tried(ctx context.Context, r *roster.Roster) string {
	refused := 0
	for _, secret := range a.tokens {
		_, err := r.Check(ctx, secret)
		if _, renewed := r.Rotate(ctx, secret); errors.Is(err, roster.ErrToken) && errors.Is(renewed, roster.ErrToken) {
			refused++
		}
	}
	_, err := r.SignIn(ctx, a.email, password)
	return fmt.Sprintf("%d of %d tokens are refused; signing in is refused: %t", refused, len(a.tokens), errors.Is(err, roster.ErrSignIn))
}

// request says who receives what: records go to the successors, acting things to the administrator.
func (c *crm) request(ctx context.Context, desk *offboard.Desk, actor roster.Actor, o options) (roster.Request, error) {
	req := roster.Request{Leaver: roster.UserID(o.user), Reason: "left the company"}
	var to []roster.UserID
	for id := range strings.SplitSeq(o.to, ",") {
		if id != "" {
			to = append(to, roster.UserID(strings.TrimSpace(id)))
		}
	}
	if to == nil {
		var err error
		if to, err = c.colleagues(ctx, desk, actor, req.Leaver); err != nil {
			return req, err
		}
	}
	req.Rules = c.rules(to, actor.User(), o.split)
	return req, nil
}

// rules gives the records to one successor or several, and acting things, where there are any, to the
// administrator.
func (c *crm) rules(to []roster.UserID, admin roster.UserID, split bool) []roster.Rule {
	records := roster.Rule{Do: roster.GiveTo, To: to}
	if len(to) > 1 {
		records.Do = roster.LeastLoaded
		if split {
			records.Do = roster.SplitEvenly
		}
	}
	if c.records["integration"] == nil {
		return []roster.Rule{records}
	}
	return []roster.Rule{records, {Kind: "integration", Do: roster.GiveTo, To: []roster.UserID{admin}}}
}

// colleagues finds up to two users who may receive all that the leaver has, those of the leaver's
// department first, by planning with each: the planner knows best.
func (c *crm) colleagues(ctx context.Context, desk *offboard.Desk, actor roster.Actor, leaver roster.UserID) ([]roster.UserID, error) {
	home := c.users[leaver].Department
	rank := func(u roster.User) int {
		if u.Department == home {
			return 0
		}
		return 1
	}
	all := slices.SortedFunc(maps.Values(c.users), func(a, b roster.User) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ID, b.ID))
	})
	var found []roster.UserID
	for _, u := range all {
		if u.ID == leaver || u.Admin || u.Status != roster.StatusActive {
			continue
		}
		plan, err := desk.Assess(ctx, actor, roster.Request{Leaver: leaver, Rules: c.rules([]roster.UserID{u.ID}, actor.User(), false)})
		if err != nil {
			return nil, err
		}
		if len(plan.Blockers) == 0 {
			found = append(found, u.ID)
		}
		if len(found) == 2 {
			break
		}
	}
	if found == nil {
		return nil, errors.New("nobody may receive all of the leaver's records: name successors with -to")
	}
	return found, nil
}

// summary tells how it ended: who has what now, and that the trail is whole.
func (c *crm) summary(ctx context.Context, t terminal, run roster.Run) error {
	fmt.Fprintf(t.out, "\nRun %s: %s is deleted.\n", run.State, c.name(run.Leaver))
	for _, k := range c.kinds {
		left, err := k.Holdings.Survey(ctx, run.Leaver)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "  %-12s left with the leaver: %d, still written by them: %d, records in all: %d\n", k.Name, left.Total(), left.Authored, c.records[k.Name].Len())
	}
	head, err := c.r.Verify(ctx, roster.Head{})
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "Trail: %d events, every link verified. What it tells of the deletion:\n", head.Seq)
	counts, by := map[roster.Verb]int{}, ""
	for e, err := range c.r.Events(ctx, roster.System("example"), roster.EventFilter{User: run.Leaver, From: run.Started}, 0) {
		if err != nil {
			return err
		}
		if strings.HasPrefix(string(e.Verb), "run.") || e.Verb == roster.VerbUserDelete {
			counts[e.Verb]++
			by = c.name(e.Actor)
		}
	}
	for _, verb := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(t.out, "  %3d × %-12s by %s\n", counts[verb], verb, by)
	}
	return nil
}

// sweep gives what names users who are gone to the leaver's successors, by the same desk and the same rules.
func (c *crm) sweep(ctx context.Context, desk *offboard.Desk, actor roster.Actor, rules []roster.Rule, t terminal) error {
	swept := map[roster.UserID]bool{}
	for _, d := range c.gone {
		if swept[d.Owner] {
			continue
		}
		swept[d.Owner] = true
		run, err := desk.Sweep(ctx, actor, roster.Request{Leaver: d.Owner, Rules: rules, Reason: "was deleted before the import"})
		if blocked := new(roster.BlockedError); errors.As(err, &blocked) {
			fmt.Fprintf(t.out, "\nUser %s, who is gone, keeps their records: %v\n", d.Owner, err)
			continue
		}
		if err == nil {
			run, err = desk.Work(ctx, run.ID, nil)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "\nRun %s: what named user %s, who is gone, is handed over.\n", run.State, d.Owner)
		outcome, err := desk.Outcome(ctx, actor, run.ID)
		if err != nil {
			return err
		}
		for _, k := range c.kinds {
			n := 0
			for _, s := range outcome.Steps {
				if s.Kind == k.Name {
					n += s.Moved
				}
			}
			if n > 0 {
				fmt.Fprintf(t.out, "  %-12s %d\n", k.Name, n)
			}
		}
	}
	return nil
}
