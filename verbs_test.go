package roster_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster"
)

// ask asks which verbs an actor may use on users.
func (o *office) ask(a roster.Actor, ids ...roster.UserID) []roster.UserVerbs {
	o.t.Helper()
	all, err := o.Verbs(o.t.Context(), a, ids...)
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

// agrees wants a verdict to be what trying the changes, one by one, comes to.
func (w *walker) agrees(a roster.Actor, id roster.UserID, v roster.Verdict, changes ...roster.Change) {
	w.t.Helper()
	for _, c := range changes {
		if _, err := w.Preview(w.t.Context(), a, c); cause(err) != fmt.Sprint(v.Err) {
			w.t.Fatalf("L27: %s on %s, %s %s: verdict %v, but %T%+v: %v", a, id, v.Verb, v.Field, v.Err, c, c, cause(err))
		}
	}
}

// refuses wants a verdict that refuses to be what trying any of the changes comes to, and one that allows
// to leave them to be judged by their result.
func (w *walker) refuses(a roster.Actor, id roster.UserID, v roster.Verdict, changes ...roster.Change) {
	w.t.Helper()
	if !v.Allowed {
		w.agrees(a, id, v, changes...)
		return
	}
	for _, c := range changes {
		_, err := w.Preview(w.t.Context(), a, c)
		d, denied := errors.AsType[*roster.Denial](err)
		if errors.Is(err, roster.ErrState) || errors.Is(err, roster.ErrNotFound) || denied && slices.Contains([]string{
			roster.DenyRight, roster.DenyInactive, roster.DenyNoActor, roster.DenyPersonAdministrator, roster.DenyNotAdministrator}, d.Reason) {
			w.t.Fatalf("L27: %s on %s, %s %s: allowed, but %T%+v: %v", a, id, v.Verb, v.Field, c, c, err)
		}
	}
}

// verdicts holds what an actor is told of a user against trying it; the actor's kinds of refusal are noted.
func (w *walker) verdicts(a roster.Actor, now standings, told roster.UserVerbs, seen map[string]int) {
	w.t.Helper()
	id, u := told.User, now.Users[told.User]
	other := roster.DepartmentID("sales")
	if u.Department == other {
		other = "support"
	}
	date := time.Time{}
	if u.EndDate.IsZero() {
		date = w.clock.now().AddDate(100, 0, 0)
	}
	absent := roster.Rights{}
	for _, right := range []string{"trail:read", "users:manage", "deal:edit", "contact:view"} {
		if _, ok := u.Rights[right]; !ok {
			absent = roster.Rights{right: roster.Unset}
		}
	}
	for _, v := range told.Verbs {
		seen[fmt.Sprint(v.Verb, " ", v.Field, " ", v.Reason)]++
		switch v.Verb {
		case roster.VerbUserEdit:
			switch v.Field {
			case "":
				w.agrees(a, id, v, roster.EditUser{User: id, FirstName: new("Another")}, roster.EditUser{User: id, Free: new(!u.Free)})
			case "email":
				w.agrees(a, id, v, roster.EditUser{User: id, Email: new("another@example.net")})
			case "identity":
				w.agrees(a, id, v, roster.EditUser{User: id, Identity: &roster.Identity{Issuer: "another", Subject: "one"}})
			case "department":
				w.refuses(a, id, v, roster.EditUser{User: id, Department: &other})
			case "end_date":
				w.agrees(a, id, v, roster.EditUser{User: id, EndDate: &date})
			}
		case roster.VerbRoleGive:
			w.agrees(a, id, v, roster.SetRole{User: id, Role: u.Role})
			for role := range now.Roles {
				w.refuses(a, id, v, roster.SetRole{User: id, Role: role}, roster.SetRole{User: id})
			}
		case roster.VerbRightsSet:
			w.agrees(a, id, v, roster.SetRights{User: id, Rights: absent})
			w.refuses(a, id, v, roster.SetRights{User: id, Rights: roster.Rights{"deal:view": roster.All}})
		case roster.VerbUserDeactivate:
			w.agrees(a, id, v, roster.Deactivate{User: id})
		case roster.VerbUserReactivate:
			w.agrees(a, id, v, roster.Reactivate{User: id})
		case roster.VerbUserDelete: // tried by fences
		case roster.VerbAdminGrant:
			w.agrees(a, id, v, roster.GrantAdministrator{User: id})
		case roster.VerbAdminWithdraw:
			w.agrees(a, id, v, roster.WithdrawAdministrator{User: id})
		case roster.VerbDeleteGrant:
			w.agrees(a, id, v, roster.GrantDeleteUsers{User: id})
		case roster.VerbDeleteWithdraw:
			w.agrees(a, id, v, roster.WithdrawDeleteUsers{User: id})
		case roster.VerbLetterQueue:
			w.agrees(a, id, v, roster.SendActivation{User: id})
		case roster.VerbPasswordReset:
			w.agrees(a, id, v, roster.SendReset{User: id})
		case roster.VerbTokenIssue:
			_, err := w.Issue(w.t.Context(), a, roster.TokenOrder{User: id, Kind: roster.TokenSession})
			w.same(a, id, v, err)
		case roster.VerbTokenRevoke:
			w.same(a, id, v, w.Revoke(w.t.Context(), a, roster.RevokeOrder{User: id, Token: "none"}))
		default:
			w.t.Fatalf("L27: what is %s?", v.Verb)
		}
	}
}

// same wants a verdict to be err.
func (w *walker) same(a roster.Actor, id roster.UserID, v roster.Verdict, err error) {
	w.t.Helper()
	if cause(err) != fmt.Sprint(v.Err) {
		w.t.Fatalf("L27: %s on %s, %s: verdict %v, but trying gives %v", a, id, v.Verb, v.Err, cause(err))
	}
}

// fences starts the deletion, for nothing is in its way but the guards, and lifts it again.
func (w *walker) fences(a roster.Actor, id roster.UserID, v roster.Verdict) {
	w.t.Helper()
	req, by := roster.Request{Leaver: id}, a
	if _, denied := errors.AsType[*roster.Denial](v.Err); denied {
		by = roster.System("plan") // who lacks the right gets no digest
	}
	snap, err := w.Runs().Snapshot(w.t.Context(), by, req)
	if err != nil {
		w.t.Fatal(err)
	}
	none := func(context.Context) ([]roster.Stock, error) { return nil, nil }
	run, err := w.Runs().Fence(w.t.Context(), a, req, none, roster.PlanHandover(snap, req).Digest)
	w.same(a, id, v, err)
	if err != nil {
		return
	}
	if _, err := w.Runs().Lift(w.t.Context(), roster.System("walk"), run.ID, "only looking"); err != nil {
		w.t.Fatal(err)
	}
	if snap.Leaver.User.Status == roster.StatusActive {
		w.system(roster.Reactivate{User: id})
	}
}

// furnish adds who isn't in a walk otherwise: a leaver whose unfinished run names a successor, somebody
// deleted, and two without an address, one of whom signs in elsewhere.
func (w *walker) furnish() {
	w.hire("leo", "sales", roster.Rights{"deal:view": roster.All})
	w.hire("ghost", "sales", nil)
	w.system(
		roster.ImportUser{User: roster.User{ID: "bare", FirstName: "B", Department: "support", Status: roster.StatusInvited}},
		roster.ImportUser{User: roster.User{ID: "elsewhere", FirstName: "E", Department: "sales", Status: roster.StatusActive, Identity: roster.Identity{Issuer: "e", Subject: "1"}}},
	)
	err := w.store.Update(w.t.Context(), func(tx roster.Tx) error {
		u, err := tx.User("ghost")
		u.Status = roster.StatusDeleted
		return errors.Join(err, tx.PutUser(u))
	})
	if err != nil {
		w.t.Fatal(err)
	}
	req := roster.Request{Leaver: "leo", HandOn: []roster.HandOn{{To: "ben", Rights: []string{"*"}}}}
	snap, err := w.Runs().Snapshot(w.t.Context(), roster.System("walk"), req)
	if err != nil {
		w.t.Fatal(err)
	}
	none := func(context.Context) ([]roster.Stock, error) { return nil, nil }
	if _, err := w.Runs().Fence(w.t.Context(), roster.System("walk"), req, none, roster.PlanHandover(snap, req).Digest); err != nil {
		w.t.Fatal(err)
	}
}

// TestL27_VerdictsAgreeWithTrying asks which verbs everybody may use on everybody in random accounts, and
// tries each.
func TestL27_VerdictsAgreeWithTrying(t *testing.T) {
	t.Parallel()
	ids := append(slices.Clone(walkers), "leo", "ghost", "bare", "elsewhere", "nobody")
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := &walker{office: newOffice(t), rand: rand.New(rand.NewPCG(seed, 27))}
			for _, id := range walkers[1:4] {
				w.hire(id, pick[roster.DepartmentID](w.rand, "sales", "support"), w.rights())
			}
			w.system(roster.CreateRole{ID: "r1", Name: "R", Rights: w.rights()}, roster.CreateRole{ID: "r2", Name: "R", Rights: w.rights()})
			w.furnish()
			seen := map[string]int{}
			for n := range 40 {
				if n%8 == 0 {
					w.managers()
				}
				w.step()
				a := pick(w.rand, roster.As(pick(w.rand, walkers...)), roster.As("max"), roster.As("ada"), roster.System("ask"), roster.Actor{})
				before := w.look()
				told := w.ask(a, ids...)
				if diff := cmp.Diff(before, w.look()); diff != "" {
					t.Fatalf("asking changed (-want +got):\n%s", diff)
				}
				for _, u := range told {
					w.verdicts(a, before, u, seen)
				}
				one := pick(w.rand, ids...)
				w.fences(a, one, w.ask(a, one)[0].Verdict(roster.VerbUserDelete, ""))
			}
			if len(seen) < 120 {
				t.Errorf("only %d kinds of verdict were met: %v", len(seen), seen)
			}
		})
	}
}

// BenchmarkVerbs asks about as many users as one call answers for.
func BenchmarkVerbs(b *testing.B) {
	r := firm()
	ids := make([]roster.UserID, 100)
	for i := range ids {
		ids[i] = roster.UserID(fmt.Sprintf("u%02d", i))
		if _, err := r.Apply(b.Context(), roster.System("bench"), roster.ImportUser{User: roster.User{
			ID: ids[i], FirstName: "U", Department: "sales", Rights: sellers, Status: roster.StatusActive}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Verbs(b.Context(), roster.As("ada"), ids...); err != nil {
			b.Fatal(err)
		}
	}
}
