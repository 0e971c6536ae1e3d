package storetest

import (
	"errors"
	"strconv"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// rowCases are about single rows.
func rowCases() []Case {
	return []Case{
		newCase("not found", "Look-ups of what isn't there return ErrNotFound; deleting it does nothing.", checkNotFound),
		newCase("kept as given", "Every field of every row comes back as it went in, and a replaced row wholly.", checkKept),
		newCase("deleted", "What is deleted is found by no look-up and in no list.", checkDeleted),
		newCase("own changes", "A transaction sees its own changes.", checkOwnChanges),
		newCase("identifiers", "Keys are compared byte by byte, never folded.", checkIdentifiers),
		newCase("no identifiers", "By a text that isn't UTF-8 or holds NUL nothing is found, and the transaction goes on.", checkNoIdentifiers),
		newCase("copies", "Values go in and out as copies: neither side sees the other's later changes.", checkCopies),
	}
}

// keys are keys of every noun, in ascending order: the first n numbers.
func keys(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Itoa(i + 1)
	}
	return list
}

func checkNotFound(x *exam) {
	look := func(tx roster.Tx) error {
		for _, n := range nouns() {
			_, err := n.find(tx, "1")
			x.is(n.name, err, roster.ErrNotFound)
		}
		for _, email := range []string{"", "nobody@example.ru"} {
			_, err := tx.UserByEmail(email)
			x.is("user by address "+email, err, roster.ErrNotFound)
		}
		for _, id := range []roster.Identity{{}, {Issuer: "i", Subject: "s"}} {
			_, err := tx.UserByIdentity(id)
			x.is("user by identity", err, roster.ErrNotFound)
		}
		_, err := tx.TokenByHash(roster.TokenHash{})
		x.is("token by hash", err, roster.ErrNotFound)
		head, err := tx.Head()
		x.is("head", err, nil)
		x.equal("head of an empty trail", head, roster.Head{})
		return nil
	}
	x.view("empty", look)
	x.update("deleting nothing", func(tx roster.Tx) error {
		for _, n := range nouns() {
			if n.del != nil {
				x.is("delete "+n.name, n.del(tx, "1"), nil)
			}
		}
		return look(tx)
	})
}

func checkKept(x *exam) {
	for v := range 3 {
		x.update("put", func(tx roster.Tx) error {
			for _, n := range nouns() {
				if v == 0 || !n.once {
					x.is("put "+n.name, n.put(tx, n.row("1", v)), nil)
				}
			}
			return nil
		})
		x.view("look", func(tx roster.Tx) error {
			for _, n := range nouns() {
				want := n.row("1", v)
				if n.once {
					want = n.row("1", 0)
				}
				got, err := n.find(tx, "1")
				x.is("find "+n.name, err, nil)
				x.equal(n.name, got, want)
			}
			return nil
		})
	}
	x.update("nothing set", func(tx roster.Tx) error { return tx.PutUser(roster.User{ID: "1"}) })
	x.view("nothing set", func(tx roster.Tx) error {
		u, err := tx.User("1")
		x.equal("a user with nothing set", u, roster.User{ID: "1"})
		return err
	})
}

func checkDeleted(x *exam) {
	x.update("put", func(tx roster.Tx) error {
		for _, n := range nouns() {
			if n.del != nil {
				x.is("put "+n.name, n.put(tx, n.row("1", 1)), nil)
				x.is("put "+n.name, n.put(tx, n.row("2", 2)), nil)
			}
		}
		return nil
	})
	x.update("delete", func(tx roster.Tx) error {
		for _, n := range nouns() {
			if n.del != nil {
				x.is("delete "+n.name, n.del(tx, "1"), nil)
			}
		}
		return nil
	})
	x.view("look", func(tx roster.Tx) error {
		for _, n := range nouns() {
			if n.del != nil {
				_, err := n.find(tx, "1")
				x.is("find the deleted "+n.name, err, roster.ErrNotFound)
				_, err = n.find(tx, "2")
				x.is("find the other "+n.name, err, nil)
			}
		}
		_, err := tx.TokenByHash(sampleHash("1", 1))
		x.is("find the deleted token by hash", err, roster.ErrNotFound)
		return nil
	})
	for _, l := range listings() {
		if l.del != nil {
			x.deletedFrom(l)
		}
	}
}

// deletedFrom wants a deleted row, and no other, to leave a list.
func (x *exam) deletedFrom(l listing) {
	for _, key := range keys(3) {
		x.update("put, if it isn't there", func(tx roster.Tx) error {
			if err := l.put(tx, key, true); !errors.Is(err, roster.ErrExists) {
				return err
			}
			return nil
		})
	}
	x.update("delete", func(tx roster.Tx) error { return l.del(tx, "2") })
	x.view("list", func(tx roster.Tx) error {
		got, err := l.list(tx, "", 10)
		x.equal("list of "+l.name, got, []string{"1", "3"})
		return err
	})
}

func checkOwnChanges(x *exam) {
	x.update("put, find, replace, find, delete, find", func(tx roster.Tx) error {
		for _, n := range nouns() {
			for v := range 2 {
				if v == 1 && n.once {
					continue
				}
				x.is("put "+n.name, n.put(tx, n.row("1", v)), nil)
				got, err := n.find(tx, "1")
				x.is("find "+n.name, err, nil)
				x.equal(n.name, got, n.row("1", v))
			}
			if n.del != nil {
				x.is("delete "+n.name, n.del(tx, "1"), nil)
				_, err := n.find(tx, "1")
				x.is("find the deleted "+n.name, err, roster.ErrNotFound)
			}
		}
		event := sampleEvent("1", 0)
		head, err := tx.Head()
		x.equal("head", head, roster.Head{Seq: 1, Hash: event.Hash})
		return err
	})
}

// strange are identifiers that a careless store takes for one another, in ascending order. The longest that there are
// differ in their last byte.
var strange = []string{
	" a", "A", "A ", "a", "a ", "a\u0301", strings.Repeat("b", 127) + "1", strings.Repeat("b", 127) + "2", "\u00e1", "\u00e1 ", "\u0430", "\uff41",
}

// textual reports whether a noun's keys are texts.
func textual(n noun) bool { return n.name != "entry" && n.name != "event" }

func checkIdentifiers(x *exam) {
	x.update("put", func(tx roster.Tx) error {
		for _, n := range nouns() {
			for v, key := range strange {
				if textual(n) {
					x.is("put "+n.name+" "+strconv.Quote(key), n.put(tx, n.row(key, v)), nil)
				}
			}
		}
		return nil
	})
	x.view("look", func(tx roster.Tx) error {
		for _, n := range nouns() {
			for v, key := range strange {
				if textual(n) {
					got, err := n.find(tx, key)
					x.is("find "+n.name+" "+strconv.Quote(key), err, nil)
					x.equal(n.name+" "+strconv.Quote(key), got, n.row(key, v))
				}
			}
		}
		for _, l := range listings() {
			if l.plain && !l.numbered {
				got, err := l.list(tx, "", 100)
				x.is("list "+l.name, err, nil)
				x.equal("order of "+l.name, got, strange)
			}
		}
		return nil
	})
	x.update("filters", func(tx roster.Tx) error {
		x.is("put a member", tx.PutUser(roster.User{ID: "member", Department: "A", Role: "A"}), nil)
		for _, f := range []roster.UserFilter{{Department: "a"}, {Role: "a"}, {Department: "A "}, {Role: "A "}} {
			users, err := tx.ListUsers(f, "", 10)
			x.is("list", err, nil)
			x.equal("users of another department or role", users, []roster.User(nil))
		}
		return nil
	})
}

// checkCopies changes what it gave and what it got, at any depth, and looks for the change.
func checkCopies(x *exam) {
	given := map[string]any{}
	x.update("put", func(tx roster.Tx) error {
		for _, n := range nouns() {
			given[n.name] = n.row("1", 0)
			x.is("put "+n.name, n.put(tx, given[n.name]), nil)
			scramble(given[n.name])
		}
		return nil
	})
	x.view("look, change and look", func(tx roster.Tx) error {
		for _, n := range nouns() {
			for _, when := range []string{"what went in", "what came out"} {
				got, err := n.find(tx, "1")
				x.is("find "+n.name, err, nil)
				x.equal(n.name+", after a change of "+when, got, n.row("1", 0))
				scramble(got)
			}
		}
		return nil
	})
	x.view("look again", func(tx roster.Tx) error {
		for _, n := range nouns() {
			got, err := n.find(tx, "1")
			x.is("find "+n.name, err, nil)
			x.equal(n.name+", after a change in an earlier View", got, n.row("1", 0))
		}
		return nil
	})
}
