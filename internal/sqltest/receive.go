package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Receive tries the barrier between a host's assignments and the fence.
func Receive(t *testing.T, e Engine) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Engine){
		"who may": whoReceives, "waits": fenceWaits, "older snapshot": receiveLater, "other accounts": othersGoOn, "deadlock": receiveDeadlock, "in turn": inTurn,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, e)
		})
	}
}

// whoReceives asks for users in every status.
func whoReceives(t *testing.T, e Engine) {
	db, _ := e.Open(t)
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	db, err := sqlstore.New(db.Writer(), e.Dialect, sqlstore.Options{Now: func() time.Time { return now }})
	must(t, err)
	s := db.Account("acme")
	must(t, s.Update(t.Context(), func(tx roster.Tx) (err error) {
		for id, st := range map[roster.UserID]roster.Status{
			"active": roster.StatusActive, "anna": roster.StatusActive, "none": roster.StatusNone, "invited": roster.StatusInvited,
			"inactive": roster.StatusInactive, "leaving": roster.StatusLeaving, "deleted": roster.StatusDeleted,
		} {
			err = errors.Join(err, tx.PutUser(roster.User{ID: id, Status: st}))
		}
		return errors.Join(err,
			tx.PutUser(roster.User{ID: "past", Status: roster.StatusActive, EndDate: now}),
			tx.PutUser(roster.User{ID: "soon", Status: roster.StatusActive, EndDate: now.Add(time.Microsecond)}))
	}))
	for _, c := range []struct {
		ids    []roster.UserID
		refuse string
		why    string
	}{
		{nil, "", "nobody is named"},
		{[]roster.UserID{"", ""}, "", "an empty id is nobody"},
		{[]roster.UserID{"active"}, "", "active"},
		{[]roster.UserID{"anna", "", "active", "anna", "soon"}, "", "all are active"},
		{[]roster.UserID{"none"}, "none", "the zero status may nothing"},
		{[]roster.UserID{"invited"}, "invited", "hasn't come yet"},
		{[]roster.UserID{"inactive"}, "inactive", "was deactivated"},
		{[]roster.UserID{"leaving"}, "leaving", "leaves"},
		{[]roster.UserID{"deleted"}, "deleted", "has left"},
		{[]roster.UserID{"past"}, "past", "the end date has come"},
		{[]roster.UserID{"nobody"}, "nobody", "isn't there"},
		{[]roster.UserID{"Active"}, "Active", "ids aren't folded"},
		{[]roster.UserID{"anna\x00"}, `"anna\x00"`, "nobody's id holds NUL, and the transaction goes on"},
		{[]roster.UserID{"anna\xff"}, `"anna\xff"`, "nor is it other than UTF-8"},
		{[]roster.UserID{"soon", "leaving", "active"}, "leaving", "one of several leaves"},
	} {
		must(t, within(t.Context(), db, sql.LevelDefault, func(tx *sql.Tx) error {
			given := append([]roster.UserID{}, c.ids...)
			err := s.Receive(t.Context(), tx, given...)
			if c.refuse == "" {
				is(t, c.why, err, nil)
			} else if is(t, c.why, err, roster.ErrState); err != nil && !strings.Contains(err.Error(), "the user "+c.refuse+" ") {
				t.Errorf("%s: %v names somebody else than %s", c.why, err, c.refuse)
			}
			same(t, "the caller's ids", c.ids, given)
			is(t, "the transaction afterwards", s.Receive(t.Context(), tx, "active"), nil)
			return nil
		}))
	}
}

// fenceWaits holds a deletion up by an assignment, which the hand-over then finds; without the barrier it doesn't.
func fenceWaits(t *testing.T, e Engine) {
	for _, barrier := range []bool{true, false} {
		s, other := openShop(t, e, "leo")
		tx := begin(t, other, sql.LevelDefault)
		if barrier {
			must(t, other.Account("acme").Receive(t.Context(), tx, "leo"))
		}
		must(t, deal(t.Context(), tx, 1, "leo"))
		fenced := make(chan error, 1)
		var run roster.Run
		go func() {
			var err error
			if run, err = s.fence(context.WithoutCancel(t.Context()), "leo"); err == nil {
				run, err = s.desk.Work(context.WithoutCancel(t.Context()), run.ID, nil)
			}
			fenced <- err
		}()
		waits := waited(t, e, s.db, fenced, 1)
		must(t, tx.Commit())
		must(t, <-fenced)
		left := s.owned(t, "leo")
		switch writers := len(e.Levels) > 0; { // where many write at once
		case run.State != roster.RunDone:
			t.Errorf("the run is %s", run.State)
		case barrier && (!waits || left > 0):
			t.Errorf("the fence waited: %v; %d deals are left with the leaver", waits, left)
		case !barrier && writers && (waits || left == 0):
			t.Errorf("nobody finds out that the barrier is missing: waited %v, %d left", waits, left)
		}
		err := within(t.Context(), other, sql.LevelDefault, func(tx *sql.Tx) error { return other.Account("acme").Receive(t.Context(), tx, "leo") })
		is(t, "an assignment after the fence", err, roster.ErrState)
	}
}

// waited reports whether so many wait for a lock of the engine's, or false when done has something first. Engines with one
// writer at a time aren't asked: there who begins to write waits.
func waited(t *testing.T, e Engine, db *sqlstore.DB, done chan error, many int) bool {
	t.Helper()
	for e.Waiting != "" {
		var n int
		must(t, db.Reader().QueryRowContext(t.Context(), e.Waiting).Scan(&n))
		select {
		case err := <-done:
			done <- err
			return false
		default:
		}
		if n >= many {
			return true
		}
	}
	return true
}

// inTurn lets a second assignment come while a fence waits for the first: it may not go ahead of the fence, or assignments that
// overlap would hold it up for ever.
func inTurn(t *testing.T, e Engine) {
	if len(e.Levels) == 0 {
		return // one writer at a time: assignments don't overlap
	}
	s, other := openShop(t, e, "leo")
	first, second := begin(t, other, sql.LevelDefault), begin(t, other, sql.LevelDefault)
	must(t, s.store.Receive(t.Context(), first, "leo"))
	ctx := context.WithoutCancel(t.Context())
	fenced, received := make(chan error, 1), make(chan error, 1)
	go func() { _, err := s.fence(ctx, "leo"); fenced <- err }()
	if !waited(t, e, s.db, fenced, 1) {
		t.Error("the fence doesn't wait for the assignment before it")
	}
	go func() { received <- s.store.Receive(ctx, second, "leo") }()
	if !waited(t, e, s.db, received, 2) {
		t.Fatal("an assignment goes ahead of the fence that waits")
	}
	must(t, first.Commit())
	must(t, <-fenced)
	is(t, "the assignment behind the fence", <-received, roster.ErrState)
}

// receiveLater fences after the host has looked: in no isolation level is it too late for Receive.
func receiveLater(t *testing.T, e Engine) {
	for _, level := range e.Levels {
		s, other := openShop(t, e, "leo", "mia")
		tx := begin(t, other, level)
		must(t, other.Account("acme").InTx(tx).View(t.Context(), func(tx roster.Tx) error { _, err := tx.User("leo"); return err }))
		_, err := s.fence(t.Context(), "leo")
		must(t, err)
		is(t, level.String()+": somebody who stays", s.store.Receive(t.Context(), tx, "mia"), nil)
		if err := s.store.Receive(t.Context(), tx, "leo"); !errors.Is(err, roster.ErrState) && !sqlstore.Retryable(err) {
			t.Errorf("%s: error %v; want the leaver refused", level, err)
		}
		_ = tx.Rollback()
	}
}

// othersGoOn fences a user of another account who has the same id, and deactivates somebody else of the same one.
func othersGoOn(t *testing.T, e Engine) {
	if len(e.Levels) == 0 {
		return // one writer at a time: everybody waits for everybody
	}
	s, other := openShop(t, e, "leo", "mia")
	globex := s.On(s.db.Account("globex"))
	_, err := globex.Apply(t.Context(), roster.System("test"), roster.CreateDepartment{ID: "office", Name: "Office"}, seller("leo"))
	must(t, err)
	tx := begin(t, other, sql.LevelDefault)
	must(t, s.store.Receive(t.Context(), tx, "leo"))
	_, err = globex.Apply(t.Context(), roster.System("test"), roster.Deactivate{User: "leo"})
	must(t, err)
	_, err = s.Apply(t.Context(), roster.System("test"), roster.Deactivate{User: "mia"})
	must(t, err)
	is(t, "receiving twice", s.store.Receive(t.Context(), tx, "leo"), nil)
	is(t, "receiving for who is gone", s.store.Receive(t.Context(), tx, "leo", "mia"), roster.ErrState)
	must(t, tx.Commit())
}

// receiveDeadlock changes the account in a transaction that holds up a change of the account: one of the two is given up, and
// tried again.
func receiveDeadlock(t *testing.T, e Engine) {
	s, other := openShop(t, e, "leo", "mia")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan error, 1)
	tries := 0
	for {
		tries++
		tx := begin(t, other, sql.LevelDefault)
		err := s.store.Receive(ctx, tx, "leo")
		if tries == 1 {
			must(t, err)
			go func() {
				_, err := s.Apply(ctx, roster.System("test"), roster.Deactivate{User: "leo"})
				done <- err
			}()
			waited(t, e, s.db, done, 1)
		}
		if err == nil {
			_, err = s.On(other.Account("acme").InTx(tx)).Apply(ctx, roster.System("test"), roster.Deactivate{User: "mia"})
		}
		if err == nil {
			err = tx.Commit()
		}
		_ = tx.Rollback()
		if sqlstore.Retryable(err) {
			continue
		}
		if !errors.Is(err, roster.ErrState) {
			must(t, err)
		}
		break
	}
	must(t, <-done)
	same(t, "leo", []roster.Status{roster.StatusInactive}, []roster.Status{status(t, s.store, "leo")})
	t.Logf("%d tries", tries)
}
