package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// contextCases are about contexts that end.
func contextCases() []Case {
	return []Case{
		newCase("a context that is done", "A context that is done ends a call with its error.", checkDone),
		newCase("a wait that ends", "A context that ends while an Update waits for another ends the wait.", checkWait),
		newCase("a context that ends", "A context that ends, at whatever call, leaves nothing half-applied.", checkEnds),
	}
}

// everything makes one call of every method that a writer uses, on rows of its own under key.
func everything(tx roster.Tx, key string) error {
	head, err := tx.Head()
	if err != nil {
		return err
	}
	for _, n := range nouns() {
		k := key
		switch n.name {
		case "entry":
			k = fmt.Sprint(head.Seq + 1)
		case "event":
			k = fmt.Sprint(head.Seq + 1)
		}
		if err := n.put(tx, n.row(k, int(head.Seq))); err != nil {
			return err
		}
		if _, err := n.find(tx, k); err != nil {
			return err
		}
		if n.del != nil {
			if err := n.del(tx, "not there"); err != nil {
				return err
			}
		}
	}
	return look(tx, key, int(head.Seq))
}

// look makes one call of every look-up by something else than the key, and of every list.
func look(tx roster.Tx, key string, v int) error {
	u, k := sampleUser(key, v), sampleToken(key, v)
	_, byEmail := tx.UserByEmail(u.Email)
	_, byIdentity := tx.UserByIdentity(u.Identity)
	_, byHash := tx.TokenByHash(k.Hash)
	_, back := tx.ListEventsBefore(roster.EventFilter{}, 5, 5)
	err := errors.Join(byEmail, byIdentity, byHash, back)
	for _, l := range listings() {
		_, failed := l.list(tx, "", 5)
		err = errors.Join(err, failed)
	}
	return err
}

// checkDone ends the context before each call in turn: that call and the whole transaction must fail.
func checkDone(x *exam) {
	done, cancel := context.WithCancel(x.ctx)
	cancel()
	entered := func(roster.Tx) error {
		x.errorf("f was called under a context that is done")
		return nil
	}
	x.is("View", x.store.View(done, entered), context.Canceled)
	x.is("Update", x.store.Update(done, entered), context.Canceled)
	x.update("rows to look at", func(tx roster.Tx) error { return everything(tx, "0") })
	x.walk(func(n int, name string, cancelled error, err error) {
		if name != "the end" && cancelled == nil {
			x.errorf("Update, call %d: %s succeeded under a context that is done", n, name)
		}
		x.is(fmt.Sprintf("Update whose context is done at %s", name), err, context.Canceled)
	})
	for n := 1; ; n++ {
		ctx, cancel := context.WithCancel(x.ctx)
		calls, name := 0, ""
		var cancelled error
		err := x.store.View(ctx, func(tx roster.Tx) error {
			return look(hooked{tx, func(called string, call func() error) error {
				if calls++; calls != n {
					return call()
				}
				name = called
				cancel()
				cancelled = call()
				return cancelled
			}}, "0", 0)
		})
		cancel()
		if name == "" {
			x.is("a View without cancelling", err, nil)
			return
		}
		if cancelled == nil {
			x.errorf("View, call %d: %s succeeded under a context that is done", n, name)
		}
	}
}

// checkEnds ends the context before each call in turn and looks whether all is there or nothing.
func checkEnds(x *exam) {
	x.walk(func(n int, name string, _, err error) {
		key := fmt.Sprint(n)
		x.view("look", func(tx roster.Tx) error {
			for _, noun := range nouns() {
				if noun.name == "event" || noun.name == "entry" {
					continue
				}
				_, found := noun.find(tx, key)
				if errors.Is(found, roster.ErrNotFound) != (err != nil) {
					x.errorf("Update whose context ended at %s returned %v, but looking for its %s: %v", name, err, noun.name, found)
				}
			}
			head, failed := tx.Head()
			if _, entry := findEntry(tx, fmt.Sprint(head.Seq+1)); !errors.Is(entry, roster.ErrNotFound) {
				x.errorf("Update whose context ended at %s left an entry without its event: %v", name, entry)
			}
			return failed
		})
	})
	x.update("undisturbed", func(tx roster.Tx) error { return everything(tx, "undisturbed") })
}

// walk runs Updates with everything in them, on rows of key n, ending the context before their n-th
// call, and at last before the end. seen is told the call, what it returned, and what Update did.
func (x *exam) walk(seen func(n int, name string, cancelled, err error)) {
	for n, last := 1, false; !last; n++ {
		ctx, cancel := context.WithCancel(x.ctx)
		name := ""
		var cancelled error
		err := x.store.Update(ctx, func(tx roster.Tx) error {
			calls := 0
			name, cancelled = "", nil
			err := everything(hooked{tx, func(called string, call func() error) error {
				if calls++; calls != n {
					return call()
				}
				name = called
				cancel()
				cancelled = call()
				return cancelled
			}}, fmt.Sprint(n))
			if name == "" {
				name, last = "the end", true
				cancel()
			}
			return err
		})
		cancel()
		if name == "" { // nothing was called
			x.errorf("Update: %w", err)
			return
		}
		seen(n, name, cancelled, err)
	}
}

// limit is how long after the end of its context an Update that waits for another may take to return: SQLite doesn't hear of
// it while it waits for another process's lock, and gives up after some seconds.
const limit = 8 * time.Second

// checkWait ends the context of an Update that comes while another runs. A store may let it run, but not make it wait on.
func checkWait(x *exam) {
	ctx, cancel := context.WithCancel(x.ctx)
	defer cancel()
	var second meanwhile
	var secondErr error
	x.update("the first", func(tx roster.Tx) error {
		second.run(func() {
			secondErr = x.store.Update(ctx, func(tx roster.Tx) error { return tx.PutUser(user("2", "")) })
		})
		cancel()
		select {
		case <-second.over:
		case <-time.After(limit):
			x.errorf("an Update waits for another, %v after the end of its context", limit)
		}
		return tx.PutUser(user("1", ""))
	})
	second.wait()
	if secondErr != nil {
		x.is("the Update that waited", secondErr, context.Canceled)
	}
	x.view("look", func(tx roster.Tx) error {
		_, first := tx.User("1")
		x.is("the first's user", first, nil)
		_, err := tx.User("2")
		if kept := err == nil; kept != (secondErr == nil) {
			x.errorf("an Update that returned %v kept its user: %v", secondErr, kept)
		}
		return nil
	})
	x.update("an Update afterwards", func(tx roster.Tx) error { return tx.PutUser(user("3", "")) })
}
