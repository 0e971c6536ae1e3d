package roster_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// deals is the host's records, of which there is one: its owner is in the ghost.
type deals struct{ x *explorer }

func (d deals) Survey(_ context.Context, user roster.UserID) (roster.Survey, error) {
	n := map[string]int{}
	if d.x.ghost.owner < nobody && trio[d.x.ghost.owner] == user {
		n[""] = 1
	}
	return roster.Survey{Responsible: n}, nil
}

func (d deals) Page(_ context.Context, q roster.Query) ([]roster.Record, error) {
	if q.Tie != roster.Responsible || person(q.User) != d.x.ghost.owner || q.After >= "d" {
		return nil, nil
	}
	return []roster.Record{{ID: "d", Owner: q.User}}, nil
}

func (d deals) Move(_ context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	switch d.x.ghost.owner {
	case person(o.From):
		d.x.ghost.owner = person(o.To)
		return []roster.MoveResult{roster.MoveDone}, nil
	case person(o.To):
		return []roster.MoveResult{roster.MoveAlready}, nil
	}
	return []roster.MoveResult{roster.MoveElsewhere}, nil
}

// stocks is what a desk would count.
func (x *explorer) stocks(leaver roster.UserID) []roster.Stock {
	s, _ := deals{x}.Survey(x.ctx, leaver) // never fails
	return []roster.Stock{{Kind: "deal", Needs: []string{"view", "edit"}, Survey: s}}
}

// fence confirms what the host assessed, or the actor where they may, and fences.
func fence(desk bool, req roster.Request) try {
	verb := map[bool]string{false: "Runs.Fence", true: "Desk.Start"}[desk]
	return try{verb: verb, on: everybody, do: func(x *explorer, s *spot, a roster.Actor) error {
		if !desk && !a.IsSystem() && s.photo.users[person(req.Leaver)].Status == roster.StatusDeleted {
			return errNothing // it isn't for lack of a right that they are refused
		}
		plan, err := x.desk.Assess(x.ctx, a, req)
		if err != nil {
			if plan, err = x.desk.Assess(x.ctx, roster.System("host"), req); err != nil {
				return err
			}
		}
		var run roster.Run
		if desk {
			run, err = x.desk.Start(x.ctx, a, plan.Request, plan.Digest)
		} else {
			survey := func(context.Context) ([]roster.Stock, error) { return x.stocks(req.Leaver), nil }
			ready := x.Runs().Ready(x.ctx, a, plan.Request, survey, plan.Digest)
			if run, err = x.Runs().Fence(x.ctx, a, plan.Request, survey, plan.Digest); (ready == nil) != (err == nil) {
				x.fail(s, "L20: %v is ready to delete %s: %v, and fencing says %v", a, req.Leaver, ready, err)
			}
		}
		if err == nil {
			x.shown(s, verb, a, run, req.Leaver)
		}
		return err
	}}
}

// run finds the unfinished run of a leaver.
func (s *spot) run(leaver int) (roster.Run, bool) {
	i := slices.IndexFunc(s.photo.runs, func(r roster.Run) bool { return r.Leaver == trio[leaver] && r.Unfinished() })
	if i < 0 {
		return roster.Run{}, false
	}
	return s.photo.runs[i], true
}

// decided tries what people decide about an unfinished run.
func decided(verb string, leaver int, do func(x *explorer, a roster.Actor, id roster.RunID) error) try {
	return try{verb: verb, on: leaver, do: func(x *explorer, s *spot, a roster.Actor) error {
		run, ok := s.run(leaver)
		if !ok {
			return errNothing
		}
		err := do(x, a, run.ID)
		if err == nil && s.ghost.now.Before(run.Lease.Until) {
			x.fail(s, "L17: %s under a worker's lease", verb)
		}
		if err == nil && strings.HasSuffix(verb, ".Retry") && run.State != roster.RunParked {
			x.fail(s, "L17: %s of a run that isn't parked", verb)
		}
		return err
	}}
}

// held tries what a worker does who took a run of a leaver's up, in time or late.
func held(verb string, leaver int, do func(x *explorer, h *roster.Hold) error) try {
	t := bare(verb, everybody, func(x *explorer, s *spot) error {
		h := x.ghost.hold
		if h == nil || h.Run.Leaver != trio[leaver] {
			return errNothing
		}
		return do(x, h)
	})
	// Leases and the journal are how a run is worked on: what becomes of it is an event.
	t.quiet = slices.Contains([]string{"Hold.Intend", "Hold.Again", "Hold.Probed", "Hold.Release", "Hold.Keep", "Hold.Conclude"}, verb)
	return t
}

// claim takes a run up; one worker in vain too many parks it.
func claim(leaver int) try {
	t := bare("Runs.Claim", everybody, func(x *explorer, s *spot) error {
		run, ok := s.run(leaver)
		if !ok {
			return errNothing
		}
		hold, now, err := x.Runs().Claim(x.ctx, run.ID, time.Minute, x.attempts)
		if errors.Is(err, roster.ErrParked) && run.State == roster.RunWorking && now.State == roster.RunParked {
			return nil
		}
		if err == nil {
			x.ghost.hold = hold
		}
		return err
	})
	t.quiet = true
	return t
}

// holds are all that a worker does with a run, each step where it is possible and where it isn't.
func holds(leaver int) []try {
	open := func(x *explorer, h *roster.Hold) bool { _, open, err := h.Open(x.ctx); return open || err != nil }
	return []try{
		held("Hold.Intend", leaver, func(x *explorer, h *roster.Hold) error {
			at := slices.IndexFunc(h.Run.Steps, func(s roster.Step) bool { return !s.Done })
			if at < 0 || open(x, h) {
				return errNothing
			}
			e := roster.Entry{Step: at, Kind: "deal", Tie: roster.Responsible, IDs: []string{"d"}}
			if shares := h.Run.Steps[at].Shares; len(shares) > 0 {
				e.To = shares[0].To
			}
			_, err := h.Intend(x.ctx, e)
			return err
		}),
		held("Hold.Done", leaver, func(x *explorer, h *roster.Hold) error {
			e, open, err := h.Open(x.ctx)
			if err != nil || !open {
				return errNothing
			}
			moved, _ := deals{x}.Move(x.ctx, roster.MoveOrder{From: e.From, To: e.To, IDs: e.IDs}) // never fails
			switch moved[0] {
			case roster.MoveDone:
				e.Moved = 1
			case roster.MoveAlready:
				e.Already = 1
			default:
				e.Skipped = []roster.Skip{{ID: "d", Reason: "elsewhere"}}
			}
			return h.Done(x.ctx, e, true)
		}),
		held("Hold.Finish", leaver, func(x *explorer, h *roster.Hold) error {
			if open(x, h) {
				return errNothing
			}
			return h.Finish(x.ctx, 0)
		}),
		held("Hold.Probed", leaver, func(x *explorer, h *roster.Hold) error {
			if h.Run.Entries > 0 { // once is enough
				return errNothing
			}
			return h.Probed(x.ctx, roster.Entry{Kind: "deal", IDs: []string{"d"}})
		}),
		held("Hold.Conclude", leaver, func(x *explorer, h *roster.Hold) error { return h.Conclude(x.ctx, x.stocks(trio[leaver]), 1) }),
		held("Hold.Park", leaver, func(x *explorer, h *roster.Hold) error { return h.Park(x.ctx, "host", "the table is locked") }),
		held("Hold.Keep", leaver, func(x *explorer, h *roster.Hold) error { return h.Keep(x.ctx) }),
		held("Hold.Release", leaver, func(x *explorer, h *roster.Hold) error { return h.Release(x.ctx) }),
		works(leaver),
	}
}

// hours is the host's own doing: the deal comes to somebody, even to one who has left, and time passes.
func hours(all bool) []try {
	tries := []try{bare("time", everybody, func(x *explorer, s *spot) error {
		if !slices.ContainsFunc(s.photo.runs, func(r roster.Run) bool { return s.ghost.now.Before(r.Lease.Until) }) {
			return errNothing
		}
		x.ghost.now = x.ghost.now.Add(time.Minute)
		return nil
	})}
	return append(tries, each(func(i int, _ roster.UserID) []try {
		if !all && i != 2 {
			return nil
		}
		return []try{bare("assign", everybody, func(x *explorer, s *spot) error {
			x.ghost.owner = i
			return nil
		})}
	})...)
}

// give is a request to hand a leaver's records to one successor.
func give(leaver, to int) roster.Request {
	return roster.Request{Leaver: trio[leaver], Rules: []roster.Rule{{Do: roster.GiveTo, To: []roster.UserID{trio[to]}}}}
}

// named tries a change of a successor's only while an unfinished run names them, which must refuse it.
func named(t try) try {
	t.do = func(x *explorer, s *spot, a roster.Actor) error {
		for _, run := range s.photo.runs {
			if run.Unfinished() && (roster.RunFilter{Successor: trio[t.on]}).Match(run) {
				_, err := x.Apply(x.ctx, a, t.changes...)
				return err
			}
		}
		return errNothing
	}
	return t
}

// departures is the world of leaving: a deletion is started, worked on, given up, lifted (sequels has the sweeps),
// while the successor and the actor are deactivated and changed.
func departures(full bool) realm {
	const ann, bob, cyd = 0, 1, 2
	hand := give(cyd, bob)
	hand.HandOn = []roster.HandOn{{To: "bob", Role: true, Rights: []string{"*"}}}
	soon := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	successors := []try{
		one(bob, roster.Deactivate{User: "bob"}), rightsOf(bob, "deal:edit", roster.Denied), one(bob, roster.EditUser{User: "bob", EndDate: &soon}),
	}
	requests := []roster.Request{hand} // corrections and sequels have the one without
	tries := append(hours(false), one(cyd, roster.Reactivate{User: "cyd"}))
	if full {
		requests = append(requests, give(cyd, bob))
	}
	for _, t := range successors {
		tries = append(tries, named(t))
	}
	for _, req := range requests {
		started := fence(true, req)
		started.by = []roster.Actor{roster.As("ann"), roster.As("bob"), roster.As("cyd")}
		tries = append(tries, fence(false, req), started)
	}
	tries = append(tries, claim(cyd))
	tries = append(tries, slices.DeleteFunc(holds(cyd), func(t try) bool { return t.verb == "Hold.Probed" })...) // see corrections
	tries = append(tries, decisions(cyd)...)
	for _, refused := range []roster.Request{give(ann, cyd), give(bob, ann)} { // an administrator's, and one's own
		for _, desk := range []bool{false, true} {
			t := fence(desk, refused)
			t.by = []roster.Actor{roster.As("bob")}
			tries = append(tries, t)
		}
	}
	return realm{name: "departures", begin: func(x *explorer) { beginDepartures(x, 1) }, tries: tries}
}

// decisions try what people decide about an unfinished run.
func decisions(l int) []try {
	return []try{
		decided("Runs.Lift", l, func(x *explorer, a roster.Actor, id roster.RunID) error {
			_, err := x.Runs().Lift(x.ctx, a, id, "not now")
			return err
		}),
		decided("Desk.Lift", l, func(x *explorer, a roster.Actor, id roster.RunID) error {
			_, err := x.desk.Lift(x.ctx, a, id, "not now")
			return err
		}),
		decided("Runs.Retry", l, func(x *explorer, a roster.Actor, id roster.RunID) error {
			_, err := x.Runs().Retry(x.ctx, a, id, nil, nil)
			return err
		}),
		decided("Desk.Retry", l, func(x *explorer, a roster.Actor, id roster.RunID) error {
			_, err := x.desk.Retry(x.ctx, a, id)
			return err
		}),
	}
}

// beginDepartures has an administrator, one who may delete users, and one who may leave and has a session.
func beginDepartures(x *explorer, attempts int) {
	people(x, func(i int, u *roster.User) {
		u.Admin = i == 0
		u.Rights = []roster.Rights{nil,
			{"deal:view": roster.Own, "deal:edit": roster.Own, "users:delete": roster.All, "users:deactivate": roster.All, "users:manage": roster.All},
			{"deal:view": roster.All, "deal:edit": roster.Own}}[i]
	})
	out, err := x.Issue(x.ctx, roster.System("host"), roster.TokenOrder{User: "cyd", Kind: roster.TokenSession})
	if err != nil {
		x.t.Fatal(err)
	}
	x.learned(out, 2)
	desk, err := offboard.New(x.Roster, offboard.Kind{Name: "deal", Holdings: deals{x}})
	if err != nil {
		x.t.Fatal(err)
	}
	x.attempts = attempts
	x.desk, x.ghost.owner = desk.With(offboard.Settings{Attempts: x.attempts, Rounds: 1}), 2 // cyd's
}
