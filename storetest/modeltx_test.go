package storetest_test

import (
	"reflect"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

func (t *modelTx) User(id roster.UserID) (roster.User, error) {
	u, ok := t.at().users[t.userKey(id)]
	if !t.is("copies") {
		u = u.Clone()
	}
	return found(t, u, ok)
}

func (t *modelTx) UserByEmail(email string) (roster.User, error) {
	for _, u := range t.at().users {
		if u.Email != "" && u.Status != roster.StatusDeleted && roster.FoldEmail(u.Email) == roster.FoldEmail(email) {
			return found(t, u.Clone(), true)
		}
	}
	return found(t, roster.User{}, false)
}

func (t *modelTx) UserByIdentity(id roster.Identity) (roster.User, error) {
	for _, u := range t.at().users {
		if id != (roster.Identity{}) && u.Status != roster.StatusDeleted && u.Identity == id {
			return found(t, u.Clone(), true)
		}
	}
	return found(t, roster.User{}, false)
}

func (t *modelTx) PutUser(u roster.User) error {
	now, err := t.writing()
	if err != nil {
		return err
	}
	for _, o := range now.users {
		if o.ID == u.ID || u.Status == roster.StatusDeleted {
			continue
		}
		there := o.Status != roster.StatusDeleted
		if u.Email != "" && (there || t.is("addresses")) && roster.FoldEmail(o.Email) == roster.FoldEmail(u.Email) ||
			u.Identity != (roster.Identity{}) && (there || t.is("identities")) && o.Identity == u.Identity {
			return roster.ErrExists
		}
	}
	if t.is("kept as given") && u.Created.IsZero() {
		u.Created = u.Created.AddDate(2000, 0, 0)
	}
	if !t.is("copies") {
		u = u.Clone()
	}
	now.users[t.userKey(u.ID)] = u
	return nil
}

func (t *modelTx) ListUsers(f roster.UserFilter, after roster.UserID, limit int) ([]roster.User, error) {
	list, err := listed(t, t.at().users, func(u roster.User) roster.UserID { return u.ID }, after, limit, f.Match)
	for i := range list {
		list[i] = list[i].Clone()
	}
	return list, err
}

func (t *modelTx) Department(id roster.DepartmentID) (roster.Department, error) {
	d, ok := t.at().departments[id]
	return found(t, d, ok)
}

func (t *modelTx) PutDepartment(d roster.Department) error {
	return put(t, func(now *tables) { now.departments[d.ID] = d })
}

// put makes a change that can't fail by itself.
func put(t *modelTx, change func(now *tables)) error {
	now, err := t.writing()
	if err == nil {
		change(now)
	}
	return err
}

func (t *modelTx) DeleteDepartment(id roster.DepartmentID) error {
	return put(t, func(now *tables) { delete(now.departments, id) })
}

func (t *modelTx) ListDepartments(after roster.DepartmentID, limit int) ([]roster.Department, error) {
	return listed(t, t.at().departments, func(d roster.Department) roster.DepartmentID { return d.ID }, after, limit, all)
}

func (t *modelTx) Role(id roster.RoleID) (roster.Role, error) {
	if t.is("no identifiers") {
		text, _, _ := strings.Cut(string(id), "\x00")
		id = roster.RoleID(text)
	}
	r, ok := t.at().roles[id]
	return found(t, r.Clone(), ok)
}

func (t *modelTx) AddRole(r roster.Role) error {
	now, err := t.writing()
	if err != nil {
		return err
	}
	old, taken := now.roles[r.ID]
	if taken && t.is("roles") && reflect.DeepEqual(old, r) {
		return nil
	}
	if !taken || t.is("failed calls") {
		now.roles[r.ID] = r.Clone()
	}
	if taken {
		return roster.ErrExists
	}
	return nil
}

func (t *modelTx) DeleteRole(id roster.RoleID) error {
	return put(t, func(now *tables) { delete(now.roles, id) })
}

func (t *modelTx) ListRoles(after roster.RoleID, limit int) ([]roster.Role, error) {
	list, err := listed(t, t.at().roles, func(r roster.Role) roster.RoleID { return r.ID }, after, limit, all)
	for i := range list {
		list[i] = list[i].Clone()
	}
	return list, err
}

func (t *modelTx) Credential(id roster.UserID) (roster.Credential, error) {
	c, ok := t.at().credentials[id]
	return found(t, c, ok)
}

func (t *modelTx) PutCredential(c roster.Credential) error {
	return put(t, func(now *tables) { now.credentials[c.User] = c })
}

func (t *modelTx) DeleteCredential(id roster.UserID) error {
	return put(t, func(now *tables) { delete(now.credentials, id) })
}

func (t *modelTx) Token(id roster.TokenID) (roster.Token, error) {
	k, ok := t.at().tokens[id]
	return found(t, k, ok)
}

func (t *modelTx) TokenByHash(h roster.TokenHash) (roster.Token, error) {
	for _, k := range t.at().tokens {
		if k.Hash == h {
			return found(t, k, true)
		}
	}
	return found(t, roster.Token{}, t.is("not found") && h == roster.TokenHash{})
}

func (t *modelTx) PutToken(k roster.Token) error {
	now, err := t.writing()
	if err != nil {
		return err
	}
	for _, o := range now.tokens {
		if o.ID != k.ID && o.Hash == k.Hash {
			return roster.ErrExists
		}
	}
	if t.is("token hashes") && t.m.burnt[k.Hash] {
		return roster.ErrExists
	}
	now.tokens[k.ID] = k
	return nil
}

func (t *modelTx) DeleteToken(id roster.TokenID) error {
	return put(t, func(now *tables) {
		if k := now.tokens[id]; k.Hash == (roster.TokenHash{1}) {
			t.m.burnt[k.Hash] = true
		}
		delete(now.tokens, id)
	})
}

func (t *modelTx) ListTokens(f roster.TokenFilter, after roster.TokenID, limit int) ([]roster.Token, error) {
	return listed(t, t.at().tokens, func(k roster.Token) roster.TokenID { return k.ID }, after, limit, f.Match)
}

func (t *modelTx) Letter(id roster.LetterID) (roster.Letter, error) {
	l, ok := t.at().letters[id]
	return found(t, l, ok)
}

func (t *modelTx) PutLetter(l roster.Letter) error {
	return put(t, func(now *tables) { now.letters[l.ID] = l })
}

func (t *modelTx) DeleteLetter(id roster.LetterID) error {
	return put(t, func(now *tables) {
		if t.is("deleted") && len(now.letters) > 1 {
			return
		}
		delete(now.letters, id)
	})
}

func (t *modelTx) ListLetters(user roster.UserID, open bool, after roster.LetterID, limit int) ([]roster.Letter, error) {
	return listed(t, t.at().letters, func(l roster.Letter) roster.LetterID { return l.ID }, after, limit,
		func(l roster.Letter) bool { return (user == "" || l.User == user) && (!open || l.Open()) })
}

func (t *modelTx) Counter(key string) (roster.Counter, error) {
	c, ok := t.at().counters[key]
	return found(t, c, ok)
}

func (t *modelTx) PutCounter(c roster.Counter) error {
	return put(t, func(now *tables) { now.counters[c.Key] = c })
}

func (t *modelTx) DeleteCounter(key string) error {
	return put(t, func(now *tables) { delete(now.counters, key) })
}

func (t *modelTx) ListCounters(after string, limit int) ([]roster.Counter, error) {
	return listed(t, t.at().counters, func(c roster.Counter) string { return c.Key }, after, limit, all)
}

func (t *modelTx) Run(id roster.RunID) (roster.Run, error) {
	r, ok := t.at().runs[id]
	return found(t, r.Clone(), ok)
}

func (t *modelTx) PutRun(r roster.Run) error {
	return put(t, func(now *tables) { now.runs[r.ID] = r.Clone() })
}

func (t *modelTx) ListRuns(f roster.RunFilter, after roster.RunID, limit int) ([]roster.Run, error) {
	list, err := listed(t, t.at().runs, func(r roster.Run) roster.RunID { return r.ID }, after, limit, f.Match)
	for i := range list {
		list[i] = list[i].Clone()
	}
	return list, err
}

func (t *modelTx) PutEntry(e roster.Entry) error {
	if t.is("long rows") {
		e.IDs = e.IDs[:min(len(e.IDs), 1_000)]
	}
	return put(t, func(now *tables) {
		if now.entries[e.Run] == nil {
			now.entries[e.Run] = map[int]roster.Entry{}
		}
		now.entries[e.Run][e.N] = e.Clone()
	})
}

func (t *modelTx) ListEntries(run roster.RunID, after int, limit int) ([]roster.Entry, error) {
	list, err := listed(t, t.at().entries[run], func(e roster.Entry) int { return e.N }, after, limit, all)
	for i := range list {
		list[i] = list[i].Clone()
	}
	return list, err
}

func (t *modelTx) Head() (roster.Head, error) {
	if t.is("own changes") && !t.view {
		return found(t, t.head, true)
	}
	return found(t, headOf(t.at()), true)
}

func (t *modelTx) AppendEvent(e roster.Event) error {
	now, err := t.writing()
	if err != nil {
		return err
	}
	next := headOf(now).Seq + 1
	if e.Seq < next || e.Seq > next && !t.is("trail") {
		return roster.ErrExists
	}
	now.events = append(now.events, e.Clone())
	return nil
}

// ListEventsBefore goes back through the events, and with its fault takes the page from the wrong end.
func (t *modelTx) ListEventsBefore(f roster.EventFilter, before uint64, limit int) ([]roster.Event, error) {
	if err := t.reading(); err != nil {
		return nil, err
	}
	if limit < 1 {
		return nil, roster.ErrInvalid
	}
	var all []roster.Event
	for _, e := range t.at().events {
		if e.Seq < before && f.Match(e) {
			all = append(all, e.Clone())
		}
	}
	if t.is("newest first") {
		all = all[:min(len(all), limit)]
	}
	slices.Reverse(all)
	return all[:min(len(all), limit)], nil
}

func (t *modelTx) ListEvents(f roster.EventFilter, after uint64, limit int) ([]roster.Event, error) {
	if t.is("filters") && !f.To.IsZero() {
		f.To = f.To.Add(1) // up to the instant, not before it
	}
	rows := map[uint64]roster.Event{}
	for _, e := range t.at().events {
		rows[e.Seq] = e.Clone()
	}
	return listed(t, rows, func(e roster.Event) uint64 { return e.Seq }, after, limit, f.Match)
}
