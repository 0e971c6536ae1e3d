package roster

import (
	"context"
	"errors"
	"time"
)

const (
	// letterClaim is how long a letter that is being sent is left alone by others. sendTimeout ends
	// earlier, so that two never send the same letter at once.
	letterClaim = 10 * time.Minute
	sendTimeout = 5 * time.Minute
	// letterPatience is the longest wait between two attempts.
	letterPatience = 6 * time.Hour
)

// Delivery counts what became of the letters that were due.
type Delivery struct {
	Sent   int `json:"sent"`
	Failed int `json:"failed"` // tried again later: after a minute, then two, four, up to six hours
	Void   int `json:"void"`   // not needed any more: the user was activated, deactivated or deleted meanwhile
}

// Deliver sends letters that are due, oldest first, at most limit of them (0: 100), through Config.Sender
// (J3). The host calls it: after a change, and regularly. It may run in several processes at once.
//
// Each letter is claimed, and its user's status checked again, before its secret is minted, which voids
// older ones of the kind. It is sent outside any transaction and then marked. After a crash between the
// two it is sent again: at least once, and the last one is good. A failure leaves an event, and the
// user as they are; all failures are in the error, and none stops the other letters. Without a
// Config.Sender it is an error only when letters are due.
func (r *Roster) Deliver(ctx context.Context, limit int) (Delivery, error) {
	var d Delivery
	if limit <= 0 {
		limit = 100
	}
	due, err := r.dueLetters(ctx, limit)
	if err != nil {
		return d, wrap("deliver", "", err)
	}
	if len(due) > 0 && r.cfg.Sender == nil {
		return d, wrap("deliver", "", errors.New("letters are due and there is no Config.Sender"))
	}
	var failures []error
	for _, id := range due {
		if err := r.deliver(ctx, id, &d); err != nil {
			failures = append(failures, wrap("deliver", id, err))
		}
	}
	return d, errors.Join(failures...)
}

// dueLetters lists letters that are due, without claiming them.
func (r *Roster) dueLetters(ctx context.Context, limit int) ([]LetterID, error) {
	page := func(after LetterID) (letters []Letter, err error) {
		err = r.store.View(ctx, func(tx Tx) (err error) {
			letters, err = tx.ListLetters("", true, after, pageSize)
			return err
		})
		return letters, err
	}
	var due []LetterID
	for l, err := range rows(pageSize, "", page, Letter.key) {
		if err != nil {
			return nil, err
		}
		if l.due(r.now()) {
			due = append(due, l.ID)
		}
		if len(due) == limit {
			break
		}
	}
	return due, nil
}

// due reports whether l waits to be sent now.
func (l Letter) due(now time.Time) bool { return l.Open() && !now.Before(l.Due) }

// deliver sends one letter and counts what became of it.
func (r *Roster) deliver(ctx context.Context, id LetterID, d *Delivery) error {
	var m Message
	var void bool
	err := r.update(ctx, func(tx Tx) (err error) {
		m, void, err = r.claim(tx, id)
		return err
	})
	switch {
	case err != nil:
		return err
	case void:
		d.Void++
		return nil
	case m.Letter == "":
		return nil // somebody else was faster
	}
	failure := r.send(ctx, m)
	// What was sent is marked even when the caller has given up: else it would be sent twice.
	if err := r.update(context.WithoutCancel(ctx), func(tx Tx) error { return r.mark(tx, m, failure) }); err != nil {
		return errors.Join(failure, err)
	}
	if failure != nil {
		d.Failed++
		return failure
	}
	d.Sent++
	return nil
}

// send calls the sender and ends its context before the claim ends.
func (r *Roster) send(ctx context.Context, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return r.cfg.Sender.Send(ctx, m)
}

// claim takes a letter that is still due and mints its secret; a letter that nobody needs any more it
// makes void. The zero Message says that there is nothing to send.
func (r *Roster) claim(tx Tx, id LetterID) (m Message, void bool, err error) {
	l, err := tx.Letter(id)
	if err != nil || !l.due(r.now()) {
		return m, false, ignoreNotFound(err)
	}
	u, err := tx.User(l.User)
	if ignoreNotFound(err) != nil {
		return m, false, err
	}
	now := r.now() // read once: a clock that moves between two readings would void good letters
	to, kind := l.Kind.address(&u)
	if to == "" || !(&Token{User: u.ID, Kind: kind, Epoch: u.Epoch, Expires: now.Add(1)}).Live(&u, now) {
		l.Void = true
		if err := tx.PutLetter(l); err != nil {
			return m, true, err
		}
		return m, true, r.record(tx, Actor{}, Event{
			Verb: VerbLetterSend, User: l.User, Object: string(l.ID), Outcome: OutcomeRefused, Reason: "not-needed",
		})
	}
	if _, err := revokeOpen(tx, TokenFilter{User: u.ID, Kind: kind}, now); err != nil {
		return m, false, err
	}
	out, err := r.mint(tx, &u, Token{Kind: kind, Address: addressHash(to)}, 0)
	if err != nil {
		return m, false, err
	}
	l.Attempts++
	l.Due = now.Add(letterClaim)
	m = Message{Letter: l.ID, Kind: l.Kind, To: to, User: u, Secret: out.Secret, Expires: out.Token.Expires}
	return m, false, tx.PutLetter(l)
}

// address is where a letter of kind k goes and the kind of its secret; empty when u needs no such letter.
func (k LetterKind) address(u *User) (to string, secret TokenKind) {
	switch {
	case k == LetterActivation && u.Status == StatusInvited:
		return u.Email, TokenActivation
	case k == LetterAddress:
		return u.PendingEmail, TokenActivation
	case k == LetterReset:
		return u.Email, TokenReset
	}
	return "", TokenNone
}

// mark notes what became of a letter that was sent.
func (r *Roster) mark(tx Tx, m Message, failure error) error {
	l, err := tx.Letter(m.Letter)
	if err != nil {
		return ignoreNotFound(err)
	}
	e := Event{Verb: VerbLetterSend, User: l.User, Object: string(l.ID), Outcome: OutcomeDone, Reason: l.Kind.String()}
	if failure == nil {
		l.Sent, l.Problem = r.now(), ""
	} else {
		l.Problem = "sender"
		if errors.Is(failure, context.DeadlineExceeded) {
			l.Problem = "timeout"
		}
		l.Due = r.now().Add(patience(l.Attempts))
		e.Outcome, e.Reason = OutcomeFailed, l.Problem
	}
	if err := tx.PutLetter(l); err != nil {
		return err
	}
	return r.record(tx, Actor{}, e)
}

// patience is how long to wait after the n-th attempt failed.
func patience(n int) time.Duration {
	wait := time.Minute
	for ; n > 1 && wait < letterPatience; n-- {
		wait *= 2
	}
	return min(wait, letterPatience)
}
