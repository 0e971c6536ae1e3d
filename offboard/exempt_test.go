package offboard_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// TestG1_AForgottenKindIsAFault takes kinds away one by one: none can be forgotten.
func TestG1_AForgottenKindIsAFault(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 0)
	all := exempt(f.Schema())
	for i, k := range all {
		_, err := offboard.New(f.Roster, append(append([]offboard.Kind(nil), all[:i]...), all[i+1:]...)...)
		var faults roster.Faults
		is.True(errors.As(err, &faults))
		is.Equal(faults, roster.Faults{{Field: "kinds", Problem: `"` + k.Name + `" is neither registered nor exempted`}})
	}
}

// TestG1_PlansTellWhatIsExempt sees an exemption in the plan, its text and its digest, and a run that doesn't
// take an exemption for a survey.
func TestG1_PlansTellWhatIsExempt(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	f := newFirm(t, 3)
	plan := f.assess(request())
	last := plan.Kinds[len(plan.Kinds)-1]
	is.Equal(last.Kind, "catalog")
	is.Equal(last.Exempt, "nobody owns one")
	is.True(strings.Contains(plan.String(), "Catalogues")) // by its title
	is.True(strings.Contains(plan.String(), "not counted: nobody owns one"))

	ruled := request()
	ruled.Rules = append(ruled.Rules, roster.Rule{Kind: "note", Do: roster.NoOwner})
	blocked, err := f.desk.Assess(t.Context(), roster.As("ada"), ruled)
	is.NoErr(err)
	is.Equal(blocked.Blockers[0].Code, roster.BlockRuleKind) // what isn't moved needs no rule

	records := f.records["note"]
	f.order, f.records["note"] = append(f.order, "note"), new(memstore.Records)
	_, err = f.newDesk(f.Roster).Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
	var stale *roster.StaleError
	is.True(errors.As(err, &stale)) // an exemption is among what was confirmed
	is.Equal(stale.Changed[0].String(), "note exempt: was nobody owns one, is gone")
	f.order, f.records["note"] = f.order[:len(f.order)-1], records

	run, err := f.desk.Start(t.Context(), roster.As("ada"), plan.Request, plan.Digest)
	is.NoErr(err)
	is.Equal(run.Kinds, f.order) // those that were counted
	other, err := offboard.New(f.Roster, exempt(f.Schema())...)
	is.NoErr(err)
	_, err = other.Work(t.Context(), run.ID, nil)
	is.True(errors.Is(err, roster.ErrState)) // a process that exempts what the run moves can't work on it
}

// TestL18_DeskAsksForWhatTheKindNeeds asks where an assignment is made.
func TestL18_DeskAsksForWhatTheKindNeeds(t *testing.T) {
	t.Parallel()
	f := newFirm(t, 0)
	for _, c := range []struct {
		name       string
		user       roster.UserID
		kind, part string
		want       bool
		why        string
	}{
		{"a seller", "sam", "deal", "won", true, "may view and edit deals"},
		{"a helper", "ben", "deal", "won", false, "may do neither"},
		{"a function", "ada", "integration", "", true, "an administrator may manage integrations"},
		{"without the function", "ben", "integration", "", false, "acting things need integrations:manage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			e, err := f.desk.MayReceive(t.Context(), c.user, c.kind, c.part)
			is.NoErr(err)
			is.Equal(e.Allowed, c.want) // see why
		})
	}
	is := is.New(t)
	for _, kind := range []string{"note", "ticket"} { // exempt, unknown
		_, err := f.desk.MayReceive(t.Context(), "sam", kind, "")
		is.True(errors.Is(err, roster.ErrInvalid))
	}
	schema, err := roster.NewSchema([]roster.Kind{{Name: "ticket", Actions: []roster.Action{{Name: "view"}, {Name: "answer"}}}}, nil)
	is.NoErr(err)
	r, err := roster.New(new(memstore.Store), schema, roster.Config{})
	is.NoErr(err)
	_, err = offboard.New(r, offboard.Kind{Name: "ticket", Holdings: new(memstore.Records)})
	is.True(errors.Is(err, roster.ErrInvalid)) // no edit: the host says what a successor needs
	_, err = offboard.New(r, offboard.Kind{Name: "ticket", Holdings: new(memstore.Records), Needs: []string{"answer"}})
	is.NoErr(err)
	_, err = offboard.New(r, offboard.Kind{Name: "ticket", Holdings: new(memstore.Records), Needs: []string{}})
	is.NoErr(err) // or that being active is enough
}
