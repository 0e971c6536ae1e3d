package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// Script runs a random sequence of Updates, determined by seed, on an empty store and returns all that
// the store answered, a line for each call. Two stores are equal when they give the same lines for the
// same seed. Its error is the first that isn't one of roster's.
func Script(ctx context.Context, s roster.Store, seed uint64, updates int) ([]string, error) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var all []string
	for range updates {
		calls := make([]call, 1+rnd.IntN(6))
		for i := range calls {
			calls[i] = randomCall(rnd)
		}
		fails := rnd.IntN(5) == 0
		var lines []string
		err := s.Update(ctx, func(tx roster.Tx) error {
			lines = nil
			for _, c := range calls {
				answer, err := c.do(tx)
				if lines = append(lines, fmt.Sprintf("%s %s: %+v, %s", c.name, c.key, answer, known(err))); known(err) == "" {
					return err
				}
			}
			if fails {
				return errMine
			}
			return nil
		})
		if all = append(all, lines...); err != nil && !errors.Is(err, errMine) {
			return all, err
		}
	}
	return all, nil
}

// call is one call of a Tx, with what it is called with.
type call struct {
	name, key string
	do        func(tx roster.Tx) (answer any, err error)
}

// known names a kind of error; empty for one that no store should give.
func known(err error) string {
	for _, e := range []error{nil, roster.ErrNotFound, roster.ErrExists, roster.ErrInvalid} {
		if errors.Is(err, e) {
			return fmt.Sprint(e)
		}
	}
	return ""
}

// randomCall picks a call. Keys are few, so that rows are met again, replaced and refused.
func randomCall(rnd *rand.Rand) call {
	key := fmt.Sprint(1 + rnd.IntN(9))
	switch rnd.IntN(8) {
	case 0, 1, 2:
		return randomPut(rnd, key)
	case 3:
		n := pick(rnd, slices.DeleteFunc(nouns(), func(n noun) bool { return n.del == nil })...)
		return call{"delete " + n.name, key, func(tx roster.Tx) (any, error) { return nil, n.del(tx, key) }}
	case 4:
		n := pick(rnd, nouns()...)
		return call{"find " + n.name, key, func(tx roster.Tx) (any, error) { return n.find(tx, key) }}
	case 5:
		return randomLookUp(rnd, key)
	}
	return randomList(rnd, key)
}

// randomPut puts a row, made for the case or with every field set.
func randomPut(rnd *rand.Rand, key string) call {
	u, k, r, l := randomUser(rnd, roster.UserID(key)), randomToken(rnd, roster.TokenID(key)), randomRun(rnd, roster.RunID(key)), randomLetter(rnd, roster.LetterID(key))
	n, v := pick(rnd, nouns()...), rnd.IntN(2)
	u.Email = pick(rnd, "", "Anna@x.ru", "anna@X.RU", "АННА@почта.рф", "boris@x.ru")
	u.Identity.Subject = pick(rnd, "", "", "s", "S")
	k.Hash = roster.TokenHash{byte(rnd.IntN(9))}
	e := randomEvent(rnd, 0)
	if flip(rnd) {
		return call{"put " + n.name, key, func(tx roster.Tx) (any, error) { return nil, n.put(tx, n.row(key, v)) }}
	}
	return pick(rnd,
		call{"put user", key, func(tx roster.Tx) (any, error) { return nil, tx.PutUser(u) }},
		call{"put token", key, func(tx roster.Tx) (any, error) { return nil, tx.PutToken(k) }},
		call{"put run", key, func(tx roster.Tx) (any, error) { return nil, tx.PutRun(r) }},
		call{"put letter", key, func(tx roster.Tx) (any, error) { return nil, tx.PutLetter(l) }},
		call{"append", "", func(tx roster.Tx) (any, error) {
			head, err := tx.Head()
			if err != nil {
				return nil, err
			}
			e.Seq = head.Seq + 1
			return head, tx.AppendEvent(e)
		}})
}

// randomLookUp looks by something else than the key.
func randomLookUp(rnd *rand.Rand, key string) call {
	email := pick(rnd, "", "ANNA@X.RU", "анна@почта.РФ", "boris@x.ru")
	id := roster.Identity{Subject: pick(rnd, "", "s", "S")}
	h := roster.TokenHash{byte(rnd.IntN(9))}
	return pick(rnd,
		call{"user by address", email, func(tx roster.Tx) (any, error) { return tx.UserByEmail(email) }},
		call{"user by identity", id.Subject, func(tx roster.Tx) (any, error) { return tx.UserByIdentity(id) }},
		call{"token by hash", key, func(tx roster.Tx) (any, error) { return tx.TokenByHash(h) }},
		call{"head", "", func(tx roster.Tx) (any, error) { return tx.Head() }})
}

// randomList lists a page, by a filter or by one of the ways that an index may serve.
func randomList(rnd *rand.Rand, after string) call {
	limit := rnd.IntN(6)
	users, tokens, runs, events := randomUserFilter(rnd), randomTokenFilter(rnd), randomRunFilter(rnd), randomEventFilter(rnd)
	l := pick(rnd, listings()...)
	key := fmt.Sprint(after, " ", limit)
	return pick(rnd,
		call{"list users", key, func(tx roster.Tx) (any, error) { return tx.ListUsers(users, roster.UserID(after), limit) }},
		call{"list tokens", key, func(tx roster.Tx) (any, error) { return tx.ListTokens(tokens, roster.TokenID(after), limit) }},
		call{"list runs", key, func(tx roster.Tx) (any, error) { return tx.ListRuns(runs, roster.RunID(after), limit) }},
		call{"list events", key, func(tx roster.Tx) (any, error) { return tx.ListEvents(events, uint64(limit), limit) }},
		call{"list events before", key, func(tx roster.Tx) (any, error) { return tx.ListEventsBefore(events, uint64(limit), limit) }},
		call{"list " + l.name, key, func(tx roster.Tx) (any, error) { return l.list(tx, after, limit) }})
}
