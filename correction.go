package roster

import (
	"fmt"
	"slices"
)

// Correction asks for records that a finished run moved to be moved again (L15): one, many, or all that the
// run moved. Only records that still are where that run put them move; what somebody decided since stands.
// Who wrote a record is left alone: a correction is about who answers for it.
type Correction struct {
	Run     RunID    `json:"run"`              // the finished run, a sweep or a correction too, whose moves are corrected
	Kind    string   `json:"kind,omitzero"`    // of this kind only; empty: every kind
	Records []string `json:"records,omitzero"` // these records of the kind only, 10,000 at most; empty: all
	From    UserID   `json:"from,omitzero"`    // only what went to this successor; empty: whoever got it, and what was left without an owner
	To      UserID   `json:"to"`               // who answers for them from now on
	Reason  string   `json:"reason,omitzero"`  // the actor's own words for the trail, ≤ 1,000 bytes; name no person in them
}

// Check lists everything malformed about c by field, "records[2]", as Faults; nil for nothing.
func (c Correction) Check() error {
	var f Faults
	f.check("run", idProblem(string(c.Run)))
	if c.Kind == "" && len(c.Records) > 0 {
		f.add("records", "need a kind")
	}
	if len(c.Records) > maxRecords {
		f.add("records", "%d: at most %d", len(c.Records), maxRecords)
	} else {
		c.checkRecords(&f)
	}
	if c.From != "" {
		f.check("from", idProblem(string(c.From)))
	}
	f.check("to", idProblem(string(c.To)))
	if c.To != "" && c.From == c.To {
		f.add("to", "has them already")
	}
	f.check("reason", textProblem(c.Reason, maxReason))
	return f.Err()
}

// checkRecords lists records that are missing or named twice.
func (c Correction) checkRecords(f *Faults) {
	first := make(map[string]int, len(c.Records))
	for i, id := range c.Records {
		if k, twice := first[id]; twice {
			f.add(fmt.Sprintf("records[%d]", i), "the same as records[%d]", k)
		} else if first[id] = i; id == "" {
			f.add(fmt.Sprintf("records[%d]", i), "missing")
		}
	}
}

// Of lists which ids of an entry of the corrected run's journal c is about: those that the entry moved, or
// may have moved when it was never finished. The entry's To is who has them, nobody when it is empty.
func (c Correction) Of(e Entry) []string {
	if e.Probe || e.Tie != Responsible || c.Kind != "" && c.Kind != e.Kind || c.From != "" && c.From != e.To {
		return nil
	}
	ids := e.Given()
	if len(c.Records) == 0 {
		return ids
	}
	named := make(map[string]bool, len(ids))
	for _, id := range ids {
		named[id] = false
	}
	for _, id := range c.Records { // there may be many more than ids, and as many entries
		if _, here := named[id]; here {
			named[id] = true
		}
	}
	return slices.DeleteFunc(ids, func(id string) bool { return !named[id] })
}

// Given lists the entry's ids without those that it left alone: what went to its To or, while it isn't done, may have.
func (e Entry) Given() []string {
	skipped := make(map[string]bool, len(e.Skipped))
	for _, s := range e.Skipped {
		skipped[s.ID] = true
	}
	var ids []string
	for _, id := range e.IDs {
		if !skipped[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// gave lists who has what c is about of a step of the corrected run; the empty id is nobody.
func (c Correction) gave(s Step) []Share {
	if s.Tie != Responsible || c.Kind != "" && c.Kind != s.Kind {
		return nil
	}
	all := slices.Clone(s.Shares)
	if len(all) == 0 {
		all = []Share{{Given: s.Moved}}
	}
	return slices.DeleteFunc(all, func(x Share) bool {
		// A step that isn't done belongs to a lifted run and may have moved what the journal doesn't tell.
		return x.To == c.To || c.From != "" && x.To != c.From || x.Given == 0 && s.Done
	})
}

// planCorrection plans what c moves again of what a run moved: a step for each kind and part, and a blocker
// for every reason why c.To may not receive it (L5), or why the actor may not give it (R10). The snapshot's
// People are c.To and whoever received records then; of its Stocks only kinds, needs and exemptions are looked
// at, for nothing is surveyed.
//
// Records may be in another part by now than when they were moved. What c.To may receive is asked again when
// each is moved; by no part of the kind may the actor gain sight.
func planCorrection(s Snapshot, run Run, c Correction) ([]Step, []Finding) {
	p := newPlanner(s, Request{})
	p.late = true
	p.fit(c.To)
	steps := []Step{}
	for _, was := range run.Steps {
		given := c.gave(was)
		if len(given) == 0 {
			continue
		}
		i := slices.IndexFunc(s.Stocks, func(st Stock) bool { return st.Kind == was.Kind && st.Exempt == "" })
		if i < 0 {
			p.block(BlockRuleKind, Finding{Kind: was.Kind}, "no such kind any more, or it is exempt")
			continue
		}
		p.receive(s.Stocks[i], was.Part, c.To)
		n := 0
		for _, x := range given {
			n += x.Given
			for _, part := range p.parts(was.Kind, "") {
				p.shows(was.Kind, part, s.People[x.To].User, c.To)
			}
		}
		k := slices.IndexFunc(steps, func(st Step) bool { return st.Kind == was.Kind && st.Part == was.Part })
		if k < 0 {
			k = len(steps)
			steps = append(steps, Step{Kind: was.Kind, Part: was.Part, Tie: Responsible, Do: GiveTo, Shares: []Share{{To: c.To}}})
		}
		if steps[k].Count += n; len(c.Records) > 0 {
			steps[k].Count = min(steps[k].Count, len(c.Records))
		}
		steps[k].Shares[0].Count = steps[k].Count
	}
	return steps, p.plan.Blockers
}
