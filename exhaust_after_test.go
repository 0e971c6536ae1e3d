package roster_test

import (
	"errors"
	"slices"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// crossings is the world of several leavers: two people may leave, to each other or to the administrator, who
// may leave as well.
func crossings(full bool) realm {
	var tries []try
	for l := range trio {
		for to := range trio {
			if l != to && (l > 0 || to == 1 || full) {
				tries = append(tries, fence(true, give(l, to)))
			}
		}
		tries = append(tries, decisions(l)...)
		tries = append(tries, works(l))
		if id := trio[l]; l > 0 {
			tries = append(tries, one(l, roster.Deactivate{User: id}))
			if full {
				tries = append(tries, one(l, roster.GrantAdministrator{User: id}), one(l, roster.WithdrawAdministrator{User: id}))
			}
		}
	}
	tries = append(tries, together(give(1, 0), give(2, 0)), together(give(1, 2), give(2, 0)))
	attempts := map[bool]int{false: 1, true: 2}[full]
	return realm{name: "crossings", begin: func(x *explorer) { beginDepartures(x, attempts) }, tries: tries}
}

// together starts several deletions that the actor assessed together, or the host where the actor may not.
func together(reqs ...roster.Request) try {
	return try{verb: "Desk.StartAll", on: everybody, do: func(x *explorer, s *spot, a roster.Actor) error {
		plans, err := x.desk.AssessAll(x.ctx, a, reqs...)
		if err != nil {
			if plans, err = x.desk.AssessAll(x.ctx, roster.System("host"), reqs...); err != nil {
				return err
			}
		}
		var all []offboard.Confirmed
		for _, p := range plans {
			all = append(all, offboard.Confirmed{Request: p.Request, Digest: p.Digest})
		}
		results, err := x.desk.StartAll(x.ctx, a, all...)
		for _, r := range results {
			if err == nil {
				x.shown(s, "Desk.StartAll", a, r.Run, r.Run.Leaver)
			}
		}
		return err
	}}
}

// corrections is the world of what comes after a deletion: what the run moved is moved again, to somebody else and back,
// while people and records go on.
func corrections(full bool) realm {
	const ann, bob, cyd = 0, 1, 2
	tries := append(hours(full), fence(true, give(cyd, bob)), works(cyd), claim(cyd), one(bob, roster.GrantDeleteUsers{User: "bob"}),
		named(one(bob, roster.Deactivate{User: "bob"})), named(rightsOf(bob, "deal:view", roster.Denied)))
	for _, h := range holds(cyd) {
		if slices.Contains([]string{"Hold.Done", "Hold.Finish", "Hold.Conclude", "Hold.Park", "Hold.Probed", "Hold.Release"}, h.verb) {
			tries = append(tries, h)
		}
	}
	tries = append(tries, held("Hold.Again", cyd, func(x *explorer, h *roster.Hold) error {
		if at := slices.IndexFunc(h.Run.Steps, func(s roster.Step) bool { return !s.Done }); at < 0 || h.Run.Correction.To == "" {
			return errNothing
		}
		was, page, err := h.Corrected(x.ctx, 0)
		if _, open, failed := h.Open(x.ctx); err != nil || failed != nil || open || len(page) == 0 || h.Run.Entries > 0 {
			return errNothing
		}
		part := map[string]string{}
		if person(page[0].To) == x.ghost.owner {
			part["d"] = was.Steps[0].Part
		}
		_, err = h.Again(x.ctx, roster.Entry{
			Kind: "deal", Tie: roster.Responsible, From: page[0].To, To: h.Run.Correction.To, IDs: []string{"d"}, Of: page[0].N,
		}, part, []string{"view", "edit"})
		return err
	}))
	for _, to := range []roster.UserID{"ann", "bob"} {
		tries = append(tries,
			correct("Desk.Correct", to, func(x *explorer, a roster.Actor, c roster.Correction) (roster.Run, error) {
				return x.desk.Correct(x.ctx, a, c)
			}),
			correct("Runs.Correct", to, func(x *explorer, a roster.Actor, c roster.Correction) (roster.Run, error) {
				return x.Runs().Correct(x.ctx, a, c, x.stocks("cyd"))
			}))
	}
	return realm{name: "corrections", begin: func(x *explorer) { beginDepartures(x, 1) }, tries: append(tries, decisions(cyd)...)}
}

// correct tries to move again what the deletion of cyd moved.
func correct(verb string, to roster.UserID, do func(x *explorer, a roster.Actor, c roster.Correction) (roster.Run, error)) try {
	return try{verb: verb, on: everybody, do: func(x *explorer, s *spot, a roster.Actor) error {
		at := slices.IndexFunc(s.photo.runs, func(r roster.Run) bool { return r.State == roster.RunDone && r.Correction.Run == "" })
		if at < 0 {
			return errNothing
		}
		run, err := do(x, a, roster.Correction{Run: s.photo.runs[at].ID, To: to})
		if err == nil {
			x.shown(s, verb, a, run, "bob")
		}
		return err
	}}
}

// works lets the desk work on a leaver's run to its end.
func works(leaver int) try {
	return bare("Desk.Work", everybody, func(x *explorer, s *spot) error {
		run, ok := s.run(leaver)
		if !ok {
			return errNothing
		}
		got, err := x.desk.Work(x.ctx, run.ID, nil)
		if errors.Is(err, roster.ErrParked) && run.State == roster.RunWorking && got.State == roster.RunParked {
			x.denied["Desk.Work"]++
			return nil
		}
		return err
	})
}

// shown holds a run that was started against R10: whoever started it doesn't come to see what they couldn't.
func (x *explorer) shown(s *spot, verb string, a roster.Actor, run roster.Run, had roster.UserID) {
	by := person(a.User())
	if by == nobody || s.photo.users[by].Admin {
		return
	}
	sees := func(owner int) bool { return s.photo.reach(by)&record(0, owner) != 0 }
	for _, step := range run.Steps {
		for _, share := range step.Shares {
			if sees(person(share.To)) && !sees(person(had)) {
				x.fail(s, "R10: %s: %v would see what %s had", verb, a, had)
			}
		}
	}
}

// sequels is the world of what reaches a leaver after the burial: sweeps hand it over, while the successor goes on.
func sequels(full bool) realm {
	const bob, cyd = 1, 2
	tries := append(hours(false), fence(true, give(cyd, bob)), works(cyd), claim(cyd), named(one(bob, roster.Deactivate{User: "bob"})))
	tries = append(tries, slices.DeleteFunc(holds(cyd), func(t try) bool { // departures and corrections have the others
		return t.verb == "Hold.Probed" || !full && !slices.Contains([]string{"Hold.Conclude", "Hold.Park", "Desk.Work"}, t.verb)
	})...)
	tries = append(tries, sweeps(cyd, give(cyd, bob), roster.Request{Leaver: "cyd"})...)
	return realm{name: "sequels", begin: func(x *explorer) { beginDepartures(x, 1) }, tries: append(tries, decisions(cyd)...)}
}

// sweeps hand over what reached a leaver after the burial.
func sweeps(leaver int, reqs ...roster.Request) (tries []try) {
	for _, req := range reqs {
		sweep := func(verb string, do func(x *explorer, a roster.Actor) error) try {
			return try{verb: verb, on: leaver, do: func(x *explorer, s *spot, a roster.Actor) error {
				if s.photo.users[leaver].Status == roster.StatusDeleted && s.ghost.owner != leaver {
					return errNothing
				}
				return do(x, a)
			}}
		}
		tries = append(tries,
			sweep("Desk.Sweep", func(x *explorer, a roster.Actor) error { _, err := x.desk.Sweep(x.ctx, a, req); return err }),
			sweep("Runs.Sweep", func(x *explorer, a roster.Actor) error {
				_, err := x.Runs().Sweep(x.ctx, a, req, x.stocks(req.Leaver))
				return err
			}))
	}
	return tries
}
