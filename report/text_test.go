package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/report"
)

// TestW2_TablesStayAligned shows names of every width, and texts that would break a table.
func TestW2_TablesStayAligned(t *testing.T) {
	t.Parallel()
	user := func(id roster.UserID, name string, days int) report.EndedUser {
		return report.EndedUser{Person: report.Person{ID: id, Name: name, Status: roster.StatusActive}, Paid: true, EndDate: day, Days: days}
	}
	x := report.Ended{Paid: 6, Users: report.List[report.EndedUser]{More: 1234, Rows: []report.EndedUser{
		user("1", "Анна", 7), user("2", "山田太郎", 70), user("3", "Zoe\u0308", 700), user("4", "", 1234567),
		user("5", "two\nlines\u2028and\u202ea\x07bell", 0), user("6", strings.Repeat("Константин ", 10), 999),
	}}}
	want := `Past the end date and not deleted: 1 240 users with 6 paid seats
  User                                              Id  Status  Seat  Ended on         Days
  Анна                                              1   active  paid  2026-11-02          7
  山田太郎                                          2   active  paid  2026-11-02         70
  Zoë                                               3   active  paid  2026-11-02        700
                                                    4   active  paid  2026-11-02  1 234 567
  two lines and a bell                              5   active  paid  2026-11-02          0
  Константин Константин Константин Константин Кон…  6   active  paid  2026-11-02        999
  and 1 234 more
`
	want = strings.ReplaceAll(want, "Zoë", "Zoe\u0308")
	if diff := cmp.Diff(want, x.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

// TestW2_WhatTheTextsLeaveOut shows what isn't in the other tests' accounts.
func TestW2_WhatTheTextsLeaveOut(t *testing.T) {
	t.Parallel()
	var deltas []roster.Delta
	for range 11 {
		deltas = append(deltas, roster.Delta{Right: "deal:view", From: roster.Denied, To: roster.All})
	}
	var differences report.Differences
	differences.Users.Rows = []report.Differing{{Person: report.Person{ID: "1", Name: "Ann"}, Role: "R", Rights: deltas}}
	var parked report.Parked
	parked.Runs.Rows = []report.ParkedRun{{Run: "r", Leaver: report.Person{ID: "gone"}, Sweep: true, Reason: "why", Started: day, Since: day.Add(time.Hour)}}
	parked.Runs.Rows = append(parked.Runs.Rows, report.ParkedRun{Run: "s", Leaver: report.Person{ID: "gone"}, Corrects: "r", Reason: "why", Started: day, Since: day})
	parked.Trail = true
	var deleters report.Deleters
	deleters.Users.Rows = []report.Holder{{Person: report.Person{ID: "1", Name: "Ann", Status: roster.StatusActive}, CanAct: true, Source: roster.FromAdministrator, Grant: &report.Grant{At: day, By: "erased"}}}
	for _, c := range []struct{ got, want, why string }{
		{differences.String(), "and 3 more", "of one user's rights the first eight"},
		{parked.String(), "  gone    gone  sweep       2026-11-02", "a sweep for somebody who isn't there any more"},
		{parked.String(), "  gone    gone  correction  2026-11-02", "a correction deletes nobody"},
		{deleters.String(), "2026-11-02  erased\n", "a giver without a name, by id"},
	} {
		if !strings.Contains(c.got, c.want) {
			t.Errorf("%s: %q isn't in:\n%s", c.why, c.want, c.got)
		}
	}
}
