package roster_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/seed-8e8abc8d/roster"
)

// workload is what the peers were measured with: 8 kinds × 5 actions, scopes at random (35 % denied,
// 20 % own, 20 % department, 25 % all), and for every tenth user 4 individual rights that differ from
// the role's.
type workload struct {
	schema *roster.Schema
	texts  []string       // of the 40 rights, by number
	rights []roster.Right // the same, compiled
	roles  []rights
	users  []roster.Grants
	roleOf []int // by user: place in roles
	ring   []request
}

// request is one question, in numbers for the floor and compiled for the library.
type request struct {
	user, number int
	right        roster.Right
	rel          roster.Relation
}

// ringMask keeps a counter inside the ring, so that large sets run on cold caches.
const ringMask = 1<<16 - 1

func newWorkload(tb testing.TB, users, roles int) *workload {
	tb.Helper()
	rnd := rand.New(rand.NewPCG(1, uint64(users)))
	w := &workload{}
	var kinds []roster.Kind
	for k := range 8 {
		kind := roster.Kind{Name: fmt.Sprintf("kind%d", k)}
		for _, a := range []string{"view", "edit", "create", "delete", "export"} {
			kind.Actions = append(kind.Actions, roster.Action{Name: a})
			w.texts = append(w.texts, kind.Name+":"+a)
		}
		kinds = append(kinds, kind)
	}
	var err error
	if w.schema, err = roster.NewSchema(kinds, nil); err != nil {
		tb.Fatal(err)
	}
	for _, text := range w.texts {
		w.rights = append(w.rights, w.schema.MustRight(text))
	}
	for range roles {
		role := rights{}
		for _, text := range w.texts {
			role[text] = anyScope(rnd)
		}
		w.roles = append(w.roles, role)
	}
	for i := range users {
		w.roleOf = append(w.roleOf, rnd.IntN(roles))
		w.users = append(w.users, roster.Grants{Role: w.roles[w.roleOf[i]], Individual: w.individual(rnd, i)})
	}
	for range ringMask + 1 {
		n := rnd.IntN(len(w.rights))
		w.ring = append(w.ring, request{rnd.IntN(users), n, w.rights[n], roster.Relation(rnd.IntN(3))})
	}
	return w
}

// anyScope is a scope at random, as often as the workload wants it.
func anyScope(rnd *rand.Rand) roster.Scope {
	switch n := rnd.IntN(100); {
	case n < 35:
		return denied
	case n < 55:
		return own
	case n < 75:
		return dept
	}
	return all
}

// individual is the rights of user i: 4 that differ from the role's for every tenth user.
func (w *workload) individual(rnd *rand.Rand, i int) rights {
	if i%10 != 0 {
		return nil
	}
	role, individual := w.roles[w.roleOf[i]], rights{}
	for len(individual) < 4 {
		text := w.texts[rnd.IntN(len(w.texts))]
		if s := anyScope(rnd); s != role[text] {
			individual[text] = s
		}
	}
	return individual
}

// permissions resolves every user; those who have only their role share one.
func (w *workload) permissions() []*roster.Permissions {
	shared := make([]*roster.Permissions, len(w.roles))
	for i, role := range w.roles {
		shared[i] = roster.Resolve(w.schema, roster.Grants{Role: role})
	}
	list := make([]*roster.Permissions, len(w.users))
	for i, g := range w.users {
		if list[i] = shared[w.roleOf[i]]; g.Individual != nil {
			list[i] = roster.Resolve(w.schema, g)
		}
	}
	return list
}

// integers is the floor: a flat table of two bits a right, two words a user.
func (w *workload) integers() []uint64 {
	table := make([]uint64, 2*len(w.users))
	for i, g := range w.users {
		put(table[2*i:2*i+2], w.texts, g)
	}
	return table
}

// put writes a user's rights into two words.
func put(words []uint64, texts []string, g roster.Grants) {
	for n, text := range texts {
		s := g.Individual[text]
		if s == roster.Unset {
			s = g.Role[text]
		}
		words[n/32] |= uint64(s-denied) << (n % 32 * 2)
	}
}

// allowed answers from a table of two bits a right.
func allowed(words []uint64, number int, rel roster.Relation) bool {
	bits := words[number/32] >> (number % 32 * 2) & 3
	return 0b111_110_100_000>>(bits*3+uint64(rel))&1 == 1 // no branches: a fair floor
}

// records is the list that W4 filters, each with its owner's department.
func (w *workload) records(n int) []roster.Record {
	rnd := rand.New(rand.NewPCG(2, uint64(n)))
	list := make([]roster.Record, n)
	for i := range list {
		owner := rnd.IntN(len(w.users))
		list[i] = roster.Record{
			ID:         fmt.Sprint("r", i),
			Owner:      roster.UserID(fmt.Sprint("u", owner)),
			Department: roster.DepartmentID(fmt.Sprint("d", owner%20)),
		}
	}
	return list
}

// oneMap is the one-map floor: a Go map by user id to a table of two bits a right, shared with the role
// where a user has no own rights.
func oneMap(w *workload, ids []roster.UserID) map[roster.UserID]*[2]uint64 {
	shared := make([]*[2]uint64, len(w.roles))
	for i, role := range w.roles {
		shared[i] = new([2]uint64)
		put(shared[i][:], w.texts, roster.Grants{Role: role})
	}
	m := map[roster.UserID]*[2]uint64{}
	for i, g := range w.users {
		if m[ids[i]] = shared[w.roleOf[i]]; g.Individual != nil {
			m[ids[i]] = new([2]uint64)
			put(m[ids[i]][:], w.texts, g)
		}
	}
	return m
}
