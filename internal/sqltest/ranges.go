package sqltest

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Ranges shows that a chunk moves by one statement where it is all that the leaver has from its first to its last record, as
// a page is, by one for each 1,000 records on SQLite, and that never anything moves that wasn't ordered.
func Ranges(t *testing.T, e Engine) {
	t.Helper()
	db, sent := e.Recorded(t)
	t.Run("a long page", func(t *testing.T) { longPage(t, e, db, sent) })
	t.Run("somebody else is faster", func(t *testing.T) { contended(t, e) })
	t.Run("a part", func(t *testing.T) { partRanges(t, db, sent) })
	t.Run("keys that aren't texts", func(t *testing.T) { otherKeys(t, e, db, sent) })
	const done, elsewhere, gone = roster.MoveDone, roster.MoveElsewhere, roster.MoveGone
	for i, c := range []struct {
		why    string
		ids    []string
		want   []roster.MoveResult
		at     string // whose a, b, c, d, e are then: (l)eo's, (m)ia's, (s)am's; c is mia's from the start
		ranged bool
		also   string // another one of leo's, who keeps it
	}{
		{"a page, others' in between", []string{"a", "b", "d"}, []roster.MoveResult{done, done, done}, "ssmsl", true, "z"},
		{"one", []string{"b"}, []roster.MoveResult{done}, "lsmll", true, "z"},
		{"not all that is leo's in between", []string{"a", "d"}, []roster.MoveResult{done, done}, "slmsl", false, "z"},
		{"more than leo's", []string{"a", "b", "c", "d"}, []roster.MoveResult{done, done, elsewhere, done}, "ssmsl", false, "z"},
		{"another order", []string{"b", "a"}, []roster.MoveResult{done, done}, "ssmll", false, "z"},
		{"what isn't there", []string{"a", "aa", "b"}, []roster.MoveResult{done, gone, done}, "ssmll", false, "z"},
		{"an id that looks like two", []string{"a", `b","d`, "e"}, []roster.MoveResult{done, gone, done}, "slmls", false, "z"},
		{"and as PostgreSQL writes them", []string{"a", `b", "d`, "e"}, []roster.MoveResult{done, gone, done}, "slmls", false, "z"},
		{"an id that no row can have", []string{"a", "b\x00", "b\xff", "e"}, []roster.MoveResult{done, gone, gone, done}, "slmls", false, "z"},
		{"what JSON makes of another", []string{"a", `a\\`, "b"}, []roster.MoveResult{done, gone, done}, "ssmll", false, `a\`},
		{"and of one with a quotation mark", []string{"a", `a\"`, "b"}, []roster.MoveResult{done, gone, done}, "ssmll", false, `a"`},
	} {
		t.Run(c.why, func(t *testing.T) {
			deals := fmt.Sprint("deals", i)
			table(t, db, deals+" (id text NOT NULL PRIMARY KEY, owner text)")
			for _, s := range []string{"CREATE INDEX " + deals + "_owner ON " + deals + " (owner, id)",
				"INSERT INTO " + deals + " VALUES ('a', 'leo'), ('b', 'leo'), ('c', 'mia'), ('d', 'leo'), ('e', 'leo')"} {
				_, err := db.Writer().ExecContext(t.Context(), s)
				must(t, err)
			}
			_, err := db.Writer().ExecContext(t.Context(), "INSERT INTO "+deals+" VALUES ($1, 'leo')", c.also)
			must(t, err)
			h, err := db.Account("").Table(t.Context(), sqlstore.Table{Name: deals, Key: "id", Owner: "owner"})
			must(t, err)
			sent.Take()
			got, err := h.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sam", IDs: c.ids})
			must(t, err)
			statements := sent.Take()
			same(t, "results of Move", c.want, got)
			at := ""
			for _, id := range []string{"a", "b", "c", "d", "e", c.also} {
				var owner string
				must(t, db.Reader().QueryRowContext(t.Context(), "SELECT owner FROM "+deals+" WHERE id = $1", id).Scan(&owner))
				at += owner[:1]
			}
			if at != c.at+"l" {
				t.Errorf("they are %s's; want %sl's", at, c.at)
			}
			if ranged := len(statements) == 1; ranged != c.ranged {
				t.Errorf("%d statements: %s", len(statements), fmt.Sprint(statements))
			}
		})
	}
}

// otherKeys moves by numbers, and by UUIDs where there are any.
func otherKeys(t *testing.T, e Engine, db *sqlstore.DB, sent *Recorder) {
	t.Helper()
	keyRanges(t, e, db, sent, "bigint", []string{"-7", "2", "3", "10", "23"})
	if e.Dialect == sqlstore.SQLite {
		return
	}
	ids := make([]string, 5)
	for i := range ids {
		ids[i] = fmt.Sprintf("%08d-0000-0000-0000-000000000000", i)
	}
	keyRanges(t, e, db, sent, "uuid", ids)
}

// keyRanges moves by keys that aren't texts, of which the third is somebody else's: as a range what is one, and nothing by an id that
// looks like two. On PostgreSQL their pages and ranges are compared as arrays.
func keyRanges(t *testing.T, e Engine, db *sqlstore.DB, sent *Recorder, of string, k []string) {
	deals := "deals_of_" + of
	table(t, db, deals+" (id "+of+" NOT NULL PRIMARY KEY, owner text)")
	exec(t, db.Writer(), "CREATE INDEX "+deals+"_owner ON "+deals+" (owner, id)")
	for i, id := range k {
		exec(t, db.Writer(), "INSERT INTO "+deals+" VALUES ('"+id+"', '"+map[bool]string{true: "mia", false: "leo"}[i == 2]+"')")
	}
	h, err := db.Account("").Table(t.Context(), sqlstore.Table{Name: deals, Key: "id", Owner: "owner"})
	must(t, err)
	arrays := func(statements []Statement) bool {
		return slices.ContainsFunc(statements, func(s Statement) bool { return strings.Contains(s.Query, "array_agg(") })
	}
	const done, gone = roster.MoveDone, roster.MoveGone
	for _, c := range []struct {
		why    string
		ids    []string
		want   []roster.MoveResult
		at     string
		ranged bool
	}{
		{"a page", []string{k[0], k[1], k[3], k[4]}, []roster.MoveResult{done, done, done, done}, "ssmss", true},
		{"not all in between", []string{k[0], k[3]}, []roster.MoveResult{done, done}, "slmsl", false},
		{"an id that looks like two", []string{k[0], k[1] + "," + k[3], k[4]}, []roster.MoveResult{done, gone, done}, "slmls", false},
		{"an id that is written otherwise", []string{k[0], "+" + k[1], k[3]}, []roster.MoveResult{done, gone, done}, "slmsl", false},
	} {
		t.Run(of+": "+c.why, func(t *testing.T) {
			exec(t, db.Writer(), "UPDATE "+deals+" SET owner = 'leo' WHERE owner <> 'mia'")
			sent.Take()
			page, err := h.Page(t.Context(), roster.Query{User: "leo", Tie: roster.Responsible, Limit: 10})
			must(t, err)
			if read := sent.Take(); arrays(read) != (e.Dialect == sqlstore.PostgreSQL) {
				t.Errorf("the page is read by %v", queries(read))
			}
			var ids []string
			for _, rec := range page {
				ids = append(ids, rec.ID)
			}
			same(t, "the page", []string{k[0], k[1], k[3], k[4]}, ids)
			got, err := h.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sam", IDs: c.ids})
			must(t, err)
			statements := sent.Take()
			same(t, "results of Move", c.want, got)
			at := ""
			for _, id := range k {
				var owner string
				must(t, db.Reader().QueryRowContext(t.Context(), "SELECT owner FROM "+deals+" WHERE id = $1", id).Scan(&owner))
				at += owner[:1]
			}
			same(t, "whose they are", []string{c.at}, []string{at})
			if ranged := len(statements) == 1; ranged != c.ranged {
				t.Errorf("%d statements: %v", len(statements), queries(statements))
			}
		})
	}
}

// longPage moves 2,500 records: on SQLite in pieces.
func longPage(t *testing.T, e Engine, db *sqlstore.DB, sent *Recorder) {
	t.Helper()
	table(t, db, "deals (id text NOT NULL PRIMARY KEY, owner text)")
	exec(t, db.Writer(), "CREATE INDEX deals_owner ON deals (owner, id)",
		"WITH RECURSIVE n(i) AS (SELECT 10001 UNION ALL SELECT i + 1 FROM n WHERE i < 12500) INSERT INTO deals SELECT CAST(i AS text), 'leo' FROM n")
	h, err := db.Account("").Table(t.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"})
	must(t, err)
	ids := make([]string, 2_500)
	for i := range ids {
		ids[i] = fmt.Sprint(10_001 + i)
	}
	sent.Take()
	got, err := h.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sam", IDs: ids})
	must(t, err)
	want := map[sqlstore.Dialect]int{sqlstore.SQLite: 3, sqlstore.PostgreSQL: 1}[e.Dialect]
	if n := len(sent.Take()); n != want {
		t.Errorf("%d statements; want %d", n, want)
	}
	same(t, "results of Move", slices.Repeat([]roster.MoveResult{roster.MoveDone}, len(ids)), got)
}

// contended moves three records, one of which is about to become somebody else's: what this order moved it tells as moved.
func contended(t *testing.T, e Engine) {
	if e.Waiting == "" { // nobody else writes meanwhile
		return
	}
	db, other := e.Open(t)
	table(t, db, "deals (id text NOT NULL PRIMARY KEY, owner text)")
	exec(t, db.Writer(), "CREATE INDEX deals_owner ON deals (owner, id)", "INSERT INTO deals VALUES ('a', 'leo'), ('b', 'leo'), ('c', 'leo')")
	h, err := db.Account("").Table(t.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"})
	must(t, err)
	for _, c := range []struct {
		to   string
		want []roster.MoveResult
	}{
		{"mia", []roster.MoveResult{roster.MoveDone, roster.MoveElsewhere, roster.MoveDone}},
		{"leo", []roster.MoveResult{roster.MoveDone, roster.MoveDone, roster.MoveDone}},          // touched alone
		{"sam", []roster.MoveResult{roster.MoveAlready, roster.MoveAlready, roster.MoveAlready}}, // nobody knows by whom
	} {
		exec(t, db.Writer(), "UPDATE deals SET owner = 'leo'")
		tx := begin(t, other, sql.LevelDefault)
		_, err := tx.ExecContext(t.Context(), "UPDATE deals SET owner = $1 WHERE id = 'b'", c.to)
		must(t, err)
		moved := make(chan error, 1)
		var got []roster.MoveResult
		go func() {
			var err error
			got, err = h.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sam", IDs: []string{"a", "b", "c"}})
			moved <- err
		}()
		if !waited(t, e, db, moved, 1) {
			t.Errorf("the move doesn't wait for who gives b to %s", c.to)
		}
		must(t, tx.Commit())
		must(t, <-moved)
		same(t, "results of Move when b becomes "+c.to+"'s", c.want, got)
		n := 0
		must(t, db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM deals WHERE owner = 'sam'").Scan(&n))
		same(t, "sam's", []int{len(slices.DeleteFunc(slices.Clone(c.want), func(r roster.MoveResult) bool { return r == roster.MoveElsewhere }))}, []int{n})
	}
}

// partRanges moves what leo has in parts, each of which is a range of its own.
func partRanges(t *testing.T, db *sqlstore.DB, sent *Recorder) {
	table(t, db, "leads (id text NOT NULL PRIMARY KEY, owner text, author text, stage text)")
	exec(t, db.Writer(), "CREATE INDEX leads_owner ON leads (owner, stage, id)", "CREATE INDEX leads_author ON leads (author, id)",
		"INSERT INTO leads VALUES ('a', 'leo', 'leo', 'new'), ('b', 'leo', 'leo', 'won'), ('c', 'leo', 'leo', 'new'), ('d', 'leo', 'leo', NULL), ('e', 'mia', 'mia', 'new'), ('f', 'leo', 'leo', 'new')")
	h, err := db.Account("").Table(t.Context(), sqlstore.Table{Name: "leads", Key: "id", Owner: "owner", Author: "author", Part: "stage"})
	must(t, err)
	for _, c := range []struct {
		why    string
		tie    roster.Tie
		part   string
		ids    string
		want   string // of each: (d)one, (e)lsewhere
		at     string // whose a to f are then by the tie, who are leo's again each time
		ranged bool
	}{
		{"all of a part, another part's and others' in between", roster.Responsible, "new", "acf", "ddd", "slslms", true},
		{"some of a part", roster.Responsible, "new", "ac", "dd", "slslml", true},
		{"not all in between", roster.Responsible, "new", "af", "dd", "slllms", false},
		{"one that is in another part by now moves all the same", roster.Responsible, "new", "abc", "ddd", "ssslml", false},
		{"all of them are", roster.Responsible, "lost", "ac", "dd", "slslml", false},
		{"the part isn't known", roster.Responsible, "", "ac", "dd", "slslml", false},
		{"no part", roster.Responsible, "", "d", "d", "lllsml", false},
		{"somebody else's", roster.Responsible, "new", "ce", "de", "llslml", false},
		{"authors have no parts", roster.Author, "", "abcdf", "ddddd", "ssssms", true},
	} {
		t.Run(c.why, func(t *testing.T) {
			exec(t, db.Writer(), "UPDATE leads SET owner = 'leo', author = 'leo' WHERE id <> 'e'")
			var want []roster.MoveResult
			for _, r := range c.want {
				want = append(want, map[rune]roster.MoveResult{'d': roster.MoveDone, 'e': roster.MoveElsewhere}[r])
			}
			sent.Take()
			got, err := h.Move(t.Context(), roster.MoveOrder{Tie: c.tie, From: "leo", To: "sam", IDs: strings.Split(c.ids, ""), Part: c.part})
			must(t, err)
			statements := sent.Take()
			same(t, "results of Move", want, got)
			at, of := "", map[roster.Tie]string{roster.Responsible: "owner", roster.Author: "author"}[c.tie]
			for _, id := range "abcdef" {
				var user string
				must(t, db.Reader().QueryRowContext(t.Context(), "SELECT "+of+" FROM leads WHERE id = $1", string(id)).Scan(&user))
				at += user[:1]
			}
			if at != c.at {
				t.Errorf("they are %s's; want %s's", at, c.at)
			}
			if ranged := len(statements) == 1; ranged != c.ranged {
				t.Errorf("%d statements: %v", len(statements), queries(statements))
			}
		})
	}
}
