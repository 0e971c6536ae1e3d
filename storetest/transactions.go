package storetest

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// transactionCases are about all or nothing, and one after another.
func transactionCases() []Case {
	return []Case{
		newCase("rollback on error", "Update keeps nothing when f fails, and returns f's error as it is.", checkRollbackOnError),
		newCase("rollback on panic", "Update keeps nothing when f panics, and passes the panic on.", checkRollbackOnPanic),
		newCase("rollback on exit", "Update keeps nothing when f ends its goroutine.", checkRollbackOnExit),
		newCase("one after another", "Updates of one account run one after another, each seeing all that earlier ones committed.", checkSerial),
		newCase("one instant", "View runs f on one consistent snapshot.", checkSnapshot),
		newCase("no change in a View", "Inside a View every change fails, and has no effect.", checkReadOnly),
		newCase("end of a transaction", "After the function returned every call of its Tx fails, and has no effect.", checkEnded),
		newCase("errors of a View", "Errors of f are returned as they are.", checkViewError),
	}
}

var errMine = errors.New("the function's own error")

// before puts one row of every noun.
func (x *exam) before() {
	x.update("put", func(tx roster.Tx) error {
		for _, n := range nouns() {
			x.is("put "+n.name, n.put(tx, n.row("1", 1)), nil)
		}
		return nil
	})
}

// spoil replaces and deletes what before put, and adds a second row of every noun.
func (x *exam) spoil(tx roster.Tx) {
	for _, n := range nouns() {
		if !n.once {
			x.is("replace "+n.name, n.put(tx, n.row("1", 9)), nil)
		}
		if n.del != nil {
			x.is("delete "+n.name, n.del(tx, "1"), nil)
		}
		x.is("add "+n.name, n.put(tx, n.row("2", 2)), nil)
	}
}

// untouched wants exactly what before put.
func (x *exam) untouched() {
	x.view("look", func(tx roster.Tx) error {
		for _, n := range nouns() {
			got, err := n.find(tx, "1")
			x.is(n.name, err, nil)
			x.equal(n.name, got, n.row("1", 1))
			_, err = n.find(tx, "2")
			x.is("the second "+n.name, err, roster.ErrNotFound)
		}
		for _, l := range listings() {
			if l.plain {
				got, err := l.list(tx, "", 10)
				x.is("list "+l.name, err, nil)
				x.equal("list of "+l.name, got, []string{"1"})
			}
		}
		k, err := tx.TokenByHash(sampleHash("1", 1))
		x.is("token by hash", err, nil)
		x.equal("token by hash", k.ID, roster.TokenID("1"))
		u, err := tx.UserByEmail(sampleUser("1", 1).Email)
		x.is("user by address", err, nil)
		x.equal("user by address", u.ID, roster.UserID("1"))
		head, err := tx.Head()
		x.equal("head", head, roster.Head{Seq: 1, Hash: sampleEvent("1", 1).Hash})
		return err
	})
	x.update("an Update afterwards", func(tx roster.Tx) error { return tx.AppendEvent(sampleEvent("2", 3)) })
}

func checkRollbackOnError(x *exam) {
	x.before()
	err := x.store.Update(x.ctx, func(tx roster.Tx) error {
		x.spoil(tx)
		return errMine
	})
	x.is("Update", err, errMine)
	x.untouched()
}

func checkRollbackOnPanic(x *exam) {
	x.before()
	func() {
		defer func() { x.equal("what was recovered", recover(), any("mine")) }()
		err := x.store.Update(x.ctx, func(tx roster.Tx) error {
			x.spoil(tx)
			panic("mine")
		})
		x.errorf("Update returned %v instead of panicking", err)
	}()
	x.untouched()
}

func checkRollbackOnExit(x *exam) {
	x.before()
	over := make(chan struct{})
	go func() {
		defer close(over)
		err := x.store.Update(x.ctx, func(tx roster.Tx) error {
			x.spoil(tx)
			runtime.Goexit()
			return nil
		})
		x.errorf("Update returned %v", err)
	}()
	<-over
	x.untouched()
}

// patience is how long a transaction waits for another that a store may have made wait for it.
const patience = 100 * time.Millisecond

// meanwhile starts other once, in a goroutine, and waits for its end, but no longer than patience: a
// store may hold it up until the caller's own transaction ends.
type meanwhile struct {
	once sync.Once
	over chan struct{}
}

// wait waits for other's end, if it was started.
func (m *meanwhile) wait() {
	if m.over != nil {
		<-m.over
	}
}

func (m *meanwhile) run(other func()) {
	m.once.Do(func() {
		m.over = make(chan struct{})
		go func() {
			defer close(m.over)
			other()
		}()
		select {
		case <-m.over:
		case <-time.After(patience):
		}
	})
}

// checkSerial lets two administrators withdraw each other's flag, each looking first that the other
// has it, the second's whole Update falling between the first's look and change. It then counts.
func checkSerial(x *exam) {
	for range 3 {
		x.update("two administrators", func(tx roster.Tx) error {
			a, b := user("a", ""), user("b", "")
			a.Admin, b.Admin = true, true
			return errors.Join(tx.PutUser(a), tx.PutUser(b))
		})
		var second meanwhile
		var secondErr error
		x.is("the first", x.store.Update(x.ctx, func(tx roster.Tx) error {
			return withdraw(tx, "a", func() {
				second.run(func() {
					secondErr = x.store.Update(x.ctx, func(tx roster.Tx) error { return withdraw(tx, "b", func() {}) })
				})
			})
		}), nil)
		second.wait()
		x.is("the second", secondErr, nil)
		x.view("look", func(tx roster.Tx) error {
			left, err := tx.ListUsers(roster.UserFilter{Admins: true}, "", 10)
			if len(left) != 1 {
				x.errorf("%d administrators are left of two who withdrew each other", len(left))
			}
			return err
		})
	}
	x.count(4, 25)
}

// withdraw takes the flag from id unless nobody else has it.
func withdraw(tx roster.Tx, id roster.UserID, between func()) error {
	admins, err := tx.ListUsers(roster.UserFilter{Admins: true}, "", 10)
	if err != nil {
		return err
	}
	between()
	if len(admins) < 2 {
		return nil
	}
	u, err := tx.User(id)
	if err != nil {
		return err
	}
	u.Admin = false
	return tx.PutUser(u)
}

// gapless wants every event up to the head, which a feed relies on: none shows before an earlier one.
func gapless(tx roster.Tx, limit int) error {
	head, err := tx.Head()
	if err != nil {
		return err
	}
	events, err := tx.ListEvents(roster.EventFilter{}, 0, limit)
	for i, e := range events {
		if e.Seq != uint64(i+1) {
			return fmt.Errorf("event %d is there before event %d", e.Seq, i+1)
		}
	}
	if err == nil && head.Seq > uint64(len(events)) {
		err = fmt.Errorf("the head is number %d, and there are %d events", head.Seq, len(events))
	}
	return err
}

// count lets workers add one to a counter, and an event, n times each, and look after each.
func (x *exam) count(workers, n int) {
	errs := make(chan error, 2*workers*n)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range n {
				errs <- x.store.Update(x.ctx, func(tx roster.Tx) error {
					c, err := tx.Counter("c")
					if err != nil && !errors.Is(err, roster.ErrNotFound) {
						return err
					}
					head, err := tx.Head()
					if err != nil {
						return err
					}
					return errors.Join(
						tx.PutCounter(roster.Counter{Key: "c", Count: c.Count + 1}),
						tx.AppendEvent(roster.Event{Seq: head.Seq + 1}))
				})
				errs <- x.store.View(x.ctx, func(tx roster.Tx) error { return gapless(tx, workers*n) })
			}
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		x.is("a worker", err, nil)
	}
	x.view("look", func(tx roster.Tx) error {
		c, err := tx.Counter("c")
		x.is("counter", err, nil)
		x.equal("the counter", c.Count, workers*n)
		head, err := tx.Head()
		x.equal("the trail", head.Seq, uint64(workers*n))
		return err
	})
}

// checkSnapshot moves two users and a list together between the looks of a View.
func checkSnapshot(x *exam) {
	put := func(version uint64) error {
		return x.store.Update(x.ctx, func(tx roster.Tx) error {
			for _, id := range []roster.UserID{"a", "b"} {
				if err := tx.PutUser(roster.User{ID: id, Version: version}); err != nil {
					return err
				}
			}
			return tx.AppendEvent(roster.Event{Seq: version})
		})
	}
	x.is("put", put(1), nil)
	for v := uint64(1); v < 4; v++ {
		var writer meanwhile
		var wrote error
		x.view("look twice", func(tx roster.Tx) error {
			a, err := tx.User("a")
			x.is("the first", err, nil)
			writer.run(func() { wrote = put(v + 1) })
			b, err := tx.User("b")
			x.is("the second", err, nil)
			list, err := tx.ListUsers(roster.UserFilter{}, "", 10)
			x.is("the list", err, nil)
			head, err := tx.Head()
			x.is("the head", err, nil)
			got := []uint64{a.Version, b.Version, head.Seq}
			for _, u := range list {
				got = append(got, u.Version)
			}
			x.equal("what was seen of one commit", got, []uint64{v, v, v, v, v})
			return nil
		})
		<-writer.over
		x.is("the writer", wrote, nil)
	}
}

func checkReadOnly(x *exam) {
	x.before()
	for _, n := range nouns() {
		// A View of its own for each: a store may be unable to go on after a refusal.
		x.store.View(x.ctx, func(tx roster.Tx) error {
			err := n.put(tx, n.row("2", 2))
			if err == nil {
				x.errorf("adding a %s succeeded", n.name)
			}
			return err
		})
		if n.del != nil {
			x.store.View(x.ctx, func(tx roster.Tx) error {
				err := n.del(tx, "1")
				if err == nil {
					x.errorf("deleting a %s succeeded", n.name)
				}
				return err
			})
		}
	}
	x.untouched()
}

func checkEnded(x *exam) {
	x.before()
	var kept [2]roster.Tx
	x.update("nothing", func(tx roster.Tx) error { kept[0] = tx; return nil })
	x.view("nothing", func(tx roster.Tx) error { kept[1] = tx; return nil })
	for i, tx := range kept {
		what := [2]string{"Update", "View"}[i]
		if tx == nil { // it failed, and was told
			continue
		}
		for _, n := range nouns() {
			if err := n.put(tx, n.row("2", 2)); err == nil {
				x.errorf("adding a %s after the end of an %s succeeded", n.name, what)
			}
			if _, err := n.find(tx, "1"); err == nil || errors.Is(err, roster.ErrNotFound) {
				x.errorf("looking for a %s after the end of an %s: %v", n.name, what, err)
			}
		}
	}
	x.untouched()
}

func checkViewError(x *exam) {
	x.is("View", x.store.View(x.ctx, func(roster.Tx) error { return errMine }), errMine)
}
