//go:build unix

package faults_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// TestTheExperimentsFindPlantedFaults kills processes that have a fault: the verification must tell it.
func TestTheExperimentsFindPlantedFaults(t *testing.T) {
	t.Parallel()
	k := &killer{random: rand.New(rand.NewPCG(1, 1))}
	k.open(t, place{Engine: sqlstore.PostgreSQL, DSN: pgtest.Database(t)})
	for _, tc := range []struct {
		plant string
		die   point
		want  string // a part of what is told
		why   string
	}{
		{"", point{Call: "work Move", N: 2, After: true}, "", "nothing is planted"},
		{"blind", point{Call: "work Move", N: 2, After: true}, "was moved twice", "without compare-and-set doing it again moves again"},
		{"late", point{Call: "work Move", N: 2, After: true}, "moved, and the journal doesn't know", "the intent comes after the move"},
		{"forgetful", point{Call: "work Move", N: 2}, "is open, and there are later ones", "results are lost"},
		{"untold", point{Call: "work Move", N: 3}, "moved, and the journal doesn't know", "a record is left out"},
		{"unfenced", point{Call: "work Page", N: 1}, "token 0 of the leaver is good: true; fenced: true", "the fence ends nothing"},
	} {
		t.Run(fmt.Sprintf("%q", tc.plant), func(t *testing.T) {
			at, b := k.newFirm(t, "planted"+tc.plant)
			d := deletion{place: at, Chunk: chunk(), Plant: tc.plant, Die: tc.die}
			if !run(t, d, -1) {
				t.Fatal("the child wasn't killed")
			}
			_, first, err := k.look(t.Context(), t, at, b)
			if err != nil {
				t.Fatal(err)
			}
			d.Life, d.Die = 1, point{Call: "bury Update", N: 1}
			if len(first) == 0 {
				run(t, d, -1)
			}
			_, second, err := k.look(t.Context(), t, at, b)
			if err != nil {
				t.Fatal(err)
			}
			told := strings.Join(append(first, second...), "\n")
			if tc.want == "" && told != "" || !strings.Contains(told, tc.want) {
				t.Errorf("told %q; want %q: %s", told[:min(len(told), 300)], tc.want, tc.why)
			}
		})
	}
}
