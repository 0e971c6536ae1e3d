package sqltest

import (
	"database/sql"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Plans asks the engine how it finds the rows of every statement that a table's holdings send, where a hundred times as
// many rows are others': by an index, from the user or the keys on.
func Plans(t *testing.T, e Engine) {
	t.Helper()
	for name, c := range map[string]struct {
		key, id string // the key's type, and how n becomes one
		lead    string // leads every index
		table   sqlstore.Table
		others  int // who share the other rows
	}{
		"numbers":   {"BIGINT", "n", "", sqlstore.Table{}, 97},
		"texts":     {"TEXT", "'k' || n", "firm, ", sqlstore.Table{Account: "firm"}, 97},
		"one other": {"BIGINT", "n", "", sqlstore.Table{}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, sent := e.Recorded(t)
			numbers := "generate_series(1, 30300) n"
			if e.Dialect == sqlstore.SQLite {
				numbers = "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 30300) SELECT n FROM s)"
			}
			who := func(off int) string {
				return fmt.Sprintf("CASE (n + %d) %% 202 WHEN 0 THEN 'leo' WHEN 101 THEN NULL ELSE 'other' || n %% %d END", off, c.others)
			}
			for _, statement := range []string{
				"CREATE TABLE deals (id " + c.key + " NOT NULL PRIMARY KEY, firm TEXT, owner TEXT, author TEXT, watcher TEXT, payer TEXT, stage TEXT, closed BIGINT)",
				"INSERT INTO deals SELECT " + c.id + ", 'acme', " + who(0) + ", " + who(1) + ", " + who(2) + ", CASE WHEN n % 4 < 2 THEN " + who(2) + " ELSE " + who(3) + " END, CASE n % 6 WHEN 0 THEN 'won' WHEN 3 THEN 'won' WHEN 1 THEN 'new' WHEN 4 THEN 'new' WHEN 2 THEN '' END, n % 2 FROM " + numbers,
				"CREATE INDEX deals_owner ON deals (" + c.lead + "owner, stage, id)",
				"CREATE INDEX deals_author ON deals (" + c.lead + "author, id)",
				"CREATE INDEX deals_watcher ON deals (" + c.lead + "watcher)",
				"CREATE INDEX deals_payer ON deals (" + c.lead + "payer)",
				"ANALYZE deals",
			} {
				_, err := db.Writer().ExecContext(t.Context(), statement)
				must(t, err)
			}
			c.table.Name, c.table.Key, c.table.Owner, c.table.Author = "deals", "id", "owner", "author"
			c.table.Named, c.table.Part, c.table.Closed = []string{"watcher", "payer"}, "stage", "closed"
			h, err := db.Account("acme").Table(t.Context(), c.table)
			must(t, err)
			sent.Take()
			everyAnswer(t, db, h)
			explainAll(t, e, db, sent.Take())
		})
	}
}

// everyAnswer makes holdings send each of their statements.
func everyAnswer(t *testing.T, db *sqlstore.DB, h *sqlstore.Holdings) {
	t.Helper()
	for _, user := range []roster.UserID{"leo", ""} {
		s, err := h.Survey(t.Context(), user)
		must(t, err)
		is := "IS NULL"
		if user != "" {
			is = "= '" + string(user) + "'"
		}
		named := 0 // each row once, though both columns name the user
		must(t, db.Reader().QueryRowContext(t.Context(), "WITH all_of AS (SELECT count(*) AS n FROM deals WHERE watcher "+is+" OR payer "+is+") SELECT n FROM all_of").Scan(&named))
		same(t, "records, written and named", []int{150, 150, named}, []int{s.Total(), s.Authored, s.Named})
	}
	page := func(q roster.Query) (ids []string) {
		t.Helper()
		q.Limit = 20
		found, err := h.Page(t.Context(), q)
		must(t, err)
		for _, rec := range found {
			ids = append(ids, rec.ID)
		}
		if len(ids) != 20 {
			t.Errorf("a page of %d: %+v", len(ids), q)
		}
		return ids
	}
	for _, user := range []roster.UserID{"leo", ""} {
		ids := page(roster.Query{User: user, Tie: roster.Responsible, Part: "new"})
		page(roster.Query{User: user, Tie: roster.Responsible, Part: "new", After: ids[3]})
		page(roster.Query{User: user, Tie: roster.Responsible, After: page(roster.Query{User: user, Tie: roster.Responsible})[3]})
		page(roster.Query{User: user, Tie: roster.Responsible, AllParts: true, IDs: ids})
		page(roster.Query{User: user, Tie: roster.Author, AllParts: true, After: ids[3]})
		for range 2 { // once they are the user's, once they aren't any more
			_, err := h.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: user, To: "mia", IDs: ids, Part: "new"})
			must(t, err)
		}
		_, err := h.Move(t.Context(), roster.MoveOrder{Tie: roster.Author, From: user, To: "mia", IDs: ids})
		must(t, err)
		rest, err := h.Page(t.Context(), roster.Query{User: user, Tie: roster.Author, AllParts: true, Limit: 1_000})
		must(t, err)
		var written []string // all that is the user's from the first to the last, with most of the table in between
		for _, rec := range rest {
			written = append(written, rec.ID)
		}
		_, err = h.Move(t.Context(), roster.MoveOrder{Tie: roster.Author, From: user, To: "mia", IDs: written})
		must(t, err)
	}
	where, args := h.Where(roster.Condition{Base: roster.Own, AnyPart: true}, "leo", "sales", 1)
	n := 0
	must(t, db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM deals WHERE "+where, args...).Scan(&n))
	same(t, "what leo may see, after the moves", []int{130}, []int{n})
}

var (
	ofDeals  = regexp.MustCompile(`^(SELECT|UPDATE) .*\bdeals\b`)
	byUserOr = regexp.MustCompile(`(owner|author|watcher|payer|firm>)( =|=| IS NULL|>|\?)|\b(id|rowid)( = ANY|=)`)
)

// explainAll wants every statement about deals to find them by user or by key.
func explainAll(t *testing.T, e Engine, db *sqlstore.DB, sent []Statement) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range sent {
		query := strings.NewReplacer(`"`, "", "`", "", "[", "", "]", "").Replace(s.Query)
		if seen[query] || !ofDeals.MatchString(query) {
			continue
		}
		seen[query] = true
		var plan []string
		for _, line := range planOf(t, e, db, s) {
			plan = append(plan, strings.Replace(line, "main.deals", "deals", 1))
		}
		searches, named := 0, 0
		for _, line := range plan {
			line = strings.TrimSpace(line)
			if regexp.MustCompile(`^(SCAN deals|.*Seq Scan on deals)`).MatchString(line) {
				t.Errorf("reads the whole table: %s\n\t%s", s.Query, strings.Join(plan, "\n\t"))
			}
			if regexp.MustCompile(`^(SEARCH deals |(-> *)?(Index|Index Only|Bitmap Index) Scan .*deals)`).MatchString(line) {
				searches++
			}
			if regexp.MustCompile(`^(SEARCH deals |Index Cond: )`).MatchString(line) && byUserOr.MatchString(line) {
				named++
			}
		}
		if strings.Contains(query, "roster_key") && len(regexp.MustCompile(`(?m)(SEARCH|Index Cond).*stage`).FindAllString(strings.Join(plan, "\n"), -1)) != 2 {
			t.Errorf("a page in no part isn't two stretches of the index: %s\n\t%s", s.Query, strings.Join(plan, "\n\t"))
		}
		if searches == 0 || named != searches {
			t.Errorf("%d searches, %d of them by user or key: %s\n\t%s", searches, named, s.Query, strings.Join(plan, "\n\t"))
		}
	}
	if len(seen) < 12 {
		t.Errorf("%d statements were explained: the rest went unseen", len(seen))
	}
	t.Logf("%d statements by index", len(seen))
}

// planOf is how the engine carries a statement out by its own judgement.
func planOf(t *testing.T, e Engine, db *sqlstore.DB, s Statement) (lines []string) {
	t.Helper()
	must(t, within(t.Context(), db, sql.LevelDefault, func(tx *sql.Tx) error {
		if e.Dialect == sqlstore.PostgreSQL {
			if _, err := tx.ExecContext(t.Context(), "SET LOCAL enable_seqscan = on"); err != nil {
				return err
			}
		}
		found, err := tx.QueryContext(t.Context(), e.Explain+s.Query, s.Args...)
		if err != nil {
			return fmt.Errorf("%s: %w", strconv.Quote(s.Query), err)
		}
		defer found.Close()
		columns, err := found.Columns()
		for err == nil && found.Next() {
			row, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			err = found.Scan(into...)
			lines = append(lines, row[len(row)-1].String)
		}
		if err != nil {
			return err
		}
		return found.Err()
	}))
	return lines
}
