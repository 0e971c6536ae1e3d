package sqlstore

import (
	"context"
	"database/sql/driver"
	"errors"
	"math/rand/v2"
	"strings"
	"time"
)

// retries is how often a transaction is tried again that the engine gave up for another's sake.
const retries = 20

// Retryable reports whether err, of a statement or of COMMIT, says that the engine gave the transaction up for another's
// sake (PostgreSQL's class 40, SQLite's BUSY), or didn't know a prepared statement any more: it did nothing, and may succeed when all of it is done again. Update of a Store
// does so by itself; it is for a host whose own transaction InTx ran in. Any other error of COMMIT leaves open whether
// the transaction happened.
func Retryable(err error) bool {
	if errors.Is(err, errCommit) {
		return false
	}
	switch state := sqlState(err); {
	case strings.HasPrefix(state, "40") && state != "40003": // rollback; 40003: unknown
		return true
	case state == "26000": // DISCARD ALL took the driver's prepared statements away
		return true
	case state == "0A000" && strings.Contains(err.Error(), "cached plan"): // a statement prepared before a migration
		return true
	}
	switch sqliteCode(err) & 0xff {
	case 5, 6: // SQLITE_BUSY, SQLITE_LOCKED
		return true
	}
	return false
}

// again reports whether a transaction that failed with err before its COMMIT, or by one that is known to have failed, is
// to be done again: that is the case too when its connection was lost, or ended by the server.
func again(err error) bool {
	switch sqlState(err) {
	case "57P01", "57P02", "57P03": // shutting down, or terminated: of a COMMIT that may have happened all the same
		return !errors.Is(err, errCommit)
	}
	return Retryable(err) || errors.Is(err, errRace) || errors.Is(err, driver.ErrBadConn) && !errors.Is(err, errCommit)
}

// insist tries until it succeeds, fails for a reason of its own, or has failed too often.
func insist(ctx context.Context, try func() error) error {
	for n := 0; ; n++ {
		err := try()
		if err == nil || n == retries || !again(err) || ctx.Err() != nil {
			return err
		}
		if waited := pause(ctx, n); waited != nil {
			return waited
		}
	}
}

// errCommit marks failures of a commit, after which nobody knows whether it happened.
var errCommit = errors.New("commit")

// sqlState is the code of PostgreSQL's error, as every driver gives it, or empty.
func sqlState(err error) string {
	if e, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok {
		return e.SQLState()
	}
	return ""
}

// sqliteCode is the extended result code of SQLite's error, or 0.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		return e.Code()
	}
	return 0
}

// missingTable reports whether a statement named a table that isn't there.
func missingTable(err error) bool {
	return sqlState(err) == "42P01" || sqlState(err) == "3F000" || sqliteCode(err)&0xff == 1 && strings.Contains(err.Error(), "no such table")
}

// unique reports whether a statement would have broken a unique key, or another constraint that excludes a second row.
func unique(err error) bool {
	switch state := sqlState(err); {
	case state == "23505", state == "23P01":
		return true
	case state != "":
		return false
	}
	code := sqliteCode(err)
	return code == 2067 || code == 1555 || code == 19 && strings.Contains(err.Error(), "UNIQUE")
}

// pause waits before the next try, longer each time, unless the context ends.
func pause(ctx context.Context, try int) error {
	most := min(time.Millisecond<<try, 200*time.Millisecond)
	wait := time.NewTimer(most/2 + rand.N(most))
	defer wait.Stop()
	select {
	case <-wait.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
