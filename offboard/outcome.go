package offboard

import (
	"context"
	"fmt"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// maxSkips is how many of the records that a step left alone an Outcome names.
const maxSkips = 20

// Outcome is what became of a run, step by step, as its journal tells (G23).
type Outcome struct {
	Run     roster.Run    `json:"run"`
	Steps   []StepOutcome `json:"steps"`            // in the order of the run's steps
	Failing []Failing     `json:"failing,omitzero"` // acting things that didn't work when they were checked (L10), at their last check
}

// StepOutcome is what became of one step.
type StepOutcome struct {
	roster.Step
	Given map[roster.UserID]int `json:"given"`          // how many each successor received, or had already; "" for nobody
	Skips []roster.Skip         `json:"skips,omitzero"` // the first of those that were left alone, each with its reason; Step.Skipped counts all
	Open  int                   `json:"open,omitzero"`  // written down as intended, without a result yet
}

// Failing is an acting thing that failed its check after the hand-over.
type Failing struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Reason string `json:"reason"` // what the host told
}

// Outcome reads what became of a run so far, in memory that depends on its steps and failures, not on its
// records. It needs users:delete or users:manage.
func (d *Desk) Outcome(ctx context.Context, a roster.Actor, id roster.RunID) (Outcome, error) {
	run, err := d.runs.Find(ctx, a, id)
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Run: run, Steps: make([]StepOutcome, len(run.Steps))}
	for i, s := range run.Steps {
		o.Steps[i] = StepOutcome{Step: s, Given: map[roster.UserID]int{}}
	}
	for e, err := range d.runs.Journal(ctx, a, id) {
		if err != nil {
			return Outcome{}, err
		}
		if e.Step >= len(o.Steps) {
			continue // written after the run was read
		}
		o.add(e)
	}
	return o, nil
}

// add counts one entry.
func (o *Outcome) add(e roster.Entry) {
	s := &o.Steps[e.Step]
	switch {
	case e.Probe:
		o.probed(e)
	case !e.Done:
		s.Open += len(e.IDs)
	default:
		s.Given[e.To] += e.Moved + e.Already
		s.Skips = append(s.Skips, e.Skipped[:min(len(e.Skipped), maxSkips-len(s.Skips))]...)
	}
}

// probed replaces what an earlier check told of the same acting things.
func (o *Outcome) probed(e roster.Entry) {
	checked := map[string]bool{}
	for _, id := range e.IDs {
		checked[id] = true
	}
	kept := o.Failing[:0]
	for _, f := range o.Failing {
		if f.Kind != e.Kind || !checked[f.ID] {
			kept = append(kept, f)
		}
	}
	o.Failing = kept
	for _, skip := range e.Skipped {
		o.Failing = append(o.Failing, Failing{Kind: e.Kind, ID: skip.ID, Reason: skip.Reason})
	}
}

// String is the outcome as text: what became of the run, then a line for every step and every failure.
func (o Outcome) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Run %s of %s: %s", o.Run.ID, o.Run.Leaver, o.Run.State)
	if o.Run.Reason != "" {
		fmt.Fprintf(&b, " (%s)", o.Run.Reason)
	}
	b.WriteByte('\n')
	for _, s := range o.Steps {
		fmt.Fprintf(&b, "  %s\n", s)
		for _, skip := range s.Skips {
			fmt.Fprintf(&b, "    left alone: %s (%s)\n", skip.ID, skip.Reason)
		}
		if more := s.Skipped - len(s.Skips); more > 0 {
			fmt.Fprintf(&b, "    and %d more\n", more)
		}
	}
	for _, f := range o.Failing {
		fmt.Fprintf(&b, "  FAILS: %s %s: %s\n", f.Kind, f.ID, f.Reason)
	}
	return b.String()
}

// String is one step as a line: "done: deal in won: 300 to sid; 2 left alone".
func (s StepOutcome) String() string {
	var b strings.Builder
	switch {
	case s.Done:
		b.WriteString("done: ")
	case s.After != "" || s.Open > 0:
		b.WriteString("under way: ")
	default:
		b.WriteString("not begun: ")
	}
	b.WriteString(s.Kind)
	if s.Part != "" {
		b.WriteString(" in " + s.Part)
	}
	switch len(s.Records) {
	case 0:
	case 1:
		b.WriteString(" " + s.Records[0])
	default:
		fmt.Fprintf(&b, " %s and %d more", s.Records[0], len(s.Records)-1)
	}
	if s.Tie == roster.Author {
		b.WriteString(", authors")
	}
	b.WriteString(": " + s.given())
	if s.Skipped > 0 {
		fmt.Fprintf(&b, "; %d left alone", s.Skipped)
	}
	return b.String()
}

// given tells who received how many, in the order of the shares.
func (s StepOutcome) given() string {
	var parts []string
	for _, share := range s.Shares {
		parts = append(parts, fmt.Sprintf("%d to %s", s.Given[share.To], share.To))
	}
	if len(s.Shares) == 0 {
		what := "left without an owner"
		switch {
		case s.Do == roster.SwitchOff:
			what = "switched off"
		case s.Tie == roster.Author:
			what = "without an author"
		}
		parts = append(parts, fmt.Sprintf("%d %s", s.Given[""], what))
	}
	return strings.Join(parts, ", ")
}
