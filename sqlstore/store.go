package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/seed-8e8abc8d/roster"
)

// Store is one account of a DB, as DB.Account gives it. It implements roster.Store and roster.Checker; all methods are
// safe for concurrent use.
type Store struct {
	db      *DB
	account string
	refused error // what is wrong with the account's id
	within  Tx    // the host's transaction; nil: transactions of its own
}

var (
	_ roster.Store   = (*Store)(nil)
	_ roster.Checker = (*Store)(nil)
)

// InTx is the account as the host's own transaction sees it, on the same database: what a Roster made over it changes
// is part of that transaction, together with whatever the host changes in it. It is for one goroutine, and good until the
// transaction ends.
//
//	tx, err := db.Writer().BeginTx(ctx, nil)
//	r, err := roster.New(store.InTx(tx), schema, roster.Config{})
//	_, err = r.Apply(ctx, actor, roster.Deactivate{User: "anna"}) // and the host's own statements
//	err = tx.Commit()
//
// What holds then: each Update runs once, behind a savepoint of its own, and takes back all that it did when it fails,
// after which the transaction may go on. It never commits. The account's other Updates wait from the first Update until the
// transaction ends, so end it soon, and begin with the Update: whoever locks rows of their own first may be chosen as a deadlock's victim.
// No isolation level weakens a guard; above READ COMMITTED the engine may refuse to go on (Retryable). A refusal is in the
// trail only if the host commits. Config.Observe would be told before the commit: leave it nil.
//
// When an error is Retryable, or the commit's is, roll back and do all of it again.
func (s *Store) InTx(tx Tx) *Store {
	in := *s
	in.within = tx
	return &in
}

// usable refuses a call under a context that is done, and any for an account that can't be.
func (s *Store) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.refused
}

// View runs f on one snapshot.
func (s *Store) View(ctx context.Context, f func(roster.Tx) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.within != nil {
		return s.run(ctx, s.within, true, f)
	}
	tx, err := s.db.reader.BeginTx(ctx, &sql.TxOptions{Isolation: s.db.engine.snapshot, ReadOnly: true})
	if err != nil {
		return fail("view", err)
	}
	defer tx.Rollback()
	return s.run(ctx, tx, true, f)
}

// Update runs f in a transaction that begins by locking the account's row, and runs it again when the engine gave the
// transaction up (Retryable). An error of the commit itself leaves open whether it happened.
func (s *Store) Update(ctx context.Context, f func(roster.Tx) error) (err error) {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.within != nil {
		return s.save(ctx, f)
	}
	for try := 0; ; try++ {
		err = s.update(ctx, f)
		if err == nil || try == retries || !Retryable(err) || ctx.Err() != nil {
			return err
		}
		if waited := pause(ctx, try); waited != nil {
			return waited
		}
	}
}

// update is one try.
func (s *Store) update(ctx context.Context, f func(roster.Tx) error) error {
	tx, err := s.db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fail("update", err)
	}
	defer tx.Rollback()
	if err := s.lock(ctx, tx); err != nil {
		return err
	}
	if err := s.run(ctx, tx, false, f); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		if done := ctx.Err(); done != nil && errors.Is(err, done) {
			return done // it was never sent
		}
		if Retryable(err) && sqlState(err) != "" { // the server says that it rolled back
			return fail("update", err)
		}
		return fail("update", fmt.Errorf("%w: %w", errCommit, err))
	}
	return nil
}

// lock makes the account's Updates one after another: its row is changed first, which waits for whoever changed it and
// hasn't ended, and fails where a transaction's snapshot is older than the last change.
func (s *Store) lock(ctx context.Context, tx Tx) error {
	accounts := s.db.table("accounts")
	_, err := tx.ExecContext(ctx, s.db.engine.rebind("INSERT INTO "+accounts+" (account, updates) VALUES (?, 1) ON CONFLICT (account) DO UPDATE SET updates = "+accounts+".updates + 1"), s.account)
	return s.because(ctx, "lock the account", err)
}

// run gives f a transaction that fails once f has returned.
func (s *Store) run(ctx context.Context, in Tx, readOnly bool, f func(roster.Tx) error) error {
	t := &tx{ctx: ctx, db: s.db, account: s.account, in: in, readOnly: readOnly}
	defer t.ended.Store(true)
	if err := f(t); err != nil {
		return err
	}
	return ctx.Err()
}

// save is Update inside the host's transaction.
func (s *Store) save(ctx context.Context, f func(roster.Tx) error) (err error) {
	do := func(ctx context.Context, statement string) error {
		_, err := s.within.ExecContext(ctx, statement)
		return s.because(ctx, statement, err)
	}
	if err := do(ctx, "SAVEPOINT roster"); err != nil {
		return err
	}
	kept := false
	defer func() {
		if kept {
			return
		}
		back := context.WithoutCancel(ctx) // a panic and runtime.Goexit come this way too
		err = errors.Join(err, do(back, "ROLLBACK TO SAVEPOINT roster"), do(back, "RELEASE SAVEPOINT roster"))
	}()
	if err := s.lock(ctx, s.within); err != nil {
		return err
	}
	if err := s.run(ctx, s.within, false, f); err != nil {
		return err
	}
	kept = true
	return do(ctx, "RELEASE SAVEPOINT roster")
}

// because names what failed; a context that is done is the reason of whatever failed under it.
func (s *Store) because(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	if done := ctx.Err(); done != nil {
		return done
	}
	if missingTable(err) {
		return fail(what, fmt.Errorf("%w: %w", ErrSchema, err))
	}
	return fail(what, err)
}

// tx is a transaction, the store's own or the host's.
type tx struct {
	ctx      context.Context
	db       *DB
	account  string
	in       Tx
	readOnly bool
	ended    atomic.Bool
}

// usable refuses a call after the end, and under a context that is done.
func (t *tx) usable() error {
	if t.ended.Load() {
		return fmt.Errorf("sqlstore: the transaction has ended: %w", roster.ErrState)
	}
	return t.ctx.Err()
}

// query reads rows, one call of each for every row.
func (t *tx) query(each func(*sql.Rows) error, query string, args ...any) error {
	if err := t.usable(); err != nil {
		return err
	}
	found, err := t.in.QueryContext(t.ctx, t.db.engine.rebind(query), args...)
	if err != nil {
		return t.because(query, err)
	}
	defer found.Close()
	for found.Next() {
		if err := each(found); err != nil {
			return t.because(query, err)
		}
	}
	return t.because(query, found.Err())
}

// exec changes rows, and tells how many.
func (t *tx) exec(query string, args ...any) (int64, error) {
	if err := t.usable(); err != nil {
		return 0, err
	}
	if t.readOnly {
		return 0, fmt.Errorf("sqlstore: a change inside View: %w", roster.ErrState)
	}
	done, err := t.in.ExecContext(t.ctx, t.db.engine.rebind(query), args...)
	if err != nil {
		return 0, t.because(query, err)
	}
	return done.RowsAffected()
}

// because names the statement that failed by its first words.
func (t *tx) because(query string, err error) error {
	s := Store{db: t.db}
	return s.because(t.ctx, first(query), err)
}

// first are the first three words of a statement: what it does, and to what.
func first(query string) string {
	words := strings.Fields(query)
	if i := slices.Index(words, "FROM"); i > 0 && words[0] == "SELECT" {
		return "SELECT FROM " + words[i+1]
	}
	return strings.Join(words[:min(3, len(words))], " ")
}
