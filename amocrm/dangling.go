package amocrm

import (
	"cmp"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// Dangling counts the records of one kind whose responsible user isn't among the users imported:
// people who were deleted there, as a rule (A2). offboard.Desk.Sweep hands them over.
type Dangling struct {
	Kind  string        `json:"kind"`
	Owner roster.UserID `json:"owner"`
	Count int           `json:"count"`
}

// Dangling lists the owners who aren't among the users, as far as Records has read, by kind and id.
func (im *Import) Dangling() []Dangling {
	var all []Dangling
	for d, n := range im.dangling {
		d.Count = n
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b Dangling) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(len(a.Owner), len(b.Owner)), cmp.Compare(a.Owner, b.Owner))
	})
	return all
}
