package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// Receive is the barrier of a host that assigns records: called in the transaction that writes them, with everybody
// who is to answer for one, it refuses (ErrState, naming who) unless all of them are active now, and makes sure that they are until the
// transaction ends. A fence waits for it, so no record reaches a leaver unseen, ever (L17, L18): what was committed before the
// fence the hand-over finds, what comes after it is refused. Empty ids stand for nobody, and are always fine. Whether
// they hold the rights for the record is Roster.MayReceive's to tell.
//
// Call it first and once, with all names, and end the transaction soon. Outside a transaction it would hold up nobody: a
// pool is an ErrInvalid, a connection without a transaction an ErrState. Whoever goes back to a savepoint that is older than the call,
// as nested transactions of some libraries do, calls it again: on PostgreSQL its locks are gone.
//
// On PostgreSQL it locks the users' rows (FOR NO KEY UPDATE), whatever the isolation level. Transactions that assign to the
// same user, and changes of that user, a fence and the note of a last visit among them, go one after another in the order
// in which they came, so that none starves. A change that waits so holds the account's lock: the account's other Updates
// wait with it, its checks don't. Above READ COMMITTED, and where a transaction calls Receive twice or changes the account
// by InTx afterwards, the engine may give the transaction up (Retryable). A READ ONLY transaction is refused by the server.
//
// On SQLite one writer excludes all others, and Receive makes the transaction the one that writes: BEGIN IMMEDIATE, as on Writer, has
// waited its turn, and after plain BEGIN it is Retryable when somebody else writes, or wrote since.
func (s *Store) Receive(ctx context.Context, tx Tx, ids ...roster.UserID) error {
	if err := errors.Join(s.usable(ctx), fail("receive", pool(tx))); err != nil {
		return err
	}
	ids = slices.DeleteFunc(distinct(slices.Clone(ids)), func(id roster.UserID) bool { return id == "" })
	if len(ids) == 0 {
		return nil
	}
	for _, id := range ids {
		if !storable(string(id)) {
			return fail("receive", fmt.Errorf("%w: the user %q isn't active", roster.ErrState, id))
		}
	}
	if err := s.enter(ctx, tx); err != nil {
		return because(ctx, "receive", err)
	}
	named, err := json.Marshal(ids)
	if err != nil {
		return fail("receive", err)
	}
	now := s.db.now().UnixMicro()
	active := map[roster.UserID]bool{}
	err = read(ctx, tx, func(found *sql.Rows) error {
		var id string
		var status, end int64
		err := found.Scan(&id, &status, &end)
		active[roster.UserID(id)] = roster.Status(status) == roster.StatusActive && now < end
		return err
	}, s.db.engine.rebind("SELECT id, status, coalesce(end_date, ?) FROM "+s.db.table("users")+
		" WHERE account = ? AND id IN ("+s.db.engine.listed("?")+") ORDER BY id"+s.db.engine.hold), int64(1)<<62, s.account, string(named))
	if err != nil {
		return because(ctx, "receive", err)
	}
	if i := slices.IndexFunc(ids, func(id roster.UserID) bool { return !active[id] }); i >= 0 {
		return fail("receive", fmt.Errorf("%w: the user %s isn't active", roster.ErrState, ids[i]))
	}
	return nil
}

// enter makes sure that what is locked stays so: that there is a transaction, and on SQLite that it is the one that writes, for its
// records may be in another file, where nobody would notice that this one's snapshot is old.
func (s *Store) enter(ctx context.Context, tx Tx) error {
	err := s.db.open(ctx, tx)
	if err == nil && s.db.dialect == SQLite {
		_, err = tx.ExecContext(ctx, "UPDATE "+s.db.table("users")+" SET version = version WHERE account = ? AND id = ''", s.account) // nobody's
	}
	return err
}
