package roster

// queue puts a letter for u into the outbox and voids the open ones of its kind (J3), in the
// transaction that gives rise to it. Deliver sends it.
func (r *Roster) queue(tx Tx, a Actor, u UserID, kind LetterKind) error {
	if err := voidLetters(tx, u, kind); err != nil {
		return err
	}
	now := r.now()
	l := Letter{ID: LetterID(r.newID()), User: u, Kind: kind, Created: now, Due: now}
	if err := tx.PutLetter(l); err != nil {
		return err
	}
	return r.record(tx, a, Event{Verb: VerbLetterQueue, User: u, Object: string(l.ID), Outcome: OutcomeDone, Reason: kind.String()})
}

// voidLetters marks u's open letters of a kind, or of every kind for LetterNone, as replaced. queue keeps
// them to one of a kind.
func voidLetters(tx Tx, u UserID, kind LetterKind) error {
	open, err := tx.ListLetters(u, true, "", pageSize)
	if err != nil {
		return err
	}
	for _, l := range open {
		if kind != LetterNone && l.Kind != kind {
			continue
		}
		l.Void = true
		if err := tx.PutLetter(l); err != nil {
			return err
		}
	}
	return nil
}
