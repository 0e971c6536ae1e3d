package memstore

import "github.com/seed-8e8abc8d/roster"

func (t *tx) Token(id roster.TokenID) (roster.Token, error) {
	return one(t, t.state.tokens, string(id), plain)
}

func (t *tx) TokenByHash(h roster.TokenHash) (roster.Token, error) {
	if err := t.reading(); err != nil {
		return roster.Token{}, err
	}
	k, ok := t.state.hashes.find(string(h[:]))
	if !ok {
		return roster.Token{}, roster.ErrNotFound
	}
	return *k, nil
}

func (t *tx) PutToken(k roster.Token) error {
	if err := t.writing(); err != nil {
		return err
	}
	if holder, ok := t.state.hashes.find(string(k.Hash[:])); ok && holder.ID != k.ID {
		return roster.ErrExists
	}
	if old, ok := t.state.tokens.rows.find(string(k.ID)); ok && old.Hash != k.Hash {
		t.forget(old.Hash)
	}
	t.state.tokens.put(t.number, string(k.ID), &k, tokenGroups)
	t.state.hashes.set(t.number, string(k.Hash[:]), &k)
	t.changedHashes = append(t.changedHashes, k.Hash)
	return nil
}

func (t *tx) DeleteToken(id roster.TokenID) error {
	if err := t.writing(); err != nil {
		return err
	}
	if old, ok := t.state.tokens.rows.find(string(id)); ok {
		t.forget(old.Hash)
		t.state.tokens.remove(t.number, string(id), tokenGroups)
	}
	return nil
}

// forget makes h find nothing.
func (t *tx) forget(h roster.TokenHash) {
	t.state.hashes.unset(t.number, string(h[:]))
	t.changedHashes = append(t.changedHashes, h)
}

// The groups that tokens are listed by.
const (
	bearer      = "u" // and the user's id
	family      = "f" // and the first token's id
	integration = "i" // and its name
)

func tokenGroups(k *roster.Token) []string {
	groups := append(make([]string, 0, 3), bearer+string(k.User))
	if k.Family != "" {
		groups = append(groups, family+string(k.Family))
	}
	if k.Integration != "" {
		groups = append(groups, integration+k.Integration)
	}
	return groups
}

func (t *tx) ListTokens(f roster.TokenFilter, after roster.TokenID, limit int) ([]roster.Token, error) {
	rows := t.state.tokens.all(string(after))
	switch {
	case f.Family != "":
		rows = t.state.tokens.in(family+string(f.Family), string(after))
	case f.User != "":
		rows = t.state.tokens.in(bearer+string(f.User), string(after))
	case f.Integration != "":
		rows = t.state.tokens.in(integration+f.Integration, string(after))
	}
	return list(t, rows, limit, func(k *roster.Token) bool { return f.Match(*k) }, plain)
}
