package roster

import "slices"

// planMore plans what names the leaver after the fence (L17): the steps for what the surveys count now,
// under the request that was confirmed, and a blocker for everything that can't be disposed of so: what no
// rule covers, sources that can't be counted, and successors who are unfit by now. The guards of starting
// a deletion don't apply, and rights were handed on already.
//
// The request's rules from since on, and those that replace others, are new: whoever adds them is the snapshot's
// actor. They are held against what a plan's rules are held against: that their kinds, parts and records exist,
// and that whom they name may succeed at all. By no rule, new or confirmed before, may the actor come to see a
// record (R10).
func planMore(s Snapshot, req Request, since int, replaced ...int) ([]Step, []Finding) {
	p := newPlanner(s, req)
	p.late, p.fresh = true, func(i int) bool { return i >= since || slices.Contains(replaced, i) }
	p.disposeAll()
	p.checkRules()
	for i := range p.req.Rules {
		p.checkRule(i)
	}
	return p.plan.Steps, p.plan.Blockers
}

// checkRule blocks whom a new rule names and who can't be a successor, and a rule by which the actor would come
// to see records (R10): any that it may cover, for records that arrive later aren't asked about again. Records
// that a rule names are judged where they are.
func (p *planner) checkRule(i int) {
	rule := p.req.Rules[i]
	if p.fresh(i) {
		for _, id := range rule.To {
			p.fit(id)
		}
	}
	to := rule.To
	if rule.Do == ToHead {
		to = []UserID{p.Department.Head}
	}
	for _, st := range p.Stocks {
		for _, part := range p.parts(st.Kind, rule.Part) {
			if k, ok := p.match(st, part); !ok || k != i || st.Exempt != "" {
				continue
			}
			for _, id := range to {
				p.shows(st.Kind, part, p.Leaver.User, id)
			}
		}
	}
}

// parts are the parts that something about a part may cover, none included: that one, or for "" every one of
// the kind.
func (p *planner) parts(kind, part string) []string {
	parts := []string{part}
	if part == "" {
		k, _ := p.Schema.Kind(kind)
		for _, part := range k.Parts {
			parts = append(parts, part.Name)
		}
	}
	return parts
}
