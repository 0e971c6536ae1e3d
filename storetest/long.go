package storetest

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// longCases are about much of something.
func longCases() []Case {
	return []Case{
		newCase("long lists", "A page has as many rows as were asked for, if there are so many; rows that are numbered come in the order "+
			"of the numbers; and a list after the last of all numbers is empty.", checkLongLists),
		newCase("long rows", "A row comes back whole, however long: a journal's entry holds ten thousand ids.", checkLongRows),
	}
}

// checkLongLists lists more rows than fit in one page, as large as the library asks for or larger.
func checkLongLists(x *exam) {
	for _, l := range listings() {
		if !l.plain && !l.ordinal {
			continue
		}
		page := 300
		if l.name == "tokens" {
			page = 1_000
		}
		want := make([]string, page+20)
		for i := range want {
			want[i] = fmt.Sprintf("%04d", i+1)
			if l.ordinal {
				want[i] = strconv.Itoa(i + 1)
			}
		}
		x.update("put "+l.name, func(tx roster.Tx) error {
			for _, key := range want {
				if err := l.put(tx, key, true); err != nil {
					return err
				}
			}
			return nil
		})
		x.view("list "+l.name, func(tx roster.Tx) error {
			got, err := l.list(tx, "", page)
			x.is("list "+l.name, err, nil)
			x.alike(l.name, got, want[:page])
			return nil
		})
	}
	x.view("after the last number", func(tx roster.Tx) error {
		events, err := tx.ListEvents(roster.EventFilter{}, math.MaxUint64, 1)
		x.is("events after the last number", err, nil)
		x.equal("events after the last number", len(events), 0)
		entries, err := tx.ListEntries("run", math.MaxInt, 1)
		x.is("entries after the last number", err, nil)
		x.equal("entries after the last number", len(entries), 0)
		entries, err = tx.ListEntries("run", -1, 1)
		x.is("entries after a number below zero", err, nil)
		x.equal("entries after a number below zero", len(entries), 1)
		return nil
	})
}

// alike wants two long lists to be equal and tells where they part.
func (x *exam) alike(what string, got, want []string) {
	if slices.Equal(got, want) {
		return
	}
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	x.errorf("%s: %d rows, of which the first %d are right; want %d", what, len(got), i, len(want))
}

// checkLongRows keeps the longest rows that a hand-over makes: a chunk of ten thousand ids, each as long
// as ids may be, and a run with a step for each of two thousand records.
func checkLongRows(x *exam) {
	entry, run := sampleEntry("1", 1), sampleRun("1", 1)
	entry.IDs, run.Steps = nil, nil
	for i := range 10_000 {
		entry.IDs = append(entry.IDs, fmt.Sprintf("%0128d", i))
	}
	for i := range 2_000 {
		run.Steps = append(run.Steps, full[roster.Step](i))
	}
	event := sampleEvent("1", 1)
	event.Reason = strings.Repeat("я", 500)
	x.update("put", func(tx roster.Tx) error {
		x.is("entry", tx.PutEntry(entry), nil)
		x.is("run", tx.PutRun(run), nil)
		return tx.AppendEvent(event)
	})
	x.view("look", func(tx roster.Tx) error {
		e, err := findEntry(tx, "1")
		x.is("entry", err, nil)
		x.whole("entry", e, entry)
		r, err := tx.Run("1")
		x.is("run", err, nil)
		x.whole("run", r, run)
		ev, err := findEvent(tx, "1")
		x.is("event", err, nil)
		x.whole("event", ev, event)
		return nil
	})
}

// whole wants a long row to be as it was put, without printing it.
func (x *exam) whole(what string, got, want any) {
	if !same(reflect.ValueOf(want), reflect.ValueOf(got)) {
		x.errorf("a long %s doesn't come back as it went in", what)
	}
}
