package sqltest

import (
	"database/sql"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/rostertest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// Sharding shows that the account is the sharding key: it leads every key and index, nothing ties tables together, and every
// statement names one account and finds its rows by index.
func Sharding(t *testing.T, e Engine) {
	t.Helper()
	t.Run("schema", func(t *testing.T) {
		t.Parallel()
		schemaByAccount(t, e)
	})
	t.Run("statements", func(t *testing.T) {
		t.Parallel()
		statementsByAccount(t, e)
	})
	t.Run("over all accounts", func(t *testing.T) {
		t.Parallel()
		overAccounts(t, e)
	})
}

// schemaByAccount reads the engine's catalogue.
func schemaByAccount(t *testing.T, e Engine) {
	db, _ := e.Open(t)
	led := map[string]bool{}
	for _, row := range texts(t, db, e.Indexes) {
		table, index, first := row[0], row[1], row[2]
		if table != "roster_schema" && first != "account" {
			t.Errorf("the index %s of %s begins with %q; want the account", index, table, first)
		}
		led[table] = true
	}
	for _, noun := range Nouns {
		if !led["roster_"+noun] {
			t.Errorf("roster_%s has no key", noun)
		}
	}
	for _, row := range texts(t, db, e.Ties) {
		t.Errorf("the schema has a foreign key, trigger, sequence or view: %s", row[0])
	}
}

// texts are the rows of a query.
func texts(t *testing.T, db *sqlstore.DB, query string, args ...any) (all [][]string) {
	t.Helper()
	found, err := db.Reader().QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	columns, err := found.Columns()
	must(t, err)
	for found.Next() {
		row, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		must(t, found.Scan(into...))
		var list []string
		for _, v := range row {
			list = append(list, v.String)
		}
		all = append(all, list)
	}
	must(t, found.Err())
	return all
}

// statementsByAccount records what the contract, the random script, and a deletion and questions about a host's table send.
func statementsByAccount(t *testing.T, e Engine) {
	db, sent := e.Recorded(t)
	distinct := map[string]Statement{}
	look := func(account string) {
		for _, s := range sent.Take() {
			if problem := ofAccount(s, account); problem != "" {
				t.Errorf("%s: %s", problem, s.Query)
			}
			distinct[s.Query] = s
		}
	}
	for i, c := range storetest.Cases() {
		account := fmt.Sprint("case ", i)
		must(t, c.Check(t.Context(), db.Account(account)))
		look(account)
	}
	for seed := range uint64(3) {
		account := fmt.Sprint("script ", seed)
		_, err := storetest.Script(t.Context(), db.Account(account), seed, 200)
		must(t, err)
		look(account)
	}
	h := hosted(t, db)
	globex := "SELECT id || ' ' || coalesce(owner, '') || ' ' || coalesce(author, '') FROM deals WHERE account = 'globex' ORDER BY id"
	others := lines(t, db.Reader(), globex)
	sent.Take() // what the host said itself, and what the catalogue was asked
	offboarding(t, rostertest.NewOn(t, db.Account("acme"), roster.CRMSchema(), roster.Config{}), h)
	questions(t, db, h)
	must(t, within(t.Context(), db, sql.LevelDefault, func(tx *sql.Tx) error {
		return db.Account("acme").Receive(t.Context(), tx, "eva")
	}))
	look("acme")
	same(t, "deals of another account", others, lines(t, db.Reader(), globex))
	walking, explained := map[string]bool{}, 0
	for _, query := range slices.Sorted(maps.Keys(distinct)) {
		if !regexp.MustCompile(`^(SELECT|DELETE) .*(FROM|JOIN) roster_|^UPDATE roster_`).MatchString(query) { // Plans explains what is asked of a host's table alone
			continue
		}
		explained++
		var plan []string
		for _, row := range texts(t, db, e.Explain+query, distinct[query].Args...) {
			plan = append(plan, row[len(row)-1])
		}
		if problem := planProblem(e, query, strings.Join(plan, "\n"), walking); problem != "" {
			t.Errorf("%s: %s\n\t%s", problem, query, strings.Join(plan, "\n\t"))
		}
	}
	if explained < 30 {
		t.Errorf("%d statements were explained: the rest went unseen", explained)
	}
	for column := range walks {
		if !walking[column] {
			t.Errorf("no statement filters by %s: take it off the list", column)
		}
	}
	t.Logf("%d different statements, %d plans", len(distinct), explained)
}

var (
	quotes  = strings.NewReplacer(`"`, "", "[", "", "]", "")
	control = regexp.MustCompile(`^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)`)
	// named are tables of this package's, and the host's. That SQLite's hold values which are no texts, and so nobody's, is asked
	// of the whole index (G2).
	named = regexp.MustCompile(`(?:FROM|JOIN|INTO|UPDATE|UPDATE OR ABORT) (?:main\.|public\.)?(roster_\w+|deals)( WHERE account COLLATE BINARY >= x'')?`)
	bound = regexp.MustCompile(`account(?: COLLATE BINARY)? = (?:CAST\()?(?:(\?)\d*|\$(\d+)|\w+\.account)`)
)

// ofAccount tells what is wrong with a statement that ought to be one account's, or "".
func ofAccount(s Statement, account string) string {
	query := quotes.Replace(s.Query)
	tables := named.FindAllStringSubmatch(query, -1)
	if control.MatchString(query) || len(tables) > 0 && tables[0][1] == "roster_schema" {
		return ""
	}
	if len(tables) == 0 {
		return "no table"
	}
	if strings.HasPrefix(query, "INSERT") {
		if !regexp.MustCompile(`^INSERT INTO roster_\w+ \(account, `).MatchString(query) || len(tables) != 1 || s.Args[0] != account {
			return "a row that isn't the account's"
		}
		return ""
	}
	tables = slices.DeleteFunc(tables, func(m []string) bool { return m[2] != "" })
	conditions := bound.FindAllStringSubmatchIndex(query, -1)
	if len(conditions) < len(tables) {
		return fmt.Sprintf("%d tables, %d conditions for the account", len(tables), len(conditions))
	}
	given := false
	for _, c := range conditions {
		at := -1
		switch {
		case c[2] >= 0:
			at = strings.Count(query[:c[2]], "?")
		case c[4] >= 0:
			n, _ := strconv.Atoi(query[c[4]:c[5]])
			at = n - 1
		default:
			continue // another table's account
		}
		if given = true; at >= len(s.Args) || s.Args[at] != account {
			return "the condition isn't for the account " + account
		}
	}
	if !given {
		return "no condition gives the account"
	}
	return ""
}

// walks are the columns that a page is filtered by without an index: within one account, from a key on, until the page is
// full. An index for each would cost every change more than these lists, which people ask for, cost now and then.
var walks = map[string]string{
	"status":       "five values, most users have one of them",
	"free":         "two values",
	"last_seen":    "a report that is read now and then; an index would be written with every note of a visit",
	"end_date":     "few have one, and the sweep of those who are past theirs reads all users once a day",
	"name_folded":  "a part of a text: no index of either engine serves it without extensions",
	"kind":         "four values, beside the user in what the library asks",
	"spent":        "as revoked",
	"revoked":      "open tokens of a user are asked for with the user",
	"state":        "few values; the unfinished have an index",
	"successors":   "runs of an account are as many as people who left",
	"verb":         "a filter of the trail that people use, from the newest on",
	"outcome":      "few values",
	"time":         "numbers of events rise with time: a reader who has one begins there",
	"email_folded": "a part of a text",
}

var filteredBy = regexp.MustCompile(`(?:AND|OR|(?:\?|\$\d+) IN) \(?(?:NOT )?(?:\w+\(+)?(?:SELECT \w+\((?:CAST\()?|SELECT value FROM json_each\()?(?:\w\.)?(\w+)`)

// planProblem tells what is wrong with how the engine finds the rows of a statement, or "".
func planProblem(e Engine, query, plan string, walking map[string]bool) string {
	searches := 0
	for line := range strings.SplitSeq(plan, "\n") {
		switch line = strings.TrimSpace(line); {
		case e.Scans.MatchString(line):
			return "reads a whole table"
		case e.Searches.MatchString(line):
			if searches++; !strings.Contains(line, "account") {
				return "searches without the account"
			}
		}
	}
	if searches == 0 {
		return "no search by index in the plan"
	}
	indexed, by := 0, []string{}
	for _, m := range filteredBy.FindAllStringSubmatch(query, -1) {
		switch column := m[1]; {
		case walks[column] != "":
			walking[column] = true
		case column != "account" && column != "id" && column != "seq" && column != "n":
			if by = append(by, column); strings.Contains(plan, column) || column == "sent" && strings.Contains(plan, "letters_open") {
				indexed++
			}
		}
	}
	if e.Dialect == sqlstore.SQLite && len(by) > 0 && indexed == 0 {
		return fmt.Sprintf("filters by %v without an index", by)
	}
	return ""
}
