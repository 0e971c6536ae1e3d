package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
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
	refused error        // what is wrong with the account's id
	within  Tx           // the host's transaction; nil: transactions of its own
	lost    *atomic.Bool // within couldn't be brought back to where it was
}

var (
	_ roster.Store    = (*Store)(nil)
	_ roster.Checker  = (*Store)(nil)
	_ roster.Deferred = (*Store)(nil)
)

// InTx is the account as the host's own transaction sees it, on the same database: what a Roster over it changes is part
// of that transaction, together with whatever the host changes in it. It is for one goroutine, and good until the
// transaction ends.
//
//	tx, err := db.Writer().BeginTx(ctx, nil)
//	_, err = r.On(store.InTx(tx)).Apply(ctx, actor, roster.Deactivate{User: "anna"}) // and the host's own statements
//	err = tx.Commit()
//
// What holds then:
//   - It never begins, commits or rolls back. Each Update runs once, behind a savepoint named roster, and takes back all it
//     did, and nothing of the host's, when it fails, panics or its goroutine exits.
//   - After an error that is one of package roster's, a refusal say, the transaction may go on; the refusal's event is in it,
//     and in the trail only if the host commits. After any other error roll back. Where even taking back failed, further
//     Updates are an ErrState.
//   - From the first Update on until the transaction ends the account's other Updates wait, in every process. So end it
//     soon, and begin with the Update: of two who lock the same things in different orders the engine gives one up.
//   - No isolation level weakens a guard: at READ COMMITTED an Update sees all that was committed before it, and above it
//     the engine refuses to go on where it couldn't (Retryable). The same holds for SQLite's BEGIN and BEGIN IMMEDIATE.
//   - A View, a check and a permission see what the transaction sees: below REPEATABLE READ a View that reads several things
//     may see a commit between two of them. A Roster's Update never does.
//   - On SQLite a transaction that the engine has ended, for a full disk say, is an ErrState: nothing is committed by itself.
//   - A context that ends during an Update ends it: on PostgreSQL it may cost the connection, and so the transaction; on SQLite
//     a statement that has begun is finished first.
//   - The store is Deferred: Config.Observe isn't told. After the commit the events are in the trail like any.
//
// Nothing is retried: when an error is Retryable, the commit's included, roll back and do all of it again. It is for Apply
// and its like. What takes long, hashing or sending, would hold up the account, and a Desk's Holdings that ask the
// pool would wait for ever where its one connection is the transaction's, as on SQLite.
func (s *Store) InTx(tx Tx) *Store {
	in := *s
	in.within, in.lost = tx, new(atomic.Bool)
	if s.db.dialect == SQLite {
		in.within = whole{tx}
	}
	if in.refused == nil {
		in.refused = fail("in tx", pool(tx))
	}
	return &in
}

// Deferred reports whether a host's transaction commits what the store does.
func (s *Store) Deferred() bool { return s.within != nil }

// pool refuses what looks like a transaction and is a pool: each statement would go its own way.
func pool(tx Tx) error {
	_, isPool := tx.(*sql.DB)
	if v := reflect.ValueOf(tx); isPool || tx == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return fmt.Errorf("%w: a transaction is needed, not %T", roster.ErrInvalid, tx)
	}
	return nil
}

// whole is a transaction on SQLite whose changes no context interrupts half-way: SQLite would end the whole transaction,
// and what the host does next would be committed by itself.
type whole struct{ Tx }

func (w whole) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return w.Tx.ExecContext(context.WithoutCancel(ctx), query, args...)
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
		return because(ctx, "view", err)
	}
	defer tx.Rollback()
	return s.run(ctx, tx, true, f)
}

// Update runs f in a transaction that begins by locking the account's row, and runs it again when the engine gave the
// transaction up (Retryable). An error of the commit itself leaves open whether it happened.
func (s *Store) Update(ctx context.Context, f func(roster.Tx) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.within != nil {
		return s.save(ctx, f)
	}
	return insist(ctx, func() error { return s.update(ctx, f) })
}

// update is one try.
func (s *Store) update(ctx context.Context, f func(roster.Tx) error) error {
	tx, err := s.db.begin(ctx)
	if err != nil {
		return because(ctx, "update", err)
	}
	defer tx.Rollback()
	if err := s.lock(ctx, tx); err != nil {
		return err
	}
	if err := s.run(ctx, tx, false, f); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		if done := ctx.Err(); done != nil && (err == done || errors.Is(err, sql.ErrTxDone)) {
			return done // it was never sent; an error that wraps the context's is a driver's, which had sent it
		}
		if Retryable(err) { // nothing happened
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
	return because(ctx, "lock the account", err)
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
		return because(ctx, statement, err)
	}
	if s.lost.Load() {
		return fail("update", fmt.Errorf("%w: the host's transaction is broken: roll it back", roster.ErrState))
	}
	if s.db.dialect == SQLite { // PostgreSQL refuses the savepoint
		if err := s.db.open(ctx, s.within); err != nil {
			s.lost.Store(errors.Is(err, roster.ErrState))
			return because(ctx, "update", err)
		}
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
		if undo := errors.Join(do(back, "ROLLBACK TO SAVEPOINT roster"), do(back, "RELEASE SAVEPOINT roster")); undo != nil {
			s.lost.Store(true)
			err = errors.Join(err, undo)
		}
	}()
	if err := s.lock(ctx, s.within); err != nil {
		return err
	}
	if err := s.run(ctx, s.within, false, f); err != nil {
		return err
	}
	if err := do(ctx, "RELEASE SAVEPOINT roster"); err != nil {
		return err
	}
	kept = true
	return nil
}

// open fails with ErrState where no transaction of the host's is open, or not any more. SQLite ends one by itself, on a full disk or
// when a statement of the host's is interrupted; what came then would be a transaction of its own, and its savepoint's release a commit.
// SQLite can only be asked by BEGIN, which fails inside a transaction and does nothing.
func (db *DB) open(ctx context.Context, tx Tx) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if db.dialect == PostgreSQL {
		for _, statement := range []string{"SAVEPOINT roster", "RELEASE SAVEPOINT roster"} {
			if _, err := tx.ExecContext(ctx, statement); sqlState(err) == "25P01" {
				return fmt.Errorf("%w: there is no transaction: %w", roster.ErrState, err)
			} else if err != nil {
				return err
			}
		}
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	if _, err := tx.ExecContext(ctx, "BEGIN"); err != nil {
		if sqliteCode(err)&0xff == 1 && strings.Contains(err.Error(), "within a transaction") {
			return nil
		}
		return err
	}
	_, err := tx.ExecContext(ctx, "ROLLBACK")
	return errors.Join(fmt.Errorf("%w: the host's transaction has ended: roll it back", roster.ErrState), err)
}

// because names what failed; a context that is done is the reason of whatever failed under it.
func because(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	if done := ctx.Err(); done != nil {
		return done
	}
	if unfit(err) {
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
	head     *roster.Head // once it is known
	roles    map[roster.RoleID]roster.Role
	seen     map[roster.UserID]keys // what the users have who were read or put, and nobody else can have then
}

// usable refuses a call after the end, and under a context that is done.
func (t *tx) usable() error {
	if t.ended.Load() {
		return fmt.Errorf("sqlstore: the transaction has ended: %w", roster.ErrState)
	}
	return t.ctx.Err()
}

// query reads rows, one call of each for every row. By a text that can't be in any it finds none, and PostgreSQL, which
// would end the transaction, isn't asked.
func (t *tx) query(each func(*sql.Rows) error, query string, args ...any) error {
	if err := t.usable(); err != nil || !storable(args...) {
		return err
	}
	return t.because(query, read(t.ctx, t.in, each, t.db.engine.rebind(query), args...))
}

// read calls each for every row of a query.
func read(ctx context.Context, from Tx, each func(*sql.Rows) error, query string, args ...any) error {
	found, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		if err := each(found); err != nil {
			return err
		}
	}
	return found.Err()
}

// exec changes rows, and tells how many.
func (t *tx) exec(query string, args ...any) (int64, error) {
	if err := t.usable(); err != nil {
		return 0, err
	}
	if t.readOnly {
		return 0, fmt.Errorf("sqlstore: a change inside View: %w", roster.ErrState)
	}
	if !storable(args...) {
		return 0, t.because(query, fmt.Errorf("%w: a text that isn't UTF-8, or holds NUL", roster.ErrInvalid))
	}
	done, err := t.in.ExecContext(t.ctx, t.db.engine.rebind(query), args...)
	if err != nil {
		return 0, t.because(query, err)
	}
	return done.RowsAffected()
}

// because names the statement that failed by its first words.
func (t *tx) because(query string, err error) error {
	return because(t.ctx, first(query), err)
}

// first are the first three words of a statement: what it does, and to what.
func first(query string) string {
	words := strings.Fields(query)
	if i := slices.Index(words, "FROM"); i > 0 && words[0] == "SELECT" {
		return "SELECT FROM " + words[i+1]
	}
	return strings.Join(words[:min(3, len(words))], " ")
}
