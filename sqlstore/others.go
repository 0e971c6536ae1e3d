package sqlstore

import "github.com/seed-8e8abc8d/roster"

func (t *tx) Department(id roster.DepartmentID) (roster.Department, error) {
	return find(t, t.db.nouns.departments, " AND id = ?", string(id))
}

func (t *tx) PutDepartment(d roster.Department) error { return put(t, t.db.nouns.departments, &d) }

func (t *tx) DeleteDepartment(id roster.DepartmentID) error {
	return remove(t, t.db.nouns.departments, string(id))
}

func (t *tx) ListDepartments(after roster.DepartmentID, limit int) ([]roster.Department, error) {
	return list(t, t.db.nouns.departments, limit, " AND id > ? ORDER BY id", string(after))
}

// Role reads each role once a transaction: what looks at all members of a department, a plan say, asks for the same few
// again and again, and no role ever changes (R3).
func (t *tx) Role(id roster.RoleID) (roster.Role, error) {
	if err := t.usable(); err != nil {
		return roster.Role{}, err
	}
	r, known := t.roles[id]
	if !known {
		var err error
		if r, err = find(t, t.db.nouns.roles, " AND id = ?", string(id)); err != nil {
			return r, err
		}
		if t.roles == nil {
			t.roles = map[roster.RoleID]roster.Role{}
		}
		t.roles[id] = r
	}
	return r.Clone(), nil
}

func (t *tx) AddRole(r roster.Role) error { return add(t, t.db.nouns.roles, &r) }

func (t *tx) DeleteRole(id roster.RoleID) error {
	delete(t.roles, id)
	return remove(t, t.db.nouns.roles, string(id))
}

func (t *tx) ListRoles(after roster.RoleID, limit int) ([]roster.Role, error) {
	return list(t, t.db.nouns.roles, limit, " AND id > ? ORDER BY id", string(after))
}

func (t *tx) Credential(id roster.UserID) (roster.Credential, error) {
	return find(t, t.db.nouns.credentials, " AND user_id = ?", string(id))
}

func (t *tx) PutCredential(c roster.Credential) error { return put(t, t.db.nouns.credentials, &c) }

func (t *tx) DeleteCredential(id roster.UserID) error {
	return remove(t, t.db.nouns.credentials, string(id))
}

func (t *tx) Letter(id roster.LetterID) (roster.Letter, error) {
	return find(t, t.db.nouns.letters, " AND id = ?", string(id))
}

func (t *tx) PutLetter(l roster.Letter) error { return put(t, t.db.nouns.letters, &l) }

func (t *tx) DeleteLetter(id roster.LetterID) error { return remove(t, t.db.nouns.letters, string(id)) }

func (t *tx) ListLetters(user roster.UserID, open bool, after roster.LetterID, limit int) ([]roster.Letter, error) {
	var w filter
	w.and(true, "id > ?", string(after))
	w.by(user != "", "letters_user", "user_id = ?", string(user))
	w.by(open, "letters_open", "sent IS NULL AND NOT void")
	return filtered(t, t.db.nouns.letters, &w, "id", limit)
}

func (t *tx) Counter(key string) (roster.Counter, error) {
	return find(t, t.db.nouns.counters, " AND id = ?", key)
}

func (t *tx) PutCounter(c roster.Counter) error { return put(t, t.db.nouns.counters, &c) }

func (t *tx) DeleteCounter(key string) error { return remove(t, t.db.nouns.counters, key) }

func (t *tx) ListCounters(after string, limit int) ([]roster.Counter, error) {
	return list(t, t.db.nouns.counters, limit, " AND id > ? ORDER BY id", after)
}
