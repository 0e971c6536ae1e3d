package sqlstore

import (
	"database/sql"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

func (t *tx) User(id roster.UserID) (roster.User, error) {
	u, err := find(t, t.db.nouns.users, " AND id = ?", string(id))
	if err == nil {
		t.see(&u)
	}
	return u, err
}

func (t *tx) UserByEmail(email string) (roster.User, error) {
	key := roster.FoldEmail(email)
	if key == "" {
		return roster.User{}, t.none()
	}
	return find(t, t.db.nouns.users, " AND email_key = ?", key)
}

func (t *tx) UserByIdentity(id roster.Identity) (roster.User, error) {
	if id == (roster.Identity{}) {
		return roster.User{}, t.none()
	}
	return find(t, t.db.nouns.users, " AND issuer = ? AND subject = ?"+identified, id.Issuer, id.Subject)
}

// identified are the users who are found by identity: the condition of the index.
const identified = " AND (issuer <> '' OR subject <> '') AND status <> 5"

// none answers a look-up by nothing.
func (t *tx) none() error {
	if err := t.usable(); err != nil {
		return err
	}
	return roster.ErrNotFound
}

func (t *tx) PutUser(u roster.User) error {
	if was, ok := t.seen[u.ID]; !ok || was != keysOf(&u) {
		if err := t.free(&u); err != nil {
			return err
		}
	}
	if err := put(t, t.db.nouns.users, &u); err != nil {
		return err
	}
	t.see(&u)
	return nil
}

// keys are what no two users share.
type keys struct {
	email    any
	identity roster.Identity
	deleted  bool
}

func keysOf(u *roster.User) keys {
	return keys{emailKey(u), u.Identity, u.Status == roster.StatusDeleted}
}

// see notes what u has: most changes leave it alone, and needn't ask whether it is free.
func (t *tx) see(u *roster.User) {
	if t.seen == nil {
		t.seen = map[roster.UserID]keys{}
	}
	t.seen[u.ID] = keysOf(u)
}

// free fails with ErrExists when somebody else has u's address or identity. The account's lock makes the answer last.
func (t *tx) free(u *roster.User) error {
	if u.Status == roster.StatusDeleted {
		return nil
	}
	if key := emailKey(u); key != nil {
		if err := t.unused("users", "email_key = ? AND id <> ?", key, string(u.ID)); err != nil {
			return err
		}
	}
	if u.Identity == (roster.Identity{}) {
		return nil
	}
	return t.unused("users", "issuer = ? AND subject = ? AND id <> ?"+identified, u.Identity.Issuer, u.Identity.Subject, string(u.ID))
}

// unused fails with ErrExists when a row of a table meets a condition.
func (t *tx) unused(table, condition string, args ...any) error {
	used := false
	err := t.query(func(*sql.Rows) error { used = true; return nil },
		"SELECT 1 FROM "+t.db.table(table)+" WHERE account = ? AND "+condition+" LIMIT 1", append([]any{t.account}, args...)...)
	if err == nil && used {
		err = roster.ErrExists
	}
	return err
}

func (t *tx) ListUsers(f roster.UserFilter, after roster.UserID, limit int) ([]roster.User, error) {
	var w filter
	w.and(true, "id > ?", string(after))
	w.and(f.Status != roster.StatusNone, "status = ?", int64(f.Status))
	w.and(f.Status == roster.StatusNone && !f.Deleted, "status <> 5")
	w.by(f.Department != "", "users_department", "department = ?", string(f.Department))
	w.by(f.Role != "", "users_role", "role = ?", string(f.Role))
	w.by(f.Admins, "users_admin", "admin")
	w.and(f.Seat == roster.FreeSeat, "free")
	w.and(f.Seat == roster.PaidSeat, "NOT free")
	w.and(!f.SeenBefore.IsZero(), "(coalesce(last_seen, created) IS NULL OR coalesce(last_seen, created) < ?)", micros(f.SeenBefore))
	w.and(!f.EndedBy.IsZero(), "end_date <= ?", micros(f.EndedBy))
	part := roster.Fold(f.Text)
	w.and(part != "", "("+t.db.engine.part("name_folded")+" OR "+t.db.engine.part("email_folded")+")", part, part)
	return filtered(t, t.db.nouns.users, &w, "id", limit)
}

// distinct is a list without repetitions, in order.
func distinct[T ~string](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}
