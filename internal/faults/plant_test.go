//go:build unix

package faults_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// TestTheExperimentsFindPlantedFaults kills processes that have a fault: the verification must tell it, of tables whose
// triggers tell every move, and of plain ones that tell only who has what.
func TestTheExperimentsFindPlantedFaults(t *testing.T) {
	t.Parallel()
	k := &killer{random: rand.New(rand.NewPCG(1, 1))}
	k.open(t, place{Engine: sqlstore.PostgreSQL, DSN: pgtest.Database(t)})
	before, after := func(move int) point { return point{Call: "work Move", N: move} }, func(move int) point { return point{Call: "work Move", N: move, After: true} }
	lead, take, add := []string{"lead"}, (*firm).take, (*firm).add
	for _, tc := range []struct {
		name  string
		kinds []string
		plant string
		die   point
		hand  byHand // what happens before another process goes on
		want  string // a part of what is told
		why   string
	}{
		{"traced", traced, "", after(2), nil, "", "nothing is planted"},
		{"traced, blind", traced, "blind", after(2), nil, "was moved twice", "without compare-and-set doing it again moves again"},
		{"traced, late", traced, "late", after(2), nil, "moved, and the journal doesn't know", "the intent comes after the move"},
		{"traced, forgetful", traced, "forgetful", before(2), nil, "is open, and there are later ones", "results are lost"},
		{"traced, untold", traced, "untold", before(3), nil, "moved, and the journal doesn't know", "a record is left out"},
		{"traced, unfenced", traced, "unfenced", point{Call: "work Page", N: 1}, nil, "token 0 of the leaver is good: true; fenced: true", "the fence ends nothing"},
		{"plain", plain, "", after(2), nil, "", "nothing is planted"},
		{"plain, taken before it moved", plain, "", before(2), take, "", "compare-and-set leaves it with whom a person gave it to"},
		{"plain, taken after it moved", plain, "", after(2), take, "", "and so does doing it again"},
		{"plain, blind", plain, "blind", before(2), take, `was tom's and is "sam"'s`, "without compare-and-set a person's decision falls"},
		{"plain, blind again", plain, "blind", after(2), take, `was tom's and is "sam"'s`, "doing it again moves again"},
		{"plain, proud", plain, "proud", before(2), take, `it happened: false`, "what was left alone is told as moved"},
		{"plain, late", plain, "late", after(2), nil, "moved, and the journal doesn't know", "the intent comes after the move"},
		{"plain, forgetful", plain, "forgetful", before(2), nil, "is open, and there are later ones", "results are lost"},
		{"plain, untold", plain, "untold", before(3), nil, "moved, and the journal doesn't know", "a record is left out"},
		{"plain, greedy", plain, "greedy", after(2), nil, `'s and is "sam"'s`, "whatever is in the range moves, whoever has it"},
		{"plain, one more", plain, "", before(2), add, "", "what arrives amid a chunk is another one's"},
		{"plain, rash", plain, "rash", before(2), add, "moved, and the journal doesn't know", "what arrives amid a chunk moves with it"},
		{"lead", lead, "", after(2), nil, "", "nothing is planted"},
		{"lead, rash", lead, "rash", after(1), nil, "moved, and the journal doesn't know", "other parts in the range move as well"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k.Kinds = tc.kinds
			at, b := k.newFirm(t, tc.name)
			d := deletion{place: at, Chunk: chunk(), Plant: tc.plant, Die: tc.die}
			if killed, _ := run(t, d, -1); !killed {
				t.Fatal("the child wasn't killed")
			}
			_, first, err := k.look(t.Context(), t, at, b)
			must(t, err)
			if tc.hand != nil && !k.byHand(t, at, b, tc.hand) {
				t.Fatal("there was no record for that")
			}
			d.Life, d.Die = 1, point{Call: "bury Update", N: 1}
			if len(first) == 0 {
				run(t, d, -1)
			}
			_, second, err := k.look(t.Context(), t, at, b)
			must(t, err)
			said := strings.Join(append(first, second...), "\n")
			if tc.want == "" && said != "" || !strings.Contains(said, tc.want) {
				t.Errorf("told %q; want %q: %s", said[:min(len(said), 300)], tc.want, tc.why)
			}
		})
	}
}
