package roster

import (
	"fmt"
	"maps"
)

// planner makes one plan. It holds no more than the plan itself and an index of the request's rules:
// its cost doesn't depend on how many records there are.
type planner struct {
	Snapshot
	req   Request
	plan  Plan
	after map[UserID]Person // successors, with the rights they will hold (L11)
	rules map[target]int    // the first rule for each target, of those that name no records
	used  []bool            // rules that cover something at present
	fits  map[UserID]bool   // people who were judged, and how
	found map[Finding]bool  // blockers told already
	late  bool              // after the fence
	fresh func(i int) bool  // rules that are new; the others were confirmed earlier, and not all of what they name need be there still
}

// PlanHandover plans the deletion of one user (L3–L5, L8–L11, L14): what becomes of every record that
// the surveys counted, which rights, tokens and seats go, who sees more or less afterwards, every
// warning and every blocker at once, and the digest that a confirmation is bound to. No request makes it
// panic: a malformed one is blocked. The snapshot needs a Schema.
//
// It is pure: equal arguments give equal plans, and nothing in them is changed. A plan without
// blockers names fit successors only, and each record counted is in exactly one of its steps.
func PlanHandover(s Snapshot, req Request) Plan {
	p := newPlanner(s, req)
	p.checkRequest()
	p.guard()
	p.handOn()
	p.checkNamed()
	p.disposeAll()
	p.checkRules()
	p.see()
	p.warn()
	p.plan.Digest = digest(p.Snapshot, p.req, p.plan)
	return p.plan
}

// newPlanner prepares a plan.
func newPlanner(s Snapshot, req Request) *planner {
	req = req.normal()
	p := &planner{
		Snapshot: s, req: req,
		after: maps.Clone(s.People),
		rules: make(map[target]int, len(req.Rules)), used: make([]bool, len(req.Rules)),
		fits: map[UserID]bool{}, found: map[Finding]bool{}, fresh: func(int) bool { return true },
	}
	for i, r := range req.Rules {
		if _, twice := p.rules[r.target()]; !twice && len(r.Records) == 0 {
			p.rules[r.target()] = i
		}
	}
	u := s.Leaver.User
	p.plan = Plan{
		Made: s.Now, Leaver: req.Leaver, Request: req, Backup: s.Backup,
		Role: u.Role, Rights: maps.Clone(u.Rights), Admin: u.Admin,
		// Not nil: in JSON, a page maps over [] and fails on null.
		Kinds: []KindSummary{}, Steps: []Step{}, Sight: []Sight{}, Blockers: []Finding{}, Warnings: []Finding{},
	}
	if s.Leaver.Role != nil {
		p.plan.RoleName = s.Leaver.Role.Name
	}
	if u.HoldsSeat() {
		p.plan.Seats = 1
	}
	for _, t := range s.Tokens {
		if p.plan.Tokens == nil {
			p.plan.Tokens = map[TokenKind]int{}
		}
		p.plan.Tokens[t.Kind]++
	}
	return p
}

// block adds a blocker, once.
func (p *planner) block(code string, about Finding, format string, args ...any) {
	about.Code, about.Text = code, fmt.Sprintf(format, args...)
	if !p.found[about] {
		p.found[about] = true
		p.plan.Blockers = append(p.plan.Blockers, about)
	}
}

// tell adds a warning.
func (p *planner) tell(code string, about Finding, format string, args ...any) {
	about.Code, about.Text = code, fmt.Sprintf(format, args...)
	p.plan.Warnings = append(p.plan.Warnings, about)
}

// checkRequest blocks a malformed request.
func (p *planner) checkRequest() {
	faults, _ := p.req.Check().(Faults)
	for _, f := range faults {
		p.block(BlockRequest, Finding{}, "%s: %s", f.Field, f.Problem)
	}
}

// guard blocks what no request makes possible: this leaver, by this actor, now.
func (p *planner) guard() {
	p.checkLeaver()
	p.checkActor()
}

// checkLeaver blocks when the leaver can't leave now.
func (p *planner) checkLeaver() {
	u := p.Leaver.User
	about := Finding{User: p.req.Leaver}
	switch {
	case u.ID == "" || u.ID != p.req.Leaver || u.Status == StatusNone:
		p.block(BlockLeaverUnknown, about, "no such user")
	case u.Status == StatusLeaving || u.Status == StatusDeleted:
		p.block(BlockLeaverGone, about, "is %s already", u.Status)
	}
	for _, r := range p.Runs {
		switch {
		case r.Leaver == p.req.Leaver:
			p.block(BlockRun, about, "run %s isn't finished: go on with it, or lift it", r.ID)
		case r.names(p.req.Leaver):
			p.block(BlockLeaverSucceeds, about, "is a successor in run %s, which isn't finished", r.ID)
		}
	}
	if u.Admin && u.ActiveAt(p.Now) && !p.OtherAdmin {
		p.block(BlockLastAdministrator, about, "is the last active administrator")
	}
}

// actor is who asks, as the guards of the Roster see them.
func (p *planner) actor() acting {
	if p.System != "" {
		return acting{Actor: System(p.System), now: p.Now}
	}
	return acting{Actor: As(p.Actor.User.ID), person: p.Actor, now: p.Now}
}

// checkActor blocks who may not delete the leaver (R8, R16, L14).
func (p *planner) checkActor() {
	by, about := p.actor(), Finding{User: p.Actor.User.ID}
	if by.IsSystem() {
		return
	}
	if !p.Actor.User.ActiveAt(p.Now) {
		p.block(BlockActorInactive, about, "only an active user may delete users")
	}
	if by.user != "" && by.user == p.req.Leaver {
		p.block(BlockSelf, about, "nobody deletes themselves")
	}
	if by.may(p.Schema, UsersDelete) != nil {
		p.block(BlockDenied, about, "needs %s", UsersDelete)
	}
	if p.Leaver.User.Admin && !by.admin() {
		p.block(BlockAdministrator, about, "only an administrator deletes an administrator")
	}
}
