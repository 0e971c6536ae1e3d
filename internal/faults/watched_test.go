package faults_test

import (
	"context"
	"errors"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// watchedStore is a store that calls a function before each transaction, and what that returned after it. It calls it for
// "Close" when one has closed an entry and opened none, as at the end of a step.
type watchedStore struct {
	*sqlstore.Store
	hook  func(call string) func()
	plant string
	kept  func(roster.Tx) error // what a planted fault does later
}

func (s *watchedStore) View(ctx context.Context, f func(roster.Tx) error) error {
	defer s.hook("View")()
	return s.Store.View(ctx, f)
}

func (s *watchedStore) Update(ctx context.Context, f func(roster.Tx) error) error {
	defer s.hook("Update")()
	if s.plant == "late" {
		return s.late(ctx, f)
	}
	var closed, opened bool
	err := s.Store.Update(ctx, func(tx roster.Tx) error {
		closed, opened = false, false
		return f(plantedTx{tx, s.plant, func(e roster.Entry) { closed, opened = closed || e.Done, opened || !e.Done }})
	})
	if err == nil && closed && !opened {
		s.hook("Close")()
	}
	return err
}

// late keeps what opens an entry for the next Update: the journal comes after the move.
func (s *watchedStore) late(ctx context.Context, f func(roster.Tx) error) error {
	if s.kept != nil {
		if err := s.Store.Update(ctx, s.kept); err != nil {
			return err
		}
		s.kept = nil
	}
	err := s.Store.Update(ctx, func(tx roster.Tx) error { return f(plantedTx{tx, s.plant, func(roster.Entry) {}}) })
	if errors.Is(err, errLater) {
		s.kept, err = f, nil
	}
	return err
}

var errLater = errors.New("later")

// watchedHoldings are records that do the same.
type watchedHoldings struct {
	roster.Holdings
	hook func(call string) func()
}

func (h watchedHoldings) Survey(ctx context.Context, user roster.UserID) (roster.Survey, error) {
	defer h.hook("Survey")()
	return h.Holdings.Survey(ctx, user)
}

func (h watchedHoldings) Page(ctx context.Context, q roster.Query) ([]roster.Record, error) {
	defer h.hook("Page")()
	return h.Holdings.Page(ctx, q)
}

func (h watchedHoldings) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	defer h.hook("Move")()
	return h.Holdings.Move(ctx, o)
}

// plantedTx is a transaction with a fault that a test has to find, or with none.
type plantedTx struct {
	roster.Tx
	plant string
	put   func(roster.Entry)
}

func (tx plantedTx) PutEntry(e roster.Entry) error {
	tx.put(e)
	switch {
	case tx.plant == "forgetful" && e.Done: // the journal doesn't learn what became of an entry
		return nil
	case tx.plant == "untold" && e.Done && len(e.IDs) > 1: // nor of its last record
		e.IDs = e.IDs[:len(e.IDs)-1]
	case tx.plant == "late" && !e.Done:
		return errLater
	}
	return tx.Tx.PutEntry(e)
}

func (tx plantedTx) PutUser(u roster.User) error {
	if tx.plant == "unfenced" && u.Status == roster.StatusLeaving { // the fence leaves the tokens good
		u.Status = roster.StatusActive
		u.Epoch--
	}
	return tx.Tx.PutUser(u)
}
