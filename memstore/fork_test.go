package memstore_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

// inspect reads what tests of forks compare: the users with a name, and the trail's verbs.
func inspect(t *testing.T, s roster.Store) (text string) {
	t.Helper()
	err := s.View(t.Context(), func(tx roster.Tx) error {
		users, err := tx.ListUsers(roster.UserFilter{}, "", 1000)
		if err != nil {
			return err
		}
		for _, u := range users {
			text += fmt.Sprint(u.ID, "=", u.FirstName, " ")
		}
		events, err := tx.ListEvents(roster.EventFilter{}, 0, 1000)
		for _, e := range events {
			text += fmt.Sprint(e.Seq, e.Verb, " ")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// write puts a user and adds an event.
func write(t *testing.T, s roster.Store, id roster.UserID, name string) {
	t.Helper()
	err := s.Update(t.Context(), func(tx roster.Tx) error {
		head, err := tx.Head()
		if err != nil {
			return err
		}
		if err := tx.PutUser(roster.User{ID: id, FirstName: name}); err != nil {
			return err
		}
		return tx.AppendEvent(roster.Event{Seq: head.Seq + 1, Verb: roster.Verb(name)})
	})
	if err != nil {
		t.Error(err)
	}
}

func TestFork_ChangesStayOnTheirSide(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var s memstore.Store
	empty := s.Fork() // of nothing
	write(t, &s, "u", "a")
	write(t, &s, "v", "b")
	f := s.Fork()
	begin := inspect(t, &s)
	is.Equal(inspect(t, f), begin) // begins as the store is

	write(t, f, "u", "c")
	g := f.Fork() // a fork of a fork
	write(t, &s, "w", "d")
	write(t, f, "x", "e")
	write(t, g, "y", "f")
	is.Equal(inspect(t, &s), "u=a v=b w=d 1a 2b 3d ")
	is.Equal(inspect(t, f), "u=c v=b x=e 1a 2b 3c 4e ")
	is.Equal(inspect(t, g), "u=c v=b y=f 1a 2b 3c 4f ")
	is.Equal(inspect(t, empty), "")
	for id, want := range map[roster.UserID][4]bool{ // in s, f, g, empty
		"u": {true, true, true, false}, "w": {true, false, false, false}, "x": {false, true, false, false}, "y": {false, false, true, false},
	} {
		is.Equal([4]bool{holds(t, &s, id), holds(t, f, id), holds(t, g, id), holds(t, empty, id)}, want) // by View and by check
	}
}

// A fork is a Store: it keeps the contract, and so does a store that was forked on the way.
func TestFork_KeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) roster.Store { return new(memstore.Store).Fork() })
}

func TestFork_ManyAtOnce(t *testing.T) {
	t.Parallel()
	var s memstore.Store
	for n := range 100 { // enough rows for branches
		write(t, &s, roster.UserID(fmt.Sprintf("u%03d", n)), "a")
	}
	begin := inspect(t, &s)
	forks := make([]*memstore.Store, 8)
	var done sync.WaitGroup
	for i := range forks {
		forks[i] = s.Fork()
		done.Go(func() {
			for n := range 50 {
				write(t, forks[i], roster.UserID(fmt.Sprintf("u%03d", n*2)), fmt.Sprint("f", i))
				forks[i].Fork()
				_ = holds(t, forks[i], "u001")
			}
		})
	}
	for range 50 {
		s.Fork() // while others write into what they share with s
	}
	done.Wait()
	is := is.New(t)
	is.Equal(inspect(t, &s), begin) // nothing came back
	for i, f := range forks {
		write(t, &s, "u000", "s")
		is.True(inspect(t, f) != begin)
		u, err := f.Standing(t.Context(), "u098")
		is.NoErr(err)
		is.Equal(u.User.FirstName, fmt.Sprint("f", i)) // each its own
	}
}

func ExampleStore_Fork() {
	var account memstore.Store // filled once
	r, err := roster.New(&account, roster.CRMSchema(), roster.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := r.Apply(context.Background(), roster.System("setup"), roster.CreateDepartment{ID: "sales", Name: "Sales"}); err != nil {
		fmt.Println(err)
		return
	}

	for _, head := range []string{"first case", "second case"} { // each case changes an account of its own
		r, err := roster.New(account.Fork(), roster.CRMSchema(), roster.Config{})
		if err != nil {
			fmt.Println(err)
			return
		}
		for d, err := range r.Departments(context.Background(), roster.System("look")) {
			fmt.Println(head, "begins with", d.ID, err)
		}
		if _, err := r.Apply(context.Background(), roster.System("test"), roster.DeleteDepartment{Department: "sales"}); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// first case begins with sales <nil>
	// second case begins with sales <nil>
}
