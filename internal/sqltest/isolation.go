package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/sqlstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// Nouns are the tables that hold rows of accounts.
var Nouns = []string{"accounts", "users", "departments", "roles", "credentials", "tokens", "letters", "counters", "runs", "entries", "events", "due"}

// Isolation shows that nothing crosses from one account to another.
func Isolation(t *testing.T, open func(t *testing.T) *sqlstore.DB) {
	t.Helper()
	t.Run("two full accounts", func(t *testing.T) {
		t.Parallel()
		twoFull(t, open(t))
	})
	t.Run("contract beside a full account", func(t *testing.T) {
		t.Parallel()
		contractBeside(t, open(t))
	})
	t.Run("checks", func(t *testing.T) {
		t.Parallel()
		checksBeside(t, open(t))
	})
	t.Run("odd ids", func(t *testing.T) {
		t.Parallel()
		oddAccounts(t, open(t))
	})
	t.Run("ids that are none", func(t *testing.T) {
		t.Parallel()
		badAccounts(t, open(t))
	})
}

const seed, updates = 7, 400 // of the script that fills an account: every table has rows of it

// fill runs the script on an account and wants what a store alone in the world answers.
func fill(t *testing.T, s roster.Store) {
	t.Helper()
	want, err := storetest.Script(t.Context(), new(memstore.Store), seed, updates)
	must(t, err)
	got, err := storetest.Script(t.Context(), s, seed, updates)
	must(t, err)
	same(t, "answers", want, got)
}

// twoFull fills two accounts with the same rows under the same keys, and then changes one of them.
func twoFull(t *testing.T, db *sqlstore.DB) {
	fill(t, db.Account("a"))
	a := rowsOf(t, db, "a")
	for _, table := range Nouns {
		if !slices.ContainsFunc(a, func(row string) bool { return strings.HasPrefix(row, table+": ") }) {
			t.Errorf("the script left no row in %s: the test would say nothing about it", table)
		}
	}
	fill(t, db.Account("b"))
	same(t, "rows of the first, after the second was filled", a, rowsOf(t, db, "a"))
	same(t, "rows of the second beside those of the first", a, rowsOf(t, db, "b"))
	if _, err := storetest.Script(t.Context(), db.Account("b"), seed+1, updates/4); err != nil {
		t.Fatal(err)
	}
	same(t, "rows of the first, after the second changed", a, rowsOf(t, db, "a"))
	if b := rowsOf(t, db, "b"); slices.Equal(a, b) {
		t.Error("the second account didn't change")
	}
}

// contractBeside tries the whole contract of a store beside an account that is full.
func contractBeside(t *testing.T, db *sqlstore.DB) {
	fill(t, db.Account("a"))
	a := rowsOf(t, db, "a")
	for i, c := range storetest.Cases() {
		if err := c.Check(t.Context(), db.Account(fmt.Sprint("b", i))); err != nil {
			t.Errorf("%s: %v\nthe rule: %s", c.Name, err, c.Rule)
		}
	}
	same(t, "rows of the first, after the contract was tried on others", a, rowsOf(t, db, "a"))
}

// checksBeside asks for tokens, users and roles that another account has.
func checksBeside(t *testing.T, db *sqlstore.DB) {
	a, b := db.Account("a"), db.Account("b")
	put := func(s roster.Store, name string, hash roster.TokenHash, role roster.RoleID) {
		must(t, s.Update(t.Context(), func(tx roster.Tx) error {
			return errors.Join(
				tx.PutUser(roster.User{ID: "anna", FirstName: name, Role: "seller", Email: "anna@x.ru", Status: roster.StatusActive}),
				tx.PutToken(roster.Token{ID: "1", Hash: hash, User: "anna", Label: name}),
				tx.PutToken(roster.Token{ID: "2", Hash: roster.TokenHash{9}, User: "anna", Label: name}),
				tx.AddRole(roster.Role{ID: role, Name: name}))
		}))
	}
	put(a, "of a", roster.TokenHash{1}, "seller")
	put(b, "of b", roster.TokenHash{2}, "other")
	bearer := func(s *sqlstore.Store, h roster.TokenHash) string {
		k, u, err := s.Bearer(t.Context(), h)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("%s %s %s %v", k.ID, k.Label, u.User.FirstName, u.Role != nil)
	}
	none := roster.ErrNotFound.Error()
	same(t, "bearers", []string{"1 of a of a true", none, none, "1 of b of b false", "2 of a of a true", "2 of b of b false"}, []string{
		bearer(a, roster.TokenHash{1}), bearer(a, roster.TokenHash{2}), bearer(b, roster.TokenHash{1}), bearer(b, roster.TokenHash{2}),
		bearer(a, roster.TokenHash{9}), bearer(b, roster.TokenHash{9}),
	})
	_, err := db.Account("c").Standing(t.Context(), "anna")
	is(t, "somebody whom two other accounts have", err, roster.ErrNotFound)
	must(t, a.Update(t.Context(), func(tx roster.Tx) error {
		u, err := tx.User("anna")
		u.Status = roster.StatusLeaving
		return errors.Join(err, tx.PutUser(u))
	}))
	for s, want := range map[*sqlstore.Store]error{a: roster.ErrState, b: nil, db.Account("c"): roster.ErrState} {
		must(t, within(t.Context(), db, sql.LevelDefault, func(tx *sql.Tx) error {
			is(t, "receiving where anna leaves, stays and isn't", s.Receive(t.Context(), tx, "anna"), want)
			return nil
		}))
	}
}

// oddAccounts are different accounts, whatever a careless engine makes of their names.
func oddAccounts(t *testing.T, db *sqlstore.DB) {
	ids := []string{"", " ", "a", "A", "a ", "á", "a\u0301", "ａ", "а", "'", `"`, `'; DROP TABLE roster_users; --`, "$1", "?", "%", "_", "\\", "\n", "NULL", "0", "00", "💼", strings.Repeat("x", 128), strings.Repeat("x", 127), strings.Repeat("Ё", 64)}
	run := roster.Run{ID: "run", State: roster.RunWorking, Lease: roster.Lease{Until: time.UnixMicro(1).UTC()}}
	for _, id := range ids {
		must(t, db.Account(id).Update(t.Context(), func(tx roster.Tx) error {
			return errors.Join(tx.PutUser(roster.User{ID: "u", FirstName: "of " + id, Email: "u@x.ru"}), tx.PutRun(run))
		}))
	}
	for _, id := range ids {
		must(t, db.Account(id).View(t.Context(), func(tx roster.Tx) error {
			users, err := tx.ListUsers(roster.UserFilter{}, "", 100)
			if err == nil && (len(users) != 1 || users[0].FirstName != "of "+id) {
				t.Errorf("account %q has the users %v", id, users)
			}
			return err
		}))
	}
	slices.Sort(ids)
	var due []string
	for after := (roster.Due{}); ; {
		page, err := db.Due(t.Context(), after, 4)
		must(t, err)
		for _, d := range page {
			due = append(due, d.Account)
		}
		if len(page) < 4 {
			break
		}
		after = page[3]
	}
	same(t, "due runs", ids, due)
}

// badAccounts are refused by every call, without a row.
func badAccounts(t *testing.T, db *sqlstore.DB) {
	for _, id := range []string{strings.Repeat("x", 129), "a\x00", "\x00", "a\xff", "\xd0"} {
		s, never := db.Account(id), func(roster.Tx) error { t.Errorf("account %q has a transaction", id); return nil }
		is(t, fmt.Sprintf("View of %q", id), s.View(t.Context(), never), roster.ErrInvalid)
		is(t, fmt.Sprintf("Update of %q", id), s.Update(t.Context(), never), roster.ErrInvalid)
		_, err := s.Standing(t.Context(), "u")
		is(t, fmt.Sprintf("Standing of %q", id), err, roster.ErrInvalid)
		_, _, err = s.Bearer(t.Context(), roster.TokenHash{})
		is(t, fmt.Sprintf("Bearer of %q", id), err, roster.ErrInvalid)
		must(t, within(t.Context(), db, sql.LevelDefault, func(tx *sql.Tx) error {
			is(t, fmt.Sprintf("Receive of %q", id), s.Receive(t.Context(), tx), roster.ErrInvalid)
			is(t, fmt.Sprintf("InTx of %q", id), s.InTx(tx).Update(t.Context(), never), roster.ErrInvalid)
			return nil
		}))
	}
	var n int
	must(t, db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM roster_accounts").Scan(&n))
	if n != 0 {
		t.Errorf("%d accounts came into being", n)
	}
}

// rowsOf is every row of an account, as the tables have it, without the account.
func rowsOf(t *testing.T, db *sqlstore.DB, account string) (all []string) {
	t.Helper()
	for _, table := range Nouns {
		found, err := db.Reader().QueryContext(t.Context(), "SELECT * FROM roster_"+table+" WHERE account = $1", account)
		must(t, err)
		columns, err := found.Columns()
		must(t, err)
		for found.Next() {
			row, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			must(t, found.Scan(into...))
			all = append(all, fmt.Sprintf("%s: %q", table, fmt.Sprintf("%v", row[1:])))
		}
		must(t, errors.Join(found.Err(), found.Close()))
	}
	slices.Sort(all)
	return all
}

// within runs f in a transaction of the host's own, and commits when f is content.
func within(ctx context.Context, db *sqlstore.DB, level sql.IsolationLevel, f func(tx *sql.Tx) error) error {
	tx, err := db.Writer().BeginTx(ctx, &sql.TxOptions{Isolation: level})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}
