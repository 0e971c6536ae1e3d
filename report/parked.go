package report

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// Parked tells which runs wait for a person (L17).
type Parked struct {
	Made    time.Time       `json:"made"`           // Choice.Now
	About   string          `json:"about,omitzero"` // the department's name; empty: everybody
	Runs    List[ParkedRun] `json:"runs"`           // in the order in which they were started
	Working int             `json:"working"`        // unfinished runs that aren't parked
	Trail   bool            `json:"trail"`          // the trail was read; else ParkedRun.Since is zero throughout
}

// ParkedRun is a run that stopped.
type ParkedRun struct {
	Run      roster.RunID `json:"run"`
	Leaver   Person       `json:"leaver"`
	Sweep    bool         `json:"sweep"`             // it hands over what reached a deleted user
	Corrects roster.RunID `json:"corrects,omitzero"` // the run that it corrects (L15); empty: it is no correction
	Reason   string       `json:"reason"`            // why it stopped
	Started  time.Time    `json:"started"`
	Since    time.Time    `json:"since,omitzero"` // when it was parked; zero: the trail doesn't tell
	Moved    int          `json:"moved"`          // records handed over, of Count
	Count    int          `json:"count"`
}

// WhatIsParked tells which runs are parked, why and since when (W2, L17): a deletion keeps its leaver between
// leaving and deleted until somebody retries or lifts it, and any run keeps its successors from leaving. It
// needs users:manage; with trail:read it tells since when.
func WhatIsParked(ctx context.Context, r *roster.Roster, a roster.Actor, c Choice) (Parked, error) {
	d, err := newReader(ctx, r, a, c)
	if err != nil {
		return Parked{}, err
	}
	report := Parked{Made: d.Now, About: d.about(), Runs: List[ParkedRun]{Rows: []ParkedRun{}}}
	for run, err := range r.Runs().List(ctx, a, roster.RunFilter{Unfinished: true}) {
		if err == nil {
			err = report.add(d, run)
		}
		if err != nil {
			return Parked{}, err
		}
	}
	rows := map[string]*ParkedRun{}
	for i := range report.Runs.Rows {
		rows[string(report.Runs.Rows[i].Run)] = &report.Runs.Rows[i]
	}
	report.Trail, err = d.trail(roster.EventFilter{Verb: roster.VerbRunPark}, func(e roster.Event) {
		if row := rows[e.Object]; row != nil {
			row.Since = e.Time // the last one counts: it may have been retried meanwhile
		}
	})
	return report, err
}

// add counts an unfinished run.
func (x *Parked) add(d *reader, run roster.Run) error {
	leaver, err := d.user(run.Leaver)
	if err != nil || d.Department != "" && leaver.Department != d.Department {
		return err
	}
	if run.State != roster.RunParked {
		x.Working++
		return nil
	}
	if len(x.Runs.Rows) == d.Limit {
		x.Runs.More++
		return nil
	}
	row := ParkedRun{Run: run.ID, Leaver: d.person(leaver), Sweep: run.Sweep, Corrects: run.Correction.Run, Reason: run.Reason, Started: run.Started}
	for _, step := range run.Steps {
		row.Moved += step.Moved
		row.Count += step.Count
	}
	x.Runs.Rows = append(x.Runs.Rows, row)
	return nil
}

// String is the report for people.
func (x Parked) String() string {
	var b strings.Builder
	heading(&b, x.About, "Runs that wait for somebody: %s parked, %s at work", number(x.Runs.Len()), number(x.Working))
	t := table{head: []string{"Leaver", "Id", "What", "Since", "Moved", "Why", "Run"}, more: x.Runs.More}
	for _, run := range x.Runs.Rows {
		since := day(run.Since)
		if run.Since.IsZero() {
			since = "started " + day(run.Started)
		}
		t.row(cmp.Or(run.Leaver.Name, string(run.Leaver.ID)), run.Leaver.ID, run.what(), since, number(run.Moved)+" of "+number(run.Count), run.Reason, run.Run)
	}
	t.write(&b)
	if !x.Trail && x.Runs.Len() > 0 {
		b.WriteString("  Since when is in the trail, which needs trail:read.\n")
	}
	return b.String()
}

// what names the run's purpose.
func (p ParkedRun) what() string {
	switch {
	case p.Corrects != "":
		return "correction"
	case p.Sweep:
		return "sweep"
	}
	return "deletion"
}
