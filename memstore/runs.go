package memstore

import (
	"encoding/binary"

	"github.com/seed-8e8abc8d/roster"
)

// The groups that runs are listed by.
const (
	unfinished = "u"
	leaver     = "l" // and the user's id
)

func runGroups(r *roster.Run) []string {
	groups := append(make([]string, 0, 2), leaver+string(r.Leaver))
	if r.Unfinished() {
		groups = append(groups, unfinished)
	}
	return groups
}

func runOf(r *roster.Run) roster.Run { return r.Clone() }

func (t *tx) Run(id roster.RunID) (roster.Run, error) {
	return one(t, t.state.runs, string(id), runOf)
}

func (t *tx) PutRun(r roster.Run) error {
	if err := t.writing(); err != nil {
		return err
	}
	r = r.Clone()
	t.state.runs.put(t.number, string(r.ID), &r, runGroups)
	return nil
}

func (t *tx) ListRuns(f roster.RunFilter, after roster.RunID, limit int) ([]roster.Run, error) {
	rows := t.state.runs.all(string(after))
	switch {
	case f.Leaver != "":
		rows = t.state.runs.in(leaver+string(f.Leaver), string(after))
	case f.Unfinished:
		rows = t.state.runs.in(unfinished, string(after))
	}
	return list(t, rows, limit, func(r *roster.Run) bool { return f.Match(*r) }, runOf)
}

func (t *tx) PutEntry(e roster.Entry) error {
	if err := t.writing(); err != nil {
		return err
	}
	e = e.Clone()
	t.state.entries.set(t.number, join(string(e.Run), ordinal(e.N)), &e)
	return nil
}

func (t *tx) ListEntries(run roster.RunID, after int, limit int) ([]roster.Entry, error) {
	rows := func(yield func(*roster.Entry) bool) {
		t.state.entries.scan(join(string(run), ordinal(after)), func(_ string, e *roster.Entry) bool {
			return e.Run == run && yield(e)
		})
	}
	return list(t, rows, limit, every, func(e *roster.Entry) roster.Entry { return e.Clone() })
}

// ordinal is a key that sorts as n does.
func ordinal(n int) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(n)^1<<63))
}
