package roster_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// planCase is a change of the scene and what then blocks.
type planCase struct {
	name   string
	change func(*scene)
	want   []string
	why    string
}

// runPlanCases plans each case and compares the blockers.
func runPlanCases(t *testing.T, cases []planCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sc := newScene(t)
			c.change(sc)
			if diff := cmp.Diff(c.want, brief(sc.plan().Blockers)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", c.why, diff)
			}
		})
	}
}

func TestL14_WhoMayDeleteWhom(t *testing.T) {
	t.Parallel()
	clerk := func(sc *scene, r roster.Rights) {
		r["deal:view"], r["task:view"] = roster.All, roster.All
		sc.Actor = sc.person("clerk", "hq", false, r)
	}
	admin := func(sc *scene) { sc.leaver(func(p *roster.Person) { p.User.Admin = true }) }
	runPlanCases(t, []planCase{
		{"administrator", func(*scene) {}, nil, "an administrator deletes any other user"},
		{"administrator deletes administrator", admin, nil, "and administrators too, while one remains"},
		{"host itself", func(sc *scene) { sc.Actor, sc.System = roster.Person{}, "end of contract" }, nil, "the system holds every right"},
		{"with the right", func(sc *scene) { clerk(sc, roster.Rights{"users:delete": roster.All}) }, nil, "the right to delete users suffices for others"},
		{"with the right, an administrator", func(sc *scene) { clerk(sc, roster.Rights{"users:delete": roster.All}); admin(sc) },
			[]string{"administrator clerk"}, "but not for an administrator"},
		{"without the right", func(sc *scene) { clerk(sc, roster.Rights{"users:manage": roster.All}) },
			[]string{"denied clerk"}, "managing users isn't deleting them (R8)"},
		{"nobody", func(sc *scene) { sc.Actor = roster.Person{} },
			[]string{"actor-inactive", "denied"}, "the zero actor may do nothing"},
		{"inactive actor", func(sc *scene) { sc.Actor.User.Status = roster.StatusInactive },
			[]string{"actor-inactive root"}, "administrators must be active as well (R16)"},
		{"ended actor", func(sc *scene) { sc.Actor.User.EndDate = sc.Now },
			[]string{"actor-inactive root"}, "from the end date access is over (L25)"},
		{"oneself", func(sc *scene) { sc.Actor = sc.Leaver; sc.Actor.User.Admin = true },
			[]string{"self anna"}, "nobody deletes themselves"},
		{"last administrator", func(sc *scene) { admin(sc); sc.OtherAdmin = false },
			[]string{"last-administrator anna"}, "one active administrator remains"},
		{"inactive administrator", func(sc *scene) {
			admin(sc)
			sc.OtherAdmin, sc.Leaver.User.Status = false, roster.StatusInactive
		}, nil, "an inactive one isn't the last active one"},
	})
}

func TestL2_WhoCanLeave(t *testing.T) {
	t.Parallel()
	status := func(s roster.Status) func(*scene) { return func(sc *scene) { sc.Leaver.User.Status = s } }
	runPlanCases(t, []planCase{
		{"invited", status(roster.StatusInvited), nil, "an invited user can be deleted"},
		{"inactive", status(roster.StatusInactive), nil, "and one who was deactivated before (L6)"},
		{"leaving", status(roster.StatusLeaving), []string{"leaver-gone anna"}, "not twice"},
		{"deleted", status(roster.StatusDeleted), []string{"leaver-gone anna"}, "not again"},
		{"none", status(roster.StatusNone), []string{"leaver-unknown anna"}, "the zero status is nobody"},
		{"unknown", func(sc *scene) { sc.Leaver = roster.Person{} }, []string{"leaver-unknown anna"}, "there must be one"},
		{"somebody else", func(sc *scene) { sc.Req.Leaver = "ann" },
			[]string{"leaver-unknown ann"}, "a snapshot of another user is of no use"},
		{"run of the same", func(sc *scene) { sc.Runs = []roster.Run{{ID: "r1", Leaver: "anna"}} },
			[]string{"run-unfinished anna"}, "one run per user (G8)"},
		{"successor elsewhere", func(sc *scene) {
			sc.Runs = []roster.Run{{ID: "r1", Leaver: "old", Steps: []roster.Step{{Shares: []roster.Share{{To: "anna"}}}}}}
		}, []string{"leaver-succeeds anna"}, "a successor of an unfinished run can't be fenced"},
		{"an unrelated run", func(sc *scene) {
			sc.Runs = []roster.Run{{ID: "r1", Leaver: "old", Steps: []roster.Step{{Shares: []roster.Share{{To: "boris"}}}}}}
		}, nil, "two runs may give to the same successor"},
	})
}

func TestL5_SuccessorsAreFit(t *testing.T) {
	t.Parallel()
	runPlanCases(t, []planCase{
		{"unknown", func(sc *scene) { delete(sc.People, "boris") }, []string{"successor-unknown boris"}, "there must be one"},
		{"none", func(sc *scene) { sc.edit("boris", func(p *roster.Person) { p.User.Status = roster.StatusNone }) },
			[]string{"successor-unknown boris"}, "the zero status is nobody"},
		{"invited", func(sc *scene) { sc.edit("boris", func(p *roster.Person) { p.User.Status = roster.StatusInvited }) },
			[]string{"successor-inactive boris"}, "only active users receive work"},
		{"deleted", func(sc *scene) { sc.edit("boris", func(p *roster.Person) { p.User.Status = roster.StatusDeleted }) },
			[]string{"successor-inactive boris"}, "a tombstone receives nothing"},
		{"ended", func(sc *scene) { sc.edit("boris", func(p *roster.Person) { p.User.EndDate = sc.Now.Add(-time.Hour) }) },
			[]string{"successor-inactive boris"}, "past the end date is not active (L25)"},
		{"leaving", func(sc *scene) { sc.edit("boris", func(p *roster.Person) { p.User.Status = roster.StatusLeaving }) },
			[]string{"successor-leaving boris"}, "is being deleted"},
		{"leaving by a run", func(sc *scene) { sc.Runs = []roster.Run{{ID: "r1", Leaver: "boris"}} },
			[]string{"successor-leaving boris"}, "has an unfinished run"},
		{"in the same batch", func(sc *scene) { sc.Req.With = to("carl", "boris") },
			[]string{"successor-leaving boris"}, "nobody in a batch succeeds another (G21)"},
		{"the leaver", func(sc *scene) { sc.Req.Rules[0].To = to("anna") },
			[]string{"successor-is-leaver anna"}, "gives to whom it takes from"},
		{"without rights", func(sc *scene) { sc.edit("boris", func(p *roster.Person) { p.User.Rights = nil }) },
			[]string{"successor-rights boris deal", "successor-rights boris deal@lost", "successor-rights boris deal@won", "successor-rights boris task"},
			"each kind and part that can't be received is told"},
		{"denied in one part", func(sc *scene) {
			sc.edit("boris", func(p *roster.Person) { p.User.Rights["deal:edit@won"] = roster.Denied })
		}, []string{"successor-rights boris deal@won"}, "a part has rights of its own (R12)"},
		{"a part that the schema doesn't know", func(sc *scene) { sc.Stocks[0].Survey.Responsible = map[string]int{"new": 1} },
			[]string{"successor-rights boris deal@new"}, "what the schema doesn't know is denied"},
		{"a function", func(sc *scene) {
			sc.edit("vera", func(p *roster.Person) { p.User.Rights["integrations:manage"] = roster.Denied })
		}, []string{"successor-rights vera integration"}, "acting things need a function"},
		{"an unknown need", func(sc *scene) { sc.Stocks[0].Needs = []string{"fly", "no:such"} },
			[]string{"successor-rights boris deal", "successor-rights boris deal@lost", "successor-rights boris deal@won"},
			"a need that doesn't exist is nobody's"},
		{"idle rule", func(sc *scene) {
			sc.rule(roster.Rule{Kind: "deal", Part: "won", Do: roster.GiveTo, To: to("gone")})
			delete(sc.Stocks[0].Survey.Responsible, "won")
		},
			[]string{"successor-unknown gone"}, "who is named is judged, whether they receive anything or not"},
	})
}

func TestL4_HeadsAndOwnersAndSwitches(t *testing.T) {
	t.Parallel()
	do := func(i int, d roster.Disposal) func(*scene) {
		return func(sc *scene) { sc.Req.Rules[i].Do, sc.Req.Rules[i].To = d, nil }
	}
	runPlanCases(t, []planCase{
		{"head", do(0, roster.ToHead), nil, "the department's head receives"},
		{"no head", func(sc *scene) { do(0, roster.ToHead)(sc); sc.Department.Head = "" },
			[]string{"no-head deal", "no-head deal@lost", "no-head deal@won", "no-head task"}, "nobody to receive"},
		{"the leaver is the head", func(sc *scene) { do(1, roster.ToHead)(sc); sc.Department.Head = "anna" },
			[]string{"no-head integration"}, "the head is who leaves"},
		{"unfit head", func(sc *scene) {
			do(1, roster.ToHead)(sc)
			sc.edit("hedda", func(p *roster.Person) { p.User.Status = roster.StatusInactive })
		}, []string{"successor-inactive hedda"}, "a head is a successor like any other"},
		{"no owner", do(0, roster.NoOwner), nil, "records may be left without an owner on purpose"},
		{"acting things without owner", do(1, roster.NoOwner), []string{"acting-ownerless integration"}, "what acts has an owner or is off (L10)"},
		{"acting things off", do(1, roster.SwitchOff), nil, "or is switched off"},
		{"records off", do(0, roster.SwitchOff),
			[]string{"switch-off deal", "switch-off deal@lost", "switch-off deal@won", "switch-off task"}, "records can't be switched off"},
	})
}

func TestL4_G4_WhatNoRuleCoversBlocks(t *testing.T) {
	t.Parallel()
	runPlanCases(t, []planCase{
		{"no rules", func(sc *scene) { sc.Req.Rules = nil },
			[]string{"uncovered deal", "uncovered deal@lost", "uncovered deal@won", "uncovered task", "uncovered integration"}, "nothing is done by default (G4)"},
		{"every kind", func(sc *scene) { sc.Req.Rules = sc.Req.Rules[:1] },
			[]string{"uncovered integration"}, "the rule for every kind is for records, not for what acts (G17)"},
		{"one part", func(sc *scene) { sc.Req.Rules[0].Kind, sc.Req.Rules[0].Part = "deal", "won" },
			[]string{"uncovered deal", "uncovered deal@lost", "uncovered task"}, "a rule for a part is for that part"},
		{"unknown source", func(sc *scene) { sc.Stocks[1].Unknown = "connection refused" },
			[]string{"unknown task"}, "unknown is never zero (G2)"},
		{"negative count", func(sc *scene) { sc.Stocks[1].Survey.Responsible[""] = -1 },
			[]string{"unknown task"}, "a count that can't be is no count"},
		{"unknown load", func(sc *scene) {
			sc.Req.Rules[0].Do, sc.Req.Rules[0].To = roster.LeastLoaded, to("boris", "vera")
		}, []string{"unknown boris task", "unknown vera task"}, "who has least can't be told without the loads"},
		{"unknown kind", func(sc *scene) { sc.rule(roster.Rule{Kind: "ticket", Do: roster.NoOwner}) },
			[]string{"rule-kind ticket"}, "a rule for what nobody registered is a mistake"},
		{"unknown part", func(sc *scene) { sc.rule(roster.Rule{Kind: "deal", Part: "wom", Do: roster.NoOwner}) },
			[]string{"rule-part deal@wom"}, "as is one for a part that isn't there"},
		{"known part without records", func(sc *scene) {
			delete(sc.Stocks[0].Survey.Responsible, "won")
			sc.rule(roster.Rule{Kind: "deal", Part: "won", Do: roster.NoOwner})
		}, nil, "a part may be empty"},
		{"somebody else's record", func(sc *scene) { sc.rule(roster.Rule{Kind: "deal", Records: []string{"99"}, Do: roster.NoOwner}) },
			[]string{"rule-record deal"}, "a hand-over moves what the leaver has"},
		{"no such record", func(sc *scene) { sc.rule(roster.Rule{Kind: "deal", Records: []string{"1"}, Do: roster.NoOwner}) },
			[]string{"rule-record deal"}, "a record that isn't there isn't the leaver's"},
		{"counted too late", func(sc *scene) {
			sc.Stocks[0].Survey.Responsible["won"] = 0
			sc.rule(roster.Rule{Kind: "deal", Records: []string{"17"}, Do: roster.NoOwner})
		}, []string{"unknown deal@won"}, "the survey and the record contradict each other"},
		{"drift of an unknown kind", func(sc *scene) { sc.Req.Drift = map[string]int{"ticket": 1} },
			[]string{"rule-kind ticket"}, "a mistake too"},
		{"empty kind", func(sc *scene) {
			sc.Req.Rules = sc.Req.Rules[:1]
			sc.Stocks[2].Survey.Responsible[""] = 0
		}, nil, "nothing needs no rule"},
	})
}

func TestL4_MalformedRequestsBlock(t *testing.T) {
	t.Parallel()
	runPlanCases(t, []planCase{
		{"no leaver", func(sc *scene) { sc.Req.Leaver = "" }, []string{"request", "leaver-unknown"}, "somebody must leave"},
		{"two rules for the same", func(sc *scene) { sc.rule(roster.Rule{Do: roster.NoOwner}) },
			[]string{"request"}, "two rules of equal rank contradict each other"},
		{"no successor", func(sc *scene) { sc.Req.Rules[0].To = nil }, []string{"request"}, "give needs one"},
		{"blank successor", func(sc *scene) { sc.Req.Rules[0].To = to("") }, []string{"request"}, "a blank id is nobody"},
		{"unknown disposal", func(sc *scene) { sc.Req.Rules[0].Do = 99 }, []string{"request"}, "nothing is done by default"},
		{"two faults", func(sc *scene) { sc.Req.Rules[0].To, sc.Req.Drift = nil, map[string]int{"deal": -1} },
			[]string{"request", "request"}, "all are told at once"},
	})
}

func TestL8_AuthorsFollowTheKindsPolicy(t *testing.T) {
	t.Parallel()
	moved := func(sc *scene) { sc.Stocks[0].Authorship = roster.AuthorMoved }
	runPlanCases(t, []planCase{
		{"named", func(sc *scene) { moved(sc); sc.Req.Authors = "vera" }, nil, "the new author is named"},
		{"nobody", moved, []string{"no-author deal"}, "a kind that moves its authors needs one"},
		{"the leaver", func(sc *scene) { moved(sc); sc.Req.Authors = "anna" }, []string{"successor-is-leaver anna"}, "not the one who leaves"},
		{"inactive", func(sc *scene) {
			moved(sc)
			sc.Req.Authors = "vera"
			sc.edit("vera", func(p *roster.Person) { p.User.Status = roster.StatusInactive })
		}, []string{"successor-inactive vera"}, "like any successor"},
		{"undefined", func(sc *scene) { sc.Stocks[0].Authorship = roster.AuthorUndefined }, nil, "nobody needs to be named"},
	})
}

func TestR10_NoSightIsGainedByDeleting(t *testing.T) {
	t.Parallel()
	clerk := func(sc *scene, dept roster.DepartmentID, view roster.Scope) {
		sc.Actor = sc.person("clerk", dept, false, roster.Rights{
			"users:delete": roster.All, "deal:view": view, "deal:edit": view, "task:view": view, "task:edit": view,
		})
		sc.People["clerk"] = sc.Actor
	}
	all := []string{"gains-sight clerk deal", "gains-sight clerk deal@won", "gains-sight clerk deal@lost", "gains-sight clerk task"}
	runPlanCases(t, []planCase{
		{"to themselves, unseen", func(sc *scene) { clerk(sc, "north", roster.Own); sc.Req.Rules[0].To = to("clerk") }, all,
			"receiving records needs view on them"},
		{"to themselves, seen", func(sc *scene) { clerk(sc, "sales", roster.InDepartment); sc.Req.Rules[0].To = to("clerk") }, nil,
			"who sees them already may receive them"},
		{"to a colleague", func(sc *scene) { clerk(sc, "north", roster.InDepartment); sc.Req.Rules[0].To = to("vera") }, all,
			"nor by way of a colleague whose records they see"},
		{"to a stranger", func(sc *scene) { clerk(sc, "east", roster.InDepartment) }, nil, "what stays out of sight is no gain"},
	})
}

func TestL14_BlockersAreTheGuardsErrors(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]error{
		roster.BlockSelf: roster.ErrSelf, roster.BlockLastAdministrator: roster.ErrLastAdministrator,
		roster.BlockDenied: roster.ErrDenied, roster.BlockActorInactive: roster.ErrDenied, roster.BlockAdministrator: roster.ErrDenied,
		roster.BlockRequest: roster.ErrInvalid,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			err := roster.Plan{Blockers: []roster.Finding{{Code: roster.BlockUncovered, Kind: "deal", Part: "won", Text: "x"}, {Code: code, User: "anna", Kind: "deal", Text: "y"}}}.Err()
			is.True(errors.Is(err, want))                                                 // the guard's own error
			is.True(errors.Is(err, roster.ErrBlocked))                                    // and a blocked plan
			is.True(!errors.Is(err, roster.ErrStale))                                     // and nothing else
			is.Equal(err.Error(), "the plan has blockers: deal in won: x; anna, deal: y") // every blocker is told
		})
	}
	is := is.New(t)
	is.NoErr(roster.Plan{}.Err()) // a plan without blockers
}
