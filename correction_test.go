package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

func TestL15_EveryFaultOfACorrectionIsTold(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c := roster.Correction{Run: " ", Records: []string{"1", "", "1"}, From: "x\n", Reason: strings.Repeat("x", 1001)}
	want := roster.Faults{
		{Field: "run", Problem: "begins or ends with a space"},
		{Field: "records", Problem: "need a kind"},
		{Field: "records[1]", Problem: "missing"},
		{Field: "records[2]", Problem: "the same as records[0]"},
		{Field: "from", Problem: "begins or ends with a space"},
		{Field: "to", Problem: "missing"},
		{Field: "reason", Problem: "too long"},
	}
	if diff := cmp.Diff(error(want), c.Check()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	c = roster.Correction{Run: "r", Kind: "deal", From: "boris", To: "boris"}
	is.Equal(fields(c.Check()), []string{"to"}) // nothing would move
	c.To = "vera"
	is.NoErr(c.Check())
	is.NoErr(roster.Correction{Run: "r", To: "vera"}.Check()) // every record of every kind
	for i := range 10_001 {
		c.Records = append(c.Records, fmt.Sprint(i))
	}
	is.Equal(fields(c.Check()), []string{"records"}) // one too many
	c.Records = c.Records[:10_000]
	is.NoErr(c.Check())
}

func TestL15_WhichMovesACorrectionIsAbout(t *testing.T) {
	t.Parallel()
	moved := roster.Entry{Kind: "deal", Tie: roster.Responsible, To: "boris", IDs: []string{"1", "2", "3"}, Skipped: []roster.Skip{{ID: "2", Reason: "gone"}}, Done: true}
	probe, author, nobody := moved, moved, moved
	probe.Probe, author.Tie, nobody.To = true, roster.Author, ""
	for _, tc := range []struct {
		name string
		c    roster.Correction
		e    roster.Entry
		want []string
		why  string
	}{
		{"all", roster.Correction{To: "vera"}, moved, []string{"1", "3"}, "but what it left alone"},
		{"a probe", roster.Correction{To: "vera"}, probe, nil, "moved nothing"},
		{"authors", roster.Correction{To: "vera"}, author, nil, "a correction is about who answers"},
		{"ownerless", roster.Correction{To: "vera"}, nobody, []string{"1", "3"}, "can be given to somebody"},
		{"another kind", roster.Correction{Kind: "task", To: "vera"}, moved, nil, ""},
		{"that kind", roster.Correction{Kind: "deal", To: "vera"}, moved, []string{"1", "3"}, ""},
		{"another successor", roster.Correction{From: "hedda", To: "vera"}, moved, nil, ""},
		{"that successor", roster.Correction{From: "boris", To: "vera"}, moved, []string{"1", "3"}, ""},
		{"named", roster.Correction{Kind: "deal", Records: []string{"9", "3", "2"}, To: "vera"}, moved, []string{"3"}, "in the entry's order"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, tc.c.Of(tc.e)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tc.why, diff)
			}
		})
	}
	is.New(t).Equal(moved.IDs, []string{"1", "2", "3"}) // the entry is left as it is
}

// corrected is a run that gave deals of two parts in several steps, left tasks without an owner, moved
// authors, and was lifted before a last step was done.
func corrected() roster.Run {
	give := func(kind, part string, done bool, shares ...roster.Share) roster.Step {
		return roster.Step{Kind: kind, Part: part, Tie: roster.Responsible, Do: roster.GiveTo, Shares: shares, Done: done}
	}
	tasks := give("task", "", true)
	tasks.Do, tasks.Moved = roster.NoOwner, 4
	author := give("task", "", true, roster.Share{To: "boris", Given: 9})
	author.Tie = roster.Author
	return roster.Run{ID: "r", Leaver: "anna", State: roster.RunDone, Steps: []roster.Step{
		give("deal", "won", true, roster.Share{To: "boris", Given: 3}, roster.Share{To: "hedda", Given: 2}),
		give("deal", "lost", true, roster.Share{To: "boris", Given: 1}),
		tasks, author,
		give("deal", "won", true, roster.Share{To: "hedda", Given: 5}), // a later round
		give("deal", "won", true, roster.Share{To: "boris"}),           // nothing was left to give
		give("integration", "", false, roster.Share{To: "hedda"}),      // begun, and lifted
	}}
}

func TestL15_StepsOfACorrection(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		c    roster.Correction
		edit func(*scene)
		want []string
		told []string
		why  string
	}{
		{"everything", roster.Correction{To: "vera"}, nil,
			[]string{"0 give deal@won 10 vera:10", "0 give deal@lost 1 vera:1", "0 give task 4 vera:4", "0 give integration 0 vera:0"}, nil, "a step for each kind and part"},
		{"to one who has some", roster.Correction{Kind: "deal", To: "hedda"}, nil,
			[]string{"0 give deal@won 3 hedda:3", "0 give deal@lost 1 hedda:1"}, nil, "what is hedda's stays"},
		{"one successor's", roster.Correction{From: "boris", To: "vera"}, nil,
			[]string{"0 give deal@won 3 vera:3", "0 give deal@lost 1 vera:1"}, nil, ""},
		{"named", roster.Correction{Kind: "deal", Records: []string{"1", "2"}, To: "vera"}, nil,
			[]string{"0 give deal@won 2 vera:2", "0 give deal@lost 1 vera:1"}, nil, "no more than are named"},
		{"inactive", roster.Correction{Kind: "deal", To: "vera"}, func(sc *scene) { sc.edit("vera", func(p *roster.Person) { p.User.Status = roster.StatusInactive }) },
			[]string{"0 give deal@won 10 vera:10", "0 give deal@lost 1 vera:1"}, []string{"successor-inactive vera"}, "told once"},
		{"without the right", roster.Correction{To: "vera"}, func(sc *scene) { sc.edit("vera", func(p *roster.Person) { delete(p.User.Rights, "task:edit") }) },
			nil, []string{"successor-rights vera task"}, "L5"},
		{"one kind", roster.Correction{Kind: "task", To: "vera"}, nil, []string{"0 give task 4 vera:4"}, nil, "though others came first"},
		{"the first kind is gone", roster.Correction{To: "vera"}, func(sc *scene) { sc.Stocks = sc.Stocks[1:] },
			[]string{"0 give task 4 vera:4", "0 give integration 0 vera:0"}, []string{"rule-kind deal"}, "the others are planned all the same"},
		{"a kind that is gone", roster.Correction{Kind: "task", To: "vera"}, func(sc *scene) { sc.Stocks = sc.Stocks[:1] },
			[]string{}, []string{"rule-kind task"}, "nobody could move it"},
		{"an exempted kind", roster.Correction{Kind: "task", To: "vera"}, func(sc *scene) { sc.Stocks[1].Exempt = "why not" },
			[]string{}, []string{"rule-kind task"}, "nor may it be moved"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sc := newScene(t)
			if tc.edit != nil {
				tc.edit(sc)
			}
			got, blockers := roster.PlanCorrectionForTest(sc.Snapshot, corrected(), tc.c)
			if diff := cmp.Diff(tc.told, brief(blockers)); diff != "" {
				t.Errorf("blockers (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tc.want, append([]string{}, steps(got)...)); tc.want != nil && diff != "" {
				t.Errorf("%s (-want +got)\n%s", tc.why, diff)
			}
		})
	}
}

// TestL15_R10_ACorrectionShowsTheActorNothing lets somebody of sales who may delete users, and sees what their
// department has, correct.
func TestL15_R10_ACorrectionShowsTheActorNothing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		c    roster.Correction
		want int
		why  string
	}{
		{"from the north to sales", roster.Correction{From: "vera", To: "boris"}, 1, "vera's deals would come into the department"},
		{"from sales to sales", roster.Correction{From: "hedda", To: "boris"}, 0, "they are seen already"},
		{"from sales to the north", roster.Correction{From: "hedda", To: "vera"}, 0, "less is seen"},
		{"from nobody to sales", roster.Correction{Kind: "task", To: "boris"}, 1, "what has no owner is seen by those alone who see all"},
		{"from nobody to the north", roster.Correction{Kind: "task", To: "vera"}, 0, "as little is seen as before"},
		{"from one who is gone", roster.Correction{From: "gone", To: "boris"}, 1, "seen by those alone who see all"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			sc := newScene(t)
			sc.Actor = sc.person("dora", "sales", false, roster.Rights{
				"users:delete": roster.All, "deal:view": roster.Own, "deal:view@lost": roster.InDepartment, "task:view": roster.InDepartment,
			})
			run := corrected()
			for _, to := range []roster.UserID{"vera", "gone"} { // won ones, which the actor wouldn't see; they may be lost by now
				run.Steps = append(run.Steps, roster.Step{Kind: "deal", Part: "won", Tie: roster.Responsible, Shares: []roster.Share{{To: to, Given: 1}}, Done: true})
			}
			_, blockers := roster.PlanCorrectionForTest(sc.Snapshot, run, tc.c)
			got := 0
			for _, b := range blockers {
				is.Equal(b.Code, roster.BlockGainsSight)
				got++
			}
			is.Equal(got, tc.want) // tc.why
			sc.Actor = sc.person("root", "hq", true, nil)
			_, blockers = roster.PlanCorrectionForTest(sc.Snapshot, run, tc.c)
			is.Equal(len(blockers), 0) // administrators see everything
		})
	}
}
