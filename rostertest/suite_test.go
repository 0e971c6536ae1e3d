package rostertest_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster/rostertest"
)

// faults says what is wrong with holdings that break the promise of each case, and which other cases
// rest on the same promise.
var faults = []struct {
	name, fault string
	also        []string
}{
	{"counts are exact", "authored counts only what the author is responsible for", nil},
	{"counts follow every change", "counts are kept until the next move, whatever the host itself changes", nil},
	{"users are told apart", "users are compared without letter case", nil},
	{"parts are told apart", "parts are counted without letter case", nil},
	{"counts may be large", "what is authored is counted up to a limit", nil},
	{"unknown is never zero", "a closed source has nothing, and no error", nil},
	{"fingerprints tell sets apart", "the fingerprint is the count", nil},
	{"pages in one order", "ids that are numbers come in the order of numbers, though the source says otherwise", nil},
	{"a page of some", "the ids that are asked for are ignored", nil},
	{"pages are complete", "the part is chosen after the limit", nil},
	{"pages may be long", "no page has more than five hundred records", nil},
	{"pages while records move", "a page begins after as many records as were listed, not after a key", []string{"a page of some", "pages are complete"}},
	{"a page tells owner and part", "pages of all parts tell no part", nil},
	{"ids are kept as they are", "ids are trimmed", nil},
	{"records of nobody", "nobody is NULL, which equals nothing: pages of nobody are empty", nil},
	{"deleted records are gone", "a move doesn't look at the mark of deletion", nil},
	{"a move compares and sets", "a move sets without comparing", []string{
		"users are told apart", "responsible and author are two ties", "nobody is an owner like another", "of two movers one wins", "acting things are switched off",
	}},
	{"results come in the order of the ids", "results come in the order of the database", nil},
	{"a second move changes nothing", "a move that finds everything there already is an error, as no row was affected", nil},
	{"an id twice", "an id that is in the order twice gets one result", nil},
	{"no ids", "an order without ids is a syntax error", nil},
	{"a part decides nothing", "a move looks for the records in the part of the order alone", nil},
	{"a move may be large", "an order has as many ids as the database takes parameters", nil},
	{"responsible and author are two ties", "moving one moves the other", nil},
	{"a move changes nothing else", "a move opens what was closed", nil},
	{"nobody is an owner like another", "nobody is NULL, which equals nothing: what is nobody's already is told as elsewhere", nil},
	{"of two movers one wins", "a move looks, and writes later", nil},
	{"a context that is done", "contexts are ignored", nil},
	{"a context that ends", "a move whose context ends returns what it has, and no error", nil},
	{"acting things are switched off", "switching off is forgotten", nil},
	{"acting things are probed one by one", "only what fails is told", nil},
}

// TestHoldings_EachFaultIsCaughtByItsOwnCase runs the whole suite on one broken kind after another: each is
// caught by the case that it was broken for, and by no other but those that rest on the same promise.
func TestHoldings_EachFaultIsCaughtByItsOwnCase(t *testing.T) {
	t.Parallel()
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			var caught []string
			for _, p := range rostertest.Promises() {
				lacks, wrong := p.Check(t.Context(), newModel(f.name).source())
				if lacks != "" {
					t.Errorf("%s isn't tried: no %s", p.Name, lacks)
				}
				if wrong != nil {
					caught = append(caught, p.Name)
					t.Logf("%s: %.600s", p.Name, wrong)
				}
			}
			want := append([]string{f.name}, f.also...)
			slices.Sort(want)
			slices.Sort(caught)
			if diff := cmp.Diff(want, caught); diff != "" {
				t.Errorf("cases that catch %q (-want +got):\n%s", f.fault, diff)
			}
		})
	}
}

// TestHoldings_EveryCaseIsProved wants a fault for each case of the suite.
func TestHoldings_EveryCaseIsProved(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, p := range rostertest.Promises() {
		want = append(want, p.Name)
		if p.Rule == "" {
			t.Errorf("%s has no rule", p.Name)
		}
	}
	for _, f := range faults {
		got = append(got, f.name)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cases with a fault (-want +got):\n%s", diff)
	}
}

// TestHoldings_AcceptsTheModel runs the suite on the model without a fault.
func TestHoldings_AcceptsTheModel(t *testing.T) {
	t.Parallel()
	rostertest.Holdings(t, func(*testing.T) rostertest.Source { return newModel("").source() })
}

// TestHoldings_AcceptsMemstore runs the suite on the reference.
func TestHoldings_AcceptsMemstore(t *testing.T) {
	t.Parallel()
	rostertest.Holdings(t, func(*testing.T) rostertest.Source { return inMemory() })
}

// inMemory is the reference as a Source that can be broken.
func inMemory() rostertest.Source {
	w := &warped{}
	return rostertest.Source{
		Holdings: w, Put: w.Put, Find: w.Find, Delete: w.Delete, Acting: true,
		Break: func() { w.broken = true },
	}
}
