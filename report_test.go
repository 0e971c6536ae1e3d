package roster_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/report"
)

// opened is when random people are looked at.
var opened = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// staffed is a roster of random people over a random schema, with what each one's rights come from.
func staffed(t *testing.T, seed uint64) (*roster.Roster, world, []roster.User, map[roster.UserID]roster.Grants) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(21, seed))
	w := world{kinds: []roster.Kind{randomKind(rnd, "kind0"), randomKind(rnd, "kind1")}}
	var err error
	if w.schema, err = roster.NewSchema(w.kinds, nil); err != nil {
		t.Fatal(err)
	}
	r, err := roster.New(new(memstore.Store), w.schema, roster.Config{Now: func() time.Time { return opened }, Hasher: cheap{}})
	if err != nil {
		t.Fatal(err)
	}
	known := func(set rights) rights {
		for text, s := range set {
			if w.schema.Check(rights{text: s}) != nil {
				delete(set, text)
			}
		}
		return set
	}
	changes := []roster.Change{roster.CreateDepartment{ID: "d", Name: "D"}, roster.CreateDepartment{ID: "e", Name: "E"}}
	roles := []rights{nil, known(w.randomRights(rnd, 2)), known(w.randomRights(rnd, 3))}
	for i, set := range roles[1:] {
		changes = append(changes, roster.CreateRole{ID: roster.RoleID(fmt.Sprint("role", i+1)), Name: "Role", Rights: set})
	}
	var users []roster.User
	grants := map[roster.UserID]roster.Grants{}
	for i := range 12 {
		u := roster.User{ID: roster.UserID(fmt.Sprintf("u%02d", i)), FirstName: "U", Department: []roster.DepartmentID{"d", "e"}[i%2], Admin: rnd.IntN(8) == 0,
			Rights: known(w.randomRights(rnd, 5)), Status: []roster.Status{roster.StatusActive, roster.StatusActive, roster.StatusInactive, roster.StatusInvited}[rnd.IntN(4)]}
		if n := rnd.IntN(len(roles)); n > 0 {
			u.Role, grants[u.ID] = roster.RoleID(fmt.Sprint("role", n)), roster.Grants{Admin: u.Admin, Individual: u.Rights, Role: roles[n]}
		} else {
			grants[u.ID] = roster.Grants{Admin: u.Admin, Individual: u.Rights}
		}
		if rnd.IntN(6) == 0 {
			u.EndDate = opened // the account ends now
		}
		users = append(users, u)
		changes = append(changes, roster.ImportUser{User: u})
	}
	if _, err := r.Apply(t.Context(), roster.System("test"), changes...); err != nil {
		t.Fatal(err)
	}
	return r, w, users, grants
}

// TestR14_W2_WhoHoldsAndCanEqualTheOracle asks who holds a right, and whether each one may, of random people.
func TestR14_W2_WhoHoldsAndCanEqualTheOracle(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		r, w, users, grants := staffed(t, seed)
		acts := func(u roster.User) bool { return u.Status == roster.StatusActive && u.EndDate.IsZero() }
		for q := range w.points() {
			want, got := map[roster.UserID]roster.Scope{}, map[roster.UserID]roster.Scope{}
			for _, u := range users {
				if scope := oracle(grants[u.ID], q.kind, q.action, q.part); acts(u) && scope > roster.Denied {
					want[u.ID] = scope
				}
			}
			holders, err := report.WhoHolds(t.Context(), r, roster.System("report"), q.text, report.Choice{Now: opened})
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range holders.Users.Rows {
				if h.CanAct {
					got[h.ID] = h.Scope
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d: who holds %s (-want +got):\n%s", seed, q.text, diff)
			}
			for _, u := range users {
				rec := roster.Record{Owner: "u00", Department: "d", Part: q.part}
				want := acts(u) && covers(oracle(grants[u.ID], q.kind, q.action, q.part), roster.Relate(u.ID, u.Department, rec))
				if d, err := r.Can(t.Context(), u.ID, w.schema.MustRight(q.kind.Name+":"+q.action), rec); err != nil || d.Allowed != want {
					t.Fatalf("seed %d: may %s %s: %v %v, want %v", seed, u.ID, q.text, d, err, want)
				}
			}
		}
	}
}

// TestW2_ReportsAreListsWithFilters makes each report from what the library lists.
func TestW2_ReportsAreListsWithFilters(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.system(roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{"deal:view": roster.All}})
	o.hire("ben", "sales", roster.Rights{"deal:view": roster.Own})
	o.hire("cleo", "sales", nil)
	o.hire("dan", "support", nil)
	free, until := true, o.clock.now().Add(48*time.Hour)
	o.system(roster.SetRole{User: "ben", Role: "seller"}, roster.GrantDeleteUsers{User: "cleo"}, roster.Deactivate{User: "dan"},
		roster.EditUser{User: "ben", Free: &free, EndDate: &until})
	o.clock.forward(24 * time.Hour)
	since := o.clock.now()
	o.signIn("cleo")
	o.clock.forward(48 * time.Hour)
	users := func(f roster.UserFilter, also func(roster.User) bool) (ids []roster.UserID) {
		for u, err := range o.Users(t.Context(), roster.As("ada"), f, "") {
			is.NoErr(err)
			if also == nil || also(u) {
				ids = append(ids, u.ID)
			}
		}
		return ids
	}
	is.Equal(users(roster.UserFilter{SeenBefore: since}, nil), []roster.UserID{"ada", "ben", "dan"})                 // not seen since, never seen included
	is.Equal(users(roster.UserFilter{EndedBy: o.clock.now()}, nil), []roster.UserID{"ben"})                          // past their end date and not deleted
	is.Equal(users(roster.UserFilter{}, roster.User.HoldsSeat), []roster.UserID{"ada", "cleo", "dan"})               // paid seats
	is.Equal(users(roster.UserFilter{Seat: roster.FreeSeat}, nil), []roster.UserID{"ben"})                           // free ones
	is.Equal(users(roster.UserFilter{Status: roster.StatusInactive}, roster.User.HoldsSeat), []roster.UserID{"dan"}) // what deleting the inactive would free

	p, err := o.Profile(t.Context(), roster.As("ada"), "ben")
	is.NoErr(err)
	role := roster.Resolve(o.schema, roster.Grants{Role: p.Role.Rights})
	his := roster.Resolve(o.schema, roster.Grants{Individual: p.User.Rights, Role: p.Role.Rights})
	differs := slices.Collect(func(yield func(string) bool) {
		for _, d := range role.Difference(his) {
			if !yield(fmt.Sprint(d.Right, " ", d.From, " ", d.To)) {
				return
			}
		}
	})
	is.Equal(differs, []string{"deal:view all own"}) // individual rights that differ from the role
}
