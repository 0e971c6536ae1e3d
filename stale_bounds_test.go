package roster_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// TestL6_DriftForgivesArrivalsAlone holds digests that differ in more than arrivals of one kind against each other.
func TestL6_DriftForgivesArrivalsAlone(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		was, is []roster.Fact
		want    []string // the facts that are told
		why     string
	}{
		{"an arrival", []roster.Fact{{"deal records", "4"}}, []roster.Fact{{"deal records", "5"}}, nil, "one is allowed"},
		{"after another kind's", []roster.Fact{{"task records", "1"}, {"deal records", "4"}}, []roster.Fact{{"task records", "2"}, {"deal records", "5"}},
			[]string{"task records"}, "each kind by itself"},
		{"authorship besides", []roster.Fact{{"deal records", "4"}, {"deal authorship", "kept"}}, []roster.Fact{{"deal records", "5"}, {"deal authorship", "moved"}},
			[]string{"deal authorship"}, "what becomes of authors isn't about how many there are"},
		{"into two parts", []roster.Fact{{"deal records", "4"}, {"deal records in lost", "1"}, {"deal records in won", "1"}},
			[]roster.Fact{{"deal records", "5"}, {"deal records in lost", "2"}, {"deal records in won", "2"}},
			[]string{"deal records", "deal records in lost", "deal records in won"}, "one came and another moved"},
		{"no number", []roster.Fact{{"deal records", "many"}}, []roster.Fact{{"deal records", "1"}}, []string{"deal records"}, "it can't be told how many came"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := roster.Digest{Holdings: tc.was}.Check(roster.Digest{Holdings: tc.is}, map[string]int{"deal": 1})
			var stale *roster.StaleError
			errors.As(err, &stale)
			var got []string
			if stale != nil {
				for _, x := range stale.Changed {
					got = append(got, x.Name)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.why, diff)
			}
		})
	}
}

// TestL6_DigestsHoldWhatThePlanRestsOn looks for facts that must be there, and for those that must not.
func TestL6_DigestsHoldWhatThePlanRestsOn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	has := func(d roster.Digest, name string) bool {
		for _, f := range append(d.Store, d.Holdings...) {
			if strings.HasPrefix(f.Name, name) {
				return true
			}
		}
		return false
	}
	sc := newScene(t)
	plain := sc.plan().Digest
	is.True(!has(plain, "handed on to")) // nothing is
	sc.Runs = []roster.Run{{ID: "a", Leaver: "somebody"}, {ID: "b", Leaver: "boris"}}
	d := sc.plan().Digest
	is.True(has(d, "unfinished run b"))  // a successor is leaving
	is.True(!has(d, "unfinished run a")) // and that is nobody of the plan's
	sc = newScene(t)
	sc.Stocks[0].Survey.Responsible["new"] = 0
	is.True(sc.plan().Digest.Equal(plain)) // a part in which there is nothing is like one that isn't counted
}
