package roster

import (
	"context"
	"strings"
	"time"
)

// keep is how long tokens that have expired and letters that are done stay in the store, to be looked at.
const keep = 30 * 24 * time.Hour

// Tidy does the store's housekeeping, at most limit rows (0: 1000) in small Updates, and reports whether
// there is more to do. The host calls it regularly, once a day, say. It ends nobody's access and
// changes no answer: it marks tokens of past epochs as revoked, removes tokens 30 days after they
// expired and letters 30 days after they were made, if they were sent or void, and removes counters whose
// window is over, after writing into the trail what they counted.
func (r *Roster) Tidy(ctx context.Context, limit int) (more bool, err error) {
	if limit <= 0 {
		limit = 1000
	}
	left := limit
	for _, sweep := range []func(context.Context, int) (int, error){r.tidyTokens, r.tidyLetters, r.tidyCounters} {
		n, err := sweep(ctx, left)
		if left -= n; err != nil || left <= 0 {
			return true, wrap("tidy", "", err)
		}
	}
	return false, nil
}

// sweep pages through rows in Views and tidies those that are due in one Update a page. The judgement
// is made again in the Update; tidy reports whether it still held.
func sweep[T any, K ~string](ctx context.Context, r *Roster, limit int, list func(Tx, K) ([]T, error), key func(T) K, due func(Tx, T) (bool, error), tidy func(Tx, K) error) (n int, err error) {
	var after K
	for n < limit {
		var found []K
		var rows []T
		err := r.store.View(ctx, func(tx Tx) (err error) {
			found = nil
			rows, err = list(tx, after)
			for _, row := range rows {
				is, err := due(tx, row)
				if err != nil {
					return err
				}
				if is && n+len(found) < limit {
					found = append(found, key(row))
				}
			}
			return err
		})
		if err != nil {
			return n, err
		}
		if len(found) > 0 {
			err = r.update(ctx, func(tx Tx) error {
				for _, id := range found {
					if err := tidy(tx, id); ignoreNotFound(err) != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return n, err
			}
		}
		n += len(found)
		if len(rows) < pageSize {
			return n, nil
		}
		after = key(rows[len(rows)-1])
	}
	return n, nil
}

func (r *Roster) tidyTokens(ctx context.Context, limit int) (int, error) {
	return sweep(ctx, r, limit,
		func(tx Tx, after TokenID) ([]Token, error) { return tx.ListTokens(TokenFilter{}, after, pageSize) },
		Token.key,
		func(tx Tx, t Token) (bool, error) {
			past, err := pastEpoch(tx, t)
			return past || r.old(t.Expires), err
		},
		func(tx Tx, id TokenID) error {
			t, err := tx.Token(id)
			if err != nil {
				return err
			}
			if r.old(t.Expires) {
				return tx.DeleteToken(id)
			}
			past, err := pastEpoch(tx, t)
			if err != nil || !past {
				return err
			}
			t.Revoked = r.now()
			return tx.PutToken(t)
		})
}

// pastEpoch reports whether t is open though its user's epoch has moved on, or its user is gone.
func pastEpoch(tx Tx, t Token) (bool, error) {
	if !t.Revoked.IsZero() || !t.Spent.IsZero() {
		return false, nil
	}
	u, err := tx.User(t.User)
	return err != nil || u.Epoch != t.Epoch, ignoreNotFound(err)
}

// old reports whether what ended at t has been kept long enough.
func (r *Roster) old(t time.Time) bool { return r.now().Sub(t) >= keep }

func (r *Roster) tidyLetters(ctx context.Context, limit int) (int, error) {
	due := func(_ Tx, l Letter) (bool, error) { return !l.Open() && r.old(l.Created), nil }
	return sweep(ctx, r, limit,
		func(tx Tx, after LetterID) ([]Letter, error) { return tx.ListLetters("", false, after, pageSize) },
		Letter.key, due,
		func(tx Tx, id LetterID) error { return tx.DeleteLetter(id) })
}

func (r *Roster) tidyCounters(ctx context.Context, limit int) (int, error) {
	return sweep(ctx, r, limit,
		func(tx Tx, after string) ([]Counter, error) { return tx.ListCounters(after, pageSize) },
		func(c Counter) string { return c.Key },
		func(_ Tx, c Counter) (bool, error) { return r.over(c), nil },
		func(tx Tx, key string) error {
			c, err := tx.Counter(key)
			if err != nil || !r.over(c) {
				return err
			}
			if err := r.flush(tx, c); err != nil {
				return err
			}
			return tx.DeleteCounter(key)
		})
}

// over reports whether the window of a counter that this package uses is over.
func (r *Roster) over(c Counter) bool {
	age := r.now().Sub(c.Since)
	switch {
	case strings.HasPrefix(c.Key, refusalPrefix):
		return age >= refusalWindow
	case strings.HasPrefix(c.Key, signInPrefix), strings.HasPrefix(c.Key, resetPrefix):
		return age >= r.cfg.SignInWindow
	}
	return false
}

// flush writes the refusals that were counted since an event as another event like it.
func (r *Roster) flush(tx Tx, c Counter) error {
	if c.Count == 0 || c.Event == 0 {
		return nil
	}
	events, err := tx.ListEvents(EventFilter{}, c.Event-1, 1)
	if err != nil || len(events) == 0 {
		return err
	}
	e := events[0]
	e.Count = c.Count
	return r.record(tx, Actor{user: e.Actor, system: e.System}, e)
}
