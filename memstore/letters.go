package memstore

import "github.com/seed-8e8abc8d/roster"

// The groups that letters are listed by.
const (
	open      = "o" // still to be sent
	addressee = "u" // and the user's id
)

func letterGroups(l *roster.Letter) []string {
	groups := append(make([]string, 0, 2), addressee+string(l.User))
	if l.Open() {
		groups = append(groups, open)
	}
	return groups
}

func (t *tx) Letter(id roster.LetterID) (roster.Letter, error) {
	return one(t, t.state.letters, string(id), plain)
}

func (t *tx) PutLetter(l roster.Letter) error {
	if err := t.writing(); err != nil {
		return err
	}
	t.state.letters.put(t.number, string(l.ID), &l, letterGroups)
	return nil
}

func (t *tx) DeleteLetter(id roster.LetterID) error {
	if err := t.writing(); err != nil {
		return err
	}
	t.state.letters.remove(t.number, string(id), letterGroups)
	return nil
}

func (t *tx) ListLetters(user roster.UserID, onlyOpen bool, after roster.LetterID, limit int) ([]roster.Letter, error) {
	rows := t.state.letters.all(string(after))
	switch {
	case user != "":
		rows = t.state.letters.in(addressee+string(user), string(after))
	case onlyOpen:
		rows = t.state.letters.in(open, string(after))
	}
	return list(t, rows, limit, func(l *roster.Letter) bool { return !onlyOpen || l.Open() }, plain)
}
