package sqlstore

import "github.com/seed-8e8abc8d/roster"

func (t *tx) Token(id roster.TokenID) (roster.Token, error) {
	return find(t, t.db.nouns.tokens, " AND id = ?", string(id))
}

func (t *tx) TokenByHash(h roster.TokenHash) (roster.Token, error) {
	return find(t, t.db.nouns.tokens, " AND hash = ?", h[:])
}

func (t *tx) PutToken(k roster.Token) error {
	if err := t.unused("tokens", "hash = ? AND id <> ?", k.Hash[:], string(k.ID)); err != nil {
		return err
	}
	return put(t, t.db.nouns.tokens, &k)
}

func (t *tx) DeleteToken(id roster.TokenID) error { return remove(t, t.db.nouns.tokens, string(id)) }

func (t *tx) ListTokens(f roster.TokenFilter, after roster.TokenID, limit int) ([]roster.Token, error) {
	var w filter
	w.and(true, "id > ?", string(after))
	w.by(f.Family != "", "tokens_family", "family <> '' AND family = ?", string(f.Family))
	w.by(f.User != "", "tokens_user", "user_id = ?", string(f.User))
	w.and(f.Kind != roster.TokenNone, "kind = ?", int64(f.Kind))
	w.by(f.Integration != "", "tokens_integration", "integration <> '' AND integration = ?", f.Integration)
	w.and(f.Open, "revoked IS NULL AND spent IS NULL")
	return filtered(t, t.db.nouns.tokens, &w, "id", limit)
}
