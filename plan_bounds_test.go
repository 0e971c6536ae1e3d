package roster_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster"
)

// TestL11_EachSuccessorIsJudgedByThemselves hands rights on to several, of whom one can't have them or gains
// nothing: the others do all the same.
func TestL11_EachSuccessorIsJudgedByThemselves(t *testing.T) {
	t.Parallel()
	all := []string{"*"}
	gains := roster.Rights{"mail:use": roster.All}
	for _, tc := range []struct {
		name  string
		first roster.HandOn
		scene func(*scene)
		want  map[roster.UserID]roster.Rights
		why   string
	}{
		{"unknown", roster.HandOn{To: "nobody", Rights: all}, func(*scene) {}, map[roster.UserID]roster.Rights{"vera": gains}, "nobody gains nothing"},
		{"the leaver", roster.HandOn{To: "anna", Rights: all}, func(sc *scene) {
			sc.People["anna"] = sc.person("anna", "sales", false, nil)
		}, map[roster.UserID]roster.Rights{"vera": gains}, "nobody hands on to themselves"},
		{"has them", roster.HandOn{To: "boris", Rights: all}, func(sc *scene) {
			sc.edit("boris", func(p *roster.Person) { p.User.Rights["mail:use"] = roster.All })
		}, map[roster.UserID]roster.Rights{"vera": gains}, "what one has already the other may lack"},
		{"lacks them too", roster.HandOn{To: "boris", Rights: all}, func(*scene) {}, map[roster.UserID]roster.Rights{"boris": gains, "vera": gains}, "both gain"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sc := newScene(t)
			sc.leaver(func(p *roster.Person) { p.User.Rights = roster.Rights{"mail:use": roster.All} })
			tc.scene(sc)
			sc.Req.HandOn = []roster.HandOn{tc.first, {To: "vera", Rights: all}}
			if diff := cmp.Diff(tc.want, sc.plan().HandOn); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.why, diff)
			}
		})
	}
}

func TestR17_ARoleThatDeniesDeletingMayBeHandedOn(t *testing.T) {
	t.Parallel()
	runPlanCases(t, []planCase{
		{"denied", func(sc *scene) {
			sc.leaver(func(p *roster.Person) {
				p.Role = &roster.Role{ID: "clerk", Rights: roster.Rights{"users:delete": roster.Denied, "mail:use": roster.All}}
			})
			sc.Req.HandOn = []roster.HandOn{{To: "vera", Role: true}}
		}, nil, "what it denies nobody gains"},
	})
}

func TestR17_OnlyWhatGivesTheRightIsToldToStay(t *testing.T) {
	t.Parallel()
	sc := newScene(t)
	sc.leaver(func(p *roster.Person) {
		p.User.Rights = roster.Rights{"users:delete": roster.Denied, "mail:use": roster.All}
	})
	sc.Req.HandOn = []roster.HandOn{{To: "vera", Rights: []string{"*"}}}
	for _, w := range sc.plan().Warnings {
		if w.Code == roster.WarnDeleteStays {
			t.Errorf("told, though the leaver is denied it: %s", w.Text)
		}
	}
}
