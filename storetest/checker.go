package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/seed-8e8abc8d/roster"
)

// checkerCases are about stores that implement roster.Checker; others pass.
func checkerCases() []Case {
	return []Case{
		newCase("checks agree", "A Standing and a Bearer are what a View finds.", checkAgrees),
		newCase("checks see commits", "Every commit that finished before a check began is in it, and nothing else ever is.", checkSees),
		newCase("checks see one commit", "A Standing was committed as it is, and a token never comes with an older user.", checkWhole),
	}
}

// found is what a View finds of a user, or of a token and its user.
type found struct {
	id      roster.UserID
	user    roster.User
	role    *roster.Role
	err     error
	hash    roster.TokenHash
	token   roster.Token
	bearing error
}

// findForCheck looks at the user and the token with a key.
func findForCheck(tx roster.Tx, key string) (f found) {
	f.id, f.hash = roster.UserID(key), sampleHash(key, 0)
	f.user, f.err = tx.User(f.id)
	if role, err := tx.Role(f.user.Role); err == nil {
		f.role = &role
	}
	if f.token, f.bearing = tx.TokenByHash(f.hash); f.bearing == nil {
		_, f.bearing = tx.User(f.token.User)
	}
	return f
}

// agrees wants a Checker to say the same.
func (x *exam) agrees(c roster.Checker, want found) {
	what := "of " + string(want.id)
	s, err := c.Standing(x.ctx, want.id)
	x.is("Standing "+what, err, want.err)
	if err == nil && want.err == nil {
		x.equal("Standing "+what, s.User, want.user)
		if (s.Role == nil) != (want.role == nil) {
			x.errorf("Standing %s has the role %v, a View %v", what, s.Role, want.role)
		} else if s.Role != nil {
			x.equal("the role in Standing "+what, s.Role.Role, *want.role)
		}
	}
	k, s, err := c.Bearer(x.ctx, want.hash)
	x.is("Bearer "+what, err, want.bearing)
	if err == nil && want.bearing == nil {
		x.equal("Bearer "+what, *k, want.token)
		x.equal("the user in Bearer "+what, s.User.ID, want.token.User)
	}
}

// checkAgrees compares after each of many random commits.
func checkAgrees(x *exam) {
	c, ok := x.store.(roster.Checker)
	if !ok {
		return
	}
	rnd := rand.New(rand.NewPCG(3, 5))
	for range 60 {
		x.update("change", func(tx roster.Tx) error {
			for range 5 {
				if err := randomChange(rnd, tx); err != nil {
					return err
				}
			}
			return nil
		})
		var want []found
		x.view("look", func(tx roster.Tx) error {
			want = nil
			for i := range 14 {
				want = append(want, findForCheck(tx, fmt.Sprint(i)))
			}
			return nil
		})
		for _, f := range want {
			x.agrees(c, f)
		}
	}
	ctx, cancel := context.WithCancel(x.ctx)
	cancel()
	_, err := c.Standing(ctx, "1")
	x.is("Standing under a context that is done", err, context.Canceled)
	_, _, err = c.Bearer(ctx, roster.TokenHash{})
	x.is("Bearer under a context that is done", err, context.Canceled)
}

// randomChange changes one of a dozen users, tokens and roles.
func randomChange(rnd *rand.Rand, tx roster.Tx) error {
	key := fmt.Sprint(rnd.IntN(12))
	switch rnd.IntN(6) {
	case 0:
		return tx.DeleteToken(roster.TokenID(key))
	case 1, 2:
		k := roster.Token{ID: roster.TokenID(key), User: roster.UserID(fmt.Sprint(rnd.IntN(14))), Hash: sampleHash(key, 0), Epoch: rnd.Uint64N(9)}
		return tx.PutToken(k)
	case 3:
		role := pick[roster.RoleID](rnd, "seller", "head")
		if _, err := tx.Role(role); err == nil {
			return tx.DeleteRole(role)
		}
		return tx.AddRole(sampleRole(string(role), rnd.IntN(9)))
	}
	return tx.PutUser(randomUser(rnd, roster.UserID(key)))
}

// checkSees commits, looks, fails a commit and looks again, many times.
func checkSees(x *exam) {
	c, ok := x.store.(roster.Checker)
	if !ok {
		return
	}
	h := roster.TokenHash{1}
	put := func(tx roster.Tx, epoch uint64) error {
		err := tx.PutUser(roster.User{ID: "anna", Epoch: epoch, Rights: roster.Rights{"deal:view": roster.Own}})
		return errors.Join(err, tx.PutToken(roster.Token{ID: "t", Hash: h, User: "anna", Epoch: epoch}))
	}
	want := func(when string, epoch uint64) *roster.Standing {
		s, err := c.Standing(x.ctx, "anna")
		x.is(when, err, nil)
		k, bearer, failed := c.Bearer(x.ctx, h)
		x.is(when, failed, nil)
		if err == nil && failed == nil {
			x.equal(when, []uint64{s.User.Epoch, k.Epoch, bearer.User.Epoch}, []uint64{epoch, epoch, epoch})
		}
		return s
	}
	var held *roster.Standing
	for epoch := range uint64(50) {
		x.update("commit", func(tx roster.Tx) error { return put(tx, epoch) })
		now := want("after the commit", epoch)
		if held != nil {
			x.equal("a Standing held across the commit", held.User.Epoch, epoch-1)
		}
		held = now
		x.is("an Update that fails", x.store.Update(x.ctx, func(tx roster.Tx) error {
			return errors.Join(put(tx, epoch+100), errMine)
		}), errMine)
		want("after an Update that failed", epoch)
	}
}

// checkWhole reads while a writer moves a user's epoch, version and token together, until it has seen
// many of the writer's commits.
func checkWhole(x *exam) {
	c, ok := x.store.(roster.Checker)
	if !ok {
		return
	}
	h := roster.TokenHash{1}
	write := func(v uint64) error {
		return x.store.Update(x.ctx, func(tx roster.Tx) error {
			if err := tx.PutUser(roster.User{ID: "anna", Epoch: v, Version: v}); err != nil {
				return err
			}
			return tx.PutToken(roster.Token{ID: "t", Hash: h, User: "anna", Epoch: v})
		})
	}
	x.is("write", write(1), nil)
	stop, over := make(chan struct{}), make(chan struct{})
	var wrote error
	go func() {
		defer close(over)
		for v := uint64(2); wrote == nil; v++ {
			select {
			case <-stop:
				return
			default:
				wrote = write(v)
			}
		}
	}()
	seen := map[uint64]bool{}
	for writing := true; writing && len(seen) < 50 && len(x.wrong) == 0; {
		k, s, err := c.Bearer(x.ctx, h)
		if x.is("Bearer", err, nil); err != nil {
			break
		}
		if s.User.Epoch != s.User.Version || k.Epoch > s.User.Epoch {
			x.errorf("a token of epoch %d with a user of epoch %d, version %d", k.Epoch, s.User.Epoch, s.User.Version)
		}
		seen[k.Epoch] = true
		select {
		case <-over: // it failed
			writing = false
		default:
		}
	}
	close(stop)
	<-over
	x.is("the writer", wrote, nil)
}
