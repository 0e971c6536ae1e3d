package offboard_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// handOnTexts are the rights of the random worlds, users:delete apart.
var handOnTexts = []string{
	"deal:view", "deal:view@won", "deal:view@new", "deal:edit", "deal:edit@won", "deal:export", "contact:view", "contact:edit", "reports:view", "users:manage",
}

// randomRights draws rights that the firm's schema takes.
func (f *firm) randomRights(rnd *rand.Rand, most int) roster.Rights {
	r := roster.Rights{}
	for range rnd.IntN(most + 1) {
		text := handOnTexts[rnd.IntN(len(handOnTexts))]
		scope := roster.Scope(1 + rnd.IntN(4))
		if f.Schema().Check(roster.Rights{text: scope}) == nil {
			r[text] = scope
		}
	}
	return r
}

// handOnWorld is a firm without records: "lea", who leaves, may delete users now and then, and is an
// administrator seldom; "una", "dua" and "tre" may succeed; "dora" may delete users and holds random rights.
func handOnWorld(t *testing.T, rnd *rand.Rand) *firm {
	f := newFirm(t, 0)
	for _, id := range []roster.RoleID{"r1", "r2", "r3"} {
		rights := f.randomRights(rnd, 8)
		if id == "r3" && rnd.IntN(3) == 0 {
			rights["users:delete"] = roster.All
		}
		f.system(roster.CreateRole{ID: id, Name: string(id), Rights: rights})
	}
	role := func() roster.RoleID { return []roster.RoleID{"", "", "r1", "r2", "r3"}[rnd.IntN(5)] }
	dept := func() roster.DepartmentID { return []roster.DepartmentID{"sales", "support"}[rnd.IntN(2)] }
	lea := roster.User{ID: "lea", Department: dept(), Role: role(), Rights: f.randomRights(rnd, 6), Admin: rnd.IntN(8) == 0}
	if rnd.IntN(4) == 0 {
		lea.Rights["users:delete"] = roster.All
	}
	f.hire(lea)
	for _, id := range []roster.UserID{"una", "dua", "tre"} {
		f.hire(roster.User{ID: id, Department: dept(), Role: role(), Rights: f.randomRights(rnd, 4)})
	}
	dora := f.randomRights(rnd, 14)
	if rnd.IntN(2) == 0 { // else her own rights stop nearly everything
		for _, text := range handOnTexts {
			if f.Schema().Check(roster.Rights{text: roster.All}) == nil {
				dora[text] = roster.All
			}
		}
	}
	dora["users:delete"] = roster.All
	f.hire(roster.User{ID: "dora", Department: "sales", Rights: dora})
	return f
}

// randomHandOn hands rights by name, all, the role, or both to one successor or several.
func randomHandOn(rnd *rand.Rand) (list []roster.HandOn) {
	for _, id := range []roster.UserID{"una", "dua", "tre"} {
		h := roster.HandOn{To: id, Role: rnd.IntN(2) == 0}
		for range rnd.IntN(3) {
			h.Rights = append(h.Rights, handOnTexts[rnd.IntN(len(handOnTexts))])
		}
		if rnd.IntN(3) == 0 {
			h.Rights = append(h.Rights, "*")
		}
		if rnd.IntN(20) == 0 {
			h.Rights = append(h.Rights, "users:delete")
		}
		if h.Role || len(h.Rights) > 0 {
			list = append(list, h)
		}
	}
	return list
}

// everybody reads all users.
func (f *firm) everybody() map[roster.UserID]roster.User {
	all := map[roster.UserID]roster.User{}
	for u, err := range f.Users(f.t.Context(), roster.System("test"), roster.UserFilter{Deleted: true}, "") {
		f.must(err)
		all[u.ID] = u
	}
	return all
}

// TestL11_TheFenceSetsWhatThePlanTold draws worlds and what is handed on in them. What the plan tells is what the
// fence sets, no more and no less; nobody's right reaches less far; users:delete and administrator status come to
// nobody; and what the actor doesn't cover is refused, with nothing changed.
func TestL11_TheFenceSetsWhatThePlanTold(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(11, 20))
	set, refused, several := 0, map[string]int{}, 0
	for n := range 600 {
		f := handOnWorld(t, rnd)
		actor := []roster.UserID{"ada", "dora"}[rnd.IntN(2)]
		req := roster.Request{Leaver: "lea", HandOn: randomHandOn(rnd)}
		before, could := f.everybody(), map[roster.UserID]*roster.Permissions{}
		for id := range before {
			p, err := f.Permissions(t.Context(), id)
			f.must(err)
			could[id] = p
		}
		plan, err := f.desk.Assess(t.Context(), roster.As(actor), req)
		f.must(err)
		_, err = f.desk.Start(t.Context(), roster.As(actor), plan.Request, plan.Digest)
		if len(plan.Blockers) > 0 {
			for _, code := range codes(plan.Blockers) {
				refused[code]++
			}
			if diff := cmp.Diff(before, f.everybody()); diff != "" || err == nil {
				t.Fatalf("world %d: %v is refused and changes something (-want +got):\n%s", n, plan.Blockers, diff)
			}
			continue
		}
		if err != nil {
			t.Fatalf("world %d: %v", n, err)
		}
		got := f.everybody()
		delete(got, "lea")
		delete(before, "lea")
		changed := gains(before, plan)
		if diff := cmp.Diff(before, got); diff != "" {
			t.Fatalf("world %d: the fence sets other rights than the plan told (-want +got):\n%s", n, diff)
		}
		if len(f.events(roster.VerbRightsHandOn)) != changed {
			t.Fatalf("world %d: %d events of %d people", n, len(f.events(roster.VerbRightsHandOn)), changed)
		}
		for id := range before {
			f.gainsNothingElse(n, actor, could, id)
		}
		if set += changed; changed > 1 {
			several++
		}
	}
	is := is.New(t)
	is.True(set > 200 && several > 50)               // enough was handed on, to several at once as well
	is.True(refused[roster.BlockHandOnExceeds] > 20) // R10 refused often enough,
	is.True(refused[roster.BlockHandOnDelete] > 20)  // and R17,
	is.True(refused[roster.BlockAdministrator] > 5)  // and L14
	for code := range refused {
		is.True(slices.Contains([]string{roster.BlockHandOnExceeds, roster.BlockHandOnDelete, roster.BlockAdministrator}, code)) // for no other reason
	}
}

// gains adds what a plan hands on to people, and counts whom it changes.
func gains(people map[roster.UserID]roster.User, plan roster.Plan) (n int) {
	for id, u := range people {
		rights, role := plan.HandOn[id], plan.Roles[id]
		if len(rights) == 0 && role == "" {
			continue
		}
		n++
		if u.Rights == nil {
			u.Rights = roster.Rights{}
		}
		maps.Copy(u.Rights, rights)
		if role != "" {
			u.Role = role
		}
		u.Version++
		people[id] = u
	}
	return n
}

// gainsNothingElse fails when somebody may do less than before, may delete users by it, or came to hold a right
// that the actor doesn't hold as far, department scope counting in the actor's own department only (R10).
func (f *firm) gainsNothingElse(n int, actor roster.UserID, could map[roster.UserID]*roster.Permissions, id roster.UserID) {
	f.t.Helper()
	after, err := f.Permissions(f.t.Context(), id)
	f.must(err)
	if lost := could[id].Exceeds(after); len(lost) > 0 {
		f.t.Fatalf("world %d: %s lost %v", n, id, lost)
	}
	for _, d := range after.Exceeds(could[id]) {
		right := f.Schema().MustRight(d.Right)
		at := fmt.Sprintf("world %d: %s gained %s from %s", n, id, d.Right, actor)
		if d.Right == "users:delete" {
			f.t.Fatal(at)
		}
		holds, gets := could[actor].Scope(right), after.Scope(right)
		if gets > holds || gets == roster.InDepartment && holds == roster.InDepartment && f.user(id).Department != f.user(actor).Department {
			f.t.Fatalf("%s: %s, who holds %s", at, gets, holds)
		}
	}
}

// TestL11_RightsMayHaveChangedSinceThePlan refuses a confirmation when what would be handed on is other by then.
func TestL11_RightsMayHaveChangedSinceThePlan(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]roster.Change{
		"the leaver's":    roster.SetRights{User: "leo", Rights: roster.Rights{"reports:view": roster.All}},
		"the successor's": roster.SetRights{User: "ben", Rights: roster.Rights{"deal:view": roster.All}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			f := newFirm(t, 3)
			req := request()
			req.HandOn = []roster.HandOn{{To: "ben", Role: true, Rights: []string{"*"}}}
			plan := f.assess(req)
			f.system(change)
			before := f.everybody()
			_, err := f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
			is.True(errors.Is(err, roster.ErrStale)) // it wasn't confirmed so
			is.Equal(cmp.Diff(before, f.everybody()), "")
		})
	}
}
