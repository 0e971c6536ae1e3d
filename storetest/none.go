package storetest

import (
	"errors"
	"strconv"

	"github.com/seed-8e8abc8d/roster"
)

// none are texts that people send who look for gaps: an engine may refuse them, cut them short or mend them.
var none = []string{"1\x00", "\x00", "1\x002", "1\xff", "\xd0"}

func checkNoIdentifiers(x *exam) {
	x.update("put", func(tx roster.Tx) error {
		var wrong []error
		for _, n := range nouns() {
			wrong = append(wrong, n.put(tx, n.row("1", 0)))
		}
		return errors.Join(wrong...)
	})
	look := func(tx roster.Tx) error {
		for _, text := range none {
			for _, n := range nouns() {
				if textual(n) {
					_, err := n.find(tx, text)
					x.is("find "+n.name+" "+strconv.Quote(text), err, roster.ErrNotFound)
				}
			}
			_, err := tx.UserByEmail(text + "@example.ru")
			x.is("user by address "+strconv.Quote(text), err, roster.ErrNotFound)
			_, err = tx.UserByIdentity(roster.Identity{Issuer: text, Subject: text})
			x.is("user by identity "+strconv.Quote(text), err, roster.ErrNotFound)
			for name, rows := range listed(tx, text) {
				x.equal("list of "+name+" by "+strconv.Quote(text), rows(), "0 rows")
			}
		}
		return nil
	}
	x.view("look", look)
	x.update("look, delete and put", func(tx roster.Tx) error {
		for _, text := range none {
			for _, n := range nouns() {
				if n.del != nil {
					x.is("delete "+n.name+" "+strconv.Quote(text), n.del(tx, text), nil)
				}
			}
		}
		return errors.Join(look(tx), tx.PutUser(sampleUser("2", 0)))
	})
	x.view("what was put", func(tx roster.Tx) error { _, err := tx.User("2"); return err })
	if c, ok := x.store.(roster.Checker); ok {
		for _, text := range none {
			_, err := c.Standing(x.ctx, roster.UserID(text))
			x.is("standing of "+strconv.Quote(text), err, roster.ErrNotFound)
		}
	}
}

// listed are lists by a text, each as the number of its rows and its error.
func listed(tx roster.Tx, text string) map[string]func() string {
	user := roster.UserID(text)
	return map[string]func() string{
		"users by text": func() string { return count(tx.ListUsers(roster.UserFilter{Text: text + "!"}, "", 9)) },
		"users by department": func() string {
			return count(tx.ListUsers(roster.UserFilter{Department: roster.DepartmentID(text)}, "", 9))
		},
		"users by role":     func() string { return count(tx.ListUsers(roster.UserFilter{Role: roster.RoleID(text)}, "", 9)) },
		"tokens by user":    func() string { return count(tx.ListTokens(roster.TokenFilter{User: user}, "", 9)) },
		"letters by user":   func() string { return count(tx.ListLetters(user, false, "", 9)) },
		"runs by leaver":    func() string { return count(tx.ListRuns(roster.RunFilter{Leaver: user}, "", 9)) },
		"runs by successor": func() string { return count(tx.ListRuns(roster.RunFilter{Successor: user}, "", 9)) },
		"entries":           func() string { return count(tx.ListEntries(roster.RunID(text), 0, 9)) },
		"events by user":    func() string { return count(tx.ListEvents(roster.EventFilter{User: user}, 0, 9)) },
		"events by actor":   func() string { return count(tx.ListEventsBefore(roster.EventFilter{Actor: user}, 9, 9)) },
		"events by verb":    func() string { return count(tx.ListEvents(roster.EventFilter{Verb: roster.Verb(text)}, 0, 9)) },
	}
}

// count tells how many rows there are, and the error.
func count[T any](rows []T, err error) string {
	if err != nil {
		return err.Error()
	}
	return strconv.Itoa(len(rows)) + " rows"
}
