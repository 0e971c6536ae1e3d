package storetest

import "github.com/seed-8e8abc8d/roster"

// hooked is a Tx whose every call goes through a hook, which runs the call itself or doesn't, and
// whose error is the call's.
type hooked struct {
	tx   roster.Tx
	hook func(name string, call func() error) error
}

var _ roster.Tx = hooked{}

// through runs a call that returns a value.
func through[T any](h hooked, name string, call func() (T, error)) (v T, err error) {
	err = h.hook(name, func() (err error) {
		v, err = call()
		return err
	})
	return v, err
}

func (h hooked) User(id roster.UserID) (roster.User, error) {
	return through(h, "User", func() (roster.User, error) { return h.tx.User(id) })
}

func (h hooked) UserByEmail(email string) (roster.User, error) {
	return through(h, "UserByEmail", func() (roster.User, error) { return h.tx.UserByEmail(email) })
}

func (h hooked) UserByIdentity(id roster.Identity) (roster.User, error) {
	return through(h, "UserByIdentity", func() (roster.User, error) { return h.tx.UserByIdentity(id) })
}

func (h hooked) PutUser(u roster.User) error {
	return h.hook("PutUser", func() error { return h.tx.PutUser(u) })
}

func (h hooked) ListUsers(f roster.UserFilter, after roster.UserID, limit int) ([]roster.User, error) {
	return through(h, "ListUsers", func() ([]roster.User, error) { return h.tx.ListUsers(f, after, limit) })
}

func (h hooked) Department(id roster.DepartmentID) (roster.Department, error) {
	return through(h, "Department", func() (roster.Department, error) { return h.tx.Department(id) })
}

func (h hooked) PutDepartment(d roster.Department) error {
	return h.hook("PutDepartment", func() error { return h.tx.PutDepartment(d) })
}

func (h hooked) DeleteDepartment(id roster.DepartmentID) error {
	return h.hook("DeleteDepartment", func() error { return h.tx.DeleteDepartment(id) })
}

func (h hooked) ListDepartments(after roster.DepartmentID, limit int) ([]roster.Department, error) {
	return through(h, "ListDepartments", func() ([]roster.Department, error) { return h.tx.ListDepartments(after, limit) })
}

func (h hooked) Role(id roster.RoleID) (roster.Role, error) {
	return through(h, "Role", func() (roster.Role, error) { return h.tx.Role(id) })
}

func (h hooked) AddRole(r roster.Role) error {
	return h.hook("AddRole", func() error { return h.tx.AddRole(r) })
}

func (h hooked) DeleteRole(id roster.RoleID) error {
	return h.hook("DeleteRole", func() error { return h.tx.DeleteRole(id) })
}

func (h hooked) ListRoles(after roster.RoleID, limit int) ([]roster.Role, error) {
	return through(h, "ListRoles", func() ([]roster.Role, error) { return h.tx.ListRoles(after, limit) })
}

func (h hooked) Credential(id roster.UserID) (roster.Credential, error) {
	return through(h, "Credential", func() (roster.Credential, error) { return h.tx.Credential(id) })
}

func (h hooked) PutCredential(c roster.Credential) error {
	return h.hook("PutCredential", func() error { return h.tx.PutCredential(c) })
}

func (h hooked) DeleteCredential(id roster.UserID) error {
	return h.hook("DeleteCredential", func() error { return h.tx.DeleteCredential(id) })
}

func (h hooked) Token(id roster.TokenID) (roster.Token, error) {
	return through(h, "Token", func() (roster.Token, error) { return h.tx.Token(id) })
}

func (h hooked) TokenByHash(hash roster.TokenHash) (roster.Token, error) {
	return through(h, "TokenByHash", func() (roster.Token, error) { return h.tx.TokenByHash(hash) })
}

func (h hooked) PutToken(k roster.Token) error {
	return h.hook("PutToken", func() error { return h.tx.PutToken(k) })
}

func (h hooked) DeleteToken(id roster.TokenID) error {
	return h.hook("DeleteToken", func() error { return h.tx.DeleteToken(id) })
}

func (h hooked) ListTokens(f roster.TokenFilter, after roster.TokenID, limit int) ([]roster.Token, error) {
	return through(h, "ListTokens", func() ([]roster.Token, error) { return h.tx.ListTokens(f, after, limit) })
}

func (h hooked) Letter(id roster.LetterID) (roster.Letter, error) {
	return through(h, "Letter", func() (roster.Letter, error) { return h.tx.Letter(id) })
}

func (h hooked) PutLetter(l roster.Letter) error {
	return h.hook("PutLetter", func() error { return h.tx.PutLetter(l) })
}

func (h hooked) DeleteLetter(id roster.LetterID) error {
	return h.hook("DeleteLetter", func() error { return h.tx.DeleteLetter(id) })
}

func (h hooked) ListLetters(user roster.UserID, open bool, after roster.LetterID, limit int) ([]roster.Letter, error) {
	return through(h, "ListLetters", func() ([]roster.Letter, error) { return h.tx.ListLetters(user, open, after, limit) })
}

func (h hooked) Counter(key string) (roster.Counter, error) {
	return through(h, "Counter", func() (roster.Counter, error) { return h.tx.Counter(key) })
}

func (h hooked) PutCounter(c roster.Counter) error {
	return h.hook("PutCounter", func() error { return h.tx.PutCounter(c) })
}

func (h hooked) DeleteCounter(key string) error {
	return h.hook("DeleteCounter", func() error { return h.tx.DeleteCounter(key) })
}

func (h hooked) ListCounters(after string, limit int) ([]roster.Counter, error) {
	return through(h, "ListCounters", func() ([]roster.Counter, error) { return h.tx.ListCounters(after, limit) })
}

func (h hooked) Run(id roster.RunID) (roster.Run, error) {
	return through(h, "Run", func() (roster.Run, error) { return h.tx.Run(id) })
}

func (h hooked) PutRun(r roster.Run) error {
	return h.hook("PutRun", func() error { return h.tx.PutRun(r) })
}

func (h hooked) ListRuns(f roster.RunFilter, after roster.RunID, limit int) ([]roster.Run, error) {
	return through(h, "ListRuns", func() ([]roster.Run, error) { return h.tx.ListRuns(f, after, limit) })
}

func (h hooked) PutEntry(e roster.Entry) error {
	return h.hook("PutEntry", func() error { return h.tx.PutEntry(e) })
}

func (h hooked) ListEntries(run roster.RunID, after, limit int) ([]roster.Entry, error) {
	return through(h, "ListEntries", func() ([]roster.Entry, error) { return h.tx.ListEntries(run, after, limit) })
}

func (h hooked) Head() (roster.Head, error) {
	return through(h, "Head", func() (roster.Head, error) { return h.tx.Head() })
}

func (h hooked) AppendEvent(e roster.Event) error {
	return h.hook("AppendEvent", func() error { return h.tx.AppendEvent(e) })
}

func (h hooked) ListEventsBefore(f roster.EventFilter, before uint64, limit int) ([]roster.Event, error) {
	return through(h, "ListEventsBefore", func() ([]roster.Event, error) { return h.tx.ListEventsBefore(f, before, limit) })
}

func (h hooked) ListEvents(f roster.EventFilter, after uint64, limit int) ([]roster.Event, error) {
	return through(h, "ListEvents", func() ([]roster.Event, error) { return h.tx.ListEvents(f, after, limit) })
}
