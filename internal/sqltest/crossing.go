package sqltest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// overAll are the two questions that look at more than one account, as DB.Due and DB.Backlog ask them.
var overAll = []string{
	"SELECT account, at, run FROM roster_due WHERE at <= ? AND (account, at, run) > (?, ?, ?) ORDER BY account, at, run LIMIT ?",
	"SELECT COUNT(CASE WHEN at <= ? THEN 1 END), COUNT(at), COUNT(*)," +
		" MIN(CASE WHEN at IS NOT NULL THEN started END), MIN(CASE WHEN at IS NULL THEN started END) FROM roster_due",
}

var (
	number  = regexp.MustCompile(`\$\d+`)
	polled  = regexp.MustCompile(`(SEARCH roster_due USING (COVERING )?INDEX|Index (Only )?Scan using) roster_due_at\b`)
	toilful = regexp.MustCompile(`\bSCAN |Seq Scan|Sort|TEMP B-TREE`)
)

// overAccounts asks what is due in all accounts: both questions look at the list of what is due alone, and the one that
// workers ask all the time is answered by its index, with the engine's statistics and without.
func overAccounts(t *testing.T, e Engine) {
	db, sent := e.Recorded(t)
	for _, query := range overAll {
		same(t, "tables of "+query, []string{"roster_due"}, slices.Compact(regexp.MustCompile(`roster_\w+`).FindAllString(query, -1)))
	}
	exec(t, db.Writer(), `INSERT INTO roster_due (account, run, at, started) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
		SELECT 'many ' || (i % 100), 'run ' || i, CASE i % 10 WHEN 0 THEN NULL WHEN 1 THEN 1 ELSE 9000000000000000 END, 1 FROM n`)
	for _, statistics := range []string{"SELECT 1", "ANALYZE roster_due"} {
		exec(t, db.Writer(), statistics)
		sent.Take()
		page, err := db.Due(t.Context(), roster.Due{}, 100)
		must(t, err)
		next, err := db.Due(t.Context(), roster.Due{Account: "many 1", Since: time.UnixMicro(1<<63 - 1)}, 1)
		must(t, err)
		var accounts []string
		for _, d := range append(page, next...) {
			accounts = append(accounts, d.Account)
		}
		same(t, "accounts", append(slices.Repeat([]string{"many 1"}, 100), "many 11"), accounts)
		b, err := db.Backlog(t.Context())
		must(t, err)
		same(t, "runs that are due, will be, and are parked", []int{2_000, 16_000, 2_000}, []int{b.Due, b.Later, b.Parked})
		asked := sent.Take()
		same(t, "statements that are no account's", []string{overAll[0], overAll[0], overAll[1]}, strings.Split(number.ReplaceAllString(strings.Join(queries(asked), "\n"), "?"), "\n"))
		for _, s := range asked[:2] {
			if plan := strings.Join(planOf(t, e, db, s), "\n"); !polled.MatchString(plan) || toilful.MatchString(plan) {
				t.Errorf("what is due isn't read from its index, in its order: %s\n%s", s.Query, plan)
			}
		}
	}
}

// hosted makes a table of a host's with the deals of two accounts in it, by the same keys and of the same users, and Holdings of
// those of the first. One deal is mia's, who works at globex alone.
func hosted(t *testing.T, db *sqlstore.DB) *sqlstore.Holdings {
	t.Helper()
	exec(t, db.Writer(), `CREATE TABLE deals (account text NOT NULL, id text NOT NULL, owner text, author text, watcher text, stage text, name text, closed boolean, gone boolean,
		PRIMARY KEY (account, id), UNIQUE (account, owner, name))`,
		"CREATE INDEX deals_owner ON deals (account, owner, stage, id)", "CREATE INDEX deals_author ON deals (account, author, id)", "CREATE INDEX deals_watcher ON deals (account, watcher)")
	for _, account := range []string{"acme", "globex"} {
		exec(t, db.Writer(), `INSERT INTO deals WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 69)
			SELECT '`+account+`', 'd' || i, CASE i % 6 WHEN 4 THEN 'eva' WHEN 5 THEN NULL ELSE 'leo' END, 'leo', 'leo', CASE i % 3 WHEN 0 THEN 'new' WHEN 1 THEN 'won' END, NULL, FALSE, FALSE FROM n`,
			"UPDATE deals SET name = 'twin' WHERE account = '"+account+"' AND id IN ('d20', 'd16')", // leo's and eva's
			"UPDATE deals SET owner = 'mia' WHERE account = '"+account+"' AND id = 'd22'")
	}
	must(t, db.Account("globex").Update(t.Context(), func(tx roster.Tx) error {
		return tx.PutUser(roster.User{ID: "mia", Department: "office", Status: roster.StatusActive})
	}))
	h, err := db.Account("acme").Table(t.Context(), sqlstore.Table{
		Name: "deals", Account: "account", Key: "id", Owner: "owner", Author: "author", Named: []string{"watcher"}, Part: "stage", Closed: "closed", Deleted: "gone",
		Collision: sqlstore.CollisionKeep,
	})
	must(t, err)
	return h
}

// offboarding deletes a user who has records in a host's table.
func offboarding(t *testing.T, o *rostertest.Office, h *sqlstore.Holdings) {
	t.Helper()
	must(t, o.Schema().AddParts("deal", roster.Part{Name: "new"}, roster.Part{Name: "won"}))
	for _, id := range []roster.UserID{"leo", "eva"} {
		o.Add(t, roster.AddUser{ID: id, Rights: roster.Rights{"deal:view": roster.All, "deal:edit": roster.All}})
	}
	kinds := []offboard.Kind{{Name: "deal", Holdings: h, Authorship: roster.AuthorMoved}}
	for _, k := range o.Schema().Kinds() {
		if k.Name != "deal" {
			kinds = append(kinds, offboard.Kind{Name: k.Name, Exempt: "the host has none"})
		}
	}
	desk, err := offboard.New(o.Roster, kinds...)
	must(t, err)
	plan, err := desk.Assess(t.Context(), o.Admin, roster.Request{Leaver: "leo", Authors: "eva", Rules: []roster.Rule{
		{Do: roster.GiveTo, To: []roster.UserID{"eva"}}, {Kind: "deal", Records: []string{"d12", "d14"}, Do: roster.NoOwner},
	}})
	must(t, err)
	run, err := desk.Start(t.Context(), o.Admin, plan.Request, plan.Digest)
	must(t, err)
	run, err = desk.With(offboard.Settings{Chunk: 7}).Work(t.Context(), run.ID, nil)
	must(t, err)
	same(t, "the run", []roster.RunState{roster.RunDone}, []roster.RunState{run.State})
}

// questions ask a table what a deletion doesn't, and shows by it what somebody may see.
func questions(t *testing.T, db *sqlstore.DB, h *sqlstore.Holdings) {
	t.Helper()
	for _, user := range []roster.UserID{"eva", ""} {
		_, err := h.Survey(t.Context(), user)
		must(t, err)
		for _, q := range []roster.Query{
			{Part: "won", After: "d13"}, {AllParts: true, IDs: []string{"d10", "d11", "d12"}}, {Tie: roster.Author, AllParts: true},
		} {
			q.User, q.Limit, q.Tie = user, 20, max(q.Tie, roster.Responsible)
			_, err := h.Page(t.Context(), q)
			must(t, err)
		}
	}
	for ids, want := range map[string]string{"d10 d13": "11", "d19 d99 d22": "143"} { // a range of eva's, and what has to be looked at
		told, err := h.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "eva", To: "sam", IDs: strings.Fields(ids), Part: "won"})
		must(t, err)
		text := ""
		for _, r := range told {
			text += fmt.Sprint(int(r))
		}
		same(t, "moves", []string{want}, []string{text})
	}
	for _, c := range []roster.Condition{
		{Base: roster.InDepartment, AnyPart: true}, {Base: roster.InDepartment, Parts: map[string]roster.Scope{"won": roster.InDepartment}, Known: []string{"new", "won"}},
	} {
		where, args := h.Where(c, "eva", "office", 1)
		found := texts(t, db, "SELECT account, owner FROM deals WHERE "+where, args...)
		for _, row := range found {
			same(t, "account and owner of what eva is shown", []string{"acme", "eva"}, row)
		}
		if len(found) != 43 {
			t.Errorf("eva is shown %d deals", len(found))
		}
	}
}
