package roster

import (
	"context"
	"maps"
	"sync/atomic"
	"time"
)

// Store keeps one account: its users, departments, roles, credentials, tokens, letters, counters,
// runs and trail. A Store only stores: it has no clock, no authority and no logging. storetest.Run
// is its contract in full.
//
// All methods are safe for concurrent use. A context that is done ends a call with its error and
// leaves nothing half-applied. Values go in and come out as copies: neither side sees the other's
// later changes.
type Store interface {
	// View runs f on one consistent snapshot. f must not change anything, and must not call the
	// Store. Errors of f are returned as they are.
	View(ctx context.Context, f func(Tx) error) error
	// Update runs f and keeps either everything it did or, when f or the commit fails or f panics,
	// nothing. Updates of one account run one after another, each seeing all that earlier ones
	// committed. f may run more than once, so it must have no effect outside the Tx that isn't
	// overwritten by the next run. f must not call the Store.
	Update(ctx context.Context, f func(Tx) error) error
}

// Tx is one transaction. It is good until the function it was given to returns, and for one goroutine;
// afterwards every call fails, and inside a View every change does. Look-ups of what isn't there return
// ErrNotFound; deleting it does nothing. Put adds a row or replaces the one with its key. A call that fails
// has no effect, and after ErrNotFound or ErrExists the transaction goes on. Keys are compared byte by
// byte, never folded; by a text that isn't UTF-8 or holds NUL nothing is found, and a store may refuse to keep one
// (ErrInvalid). Lists come in the order of the keys: those after the given key only, at most limit of them;
// a shorter page is the last, and a limit below 1 is an ErrInvalid. Filters mean what their Match says.
type Tx interface {
	UserTx
	DepartmentTx
	RoleTx
	CredentialTx
	TokenTx
	LetterTx
	CounterTx
	RunTx
	TrailTx
}

// UserTx is a Tx's users.
type UserTx interface {
	User(id UserID) (User, error)
	// UserByEmail finds the user, not deleted, whose folded address is FoldEmail(email).
	UserByEmail(email string) (User, error)
	// UserByIdentity finds the user, not deleted, with this identity.
	UserByIdentity(id Identity) (User, error)
	// PutUser adds or replaces a user. It fails with ErrExists when another user who isn't deleted
	// has the same folded address or the same identity; empty ones never collide.
	PutUser(u User) error
	ListUsers(f UserFilter, after UserID, limit int) ([]User, error)
}

// DepartmentTx is a Tx's departments.
type DepartmentTx interface {
	Department(id DepartmentID) (Department, error)
	PutDepartment(d Department) error
	DeleteDepartment(id DepartmentID) error
	ListDepartments(after DepartmentID, limit int) ([]Department, error)
}

// RoleTx is a Tx's roles. There is no way to change one (R3).
type RoleTx interface {
	Role(id RoleID) (Role, error)
	// AddRole adds a role; it fails with ErrExists when the id is taken.
	AddRole(r Role) error
	DeleteRole(id RoleID) error
	ListRoles(after RoleID, limit int) ([]Role, error)
}

// CredentialTx is a Tx's credentials, one a user.
type CredentialTx interface {
	Credential(id UserID) (Credential, error)
	PutCredential(c Credential) error
	DeleteCredential(id UserID) error
}

// TokenTx is a Tx's tokens. Tokens are never looked up by anything an outsider could guess.
type TokenTx interface {
	Token(id TokenID) (Token, error)
	TokenByHash(h TokenHash) (Token, error)
	// PutToken adds or replaces a token by id. It fails with ErrExists when another token has the hash.
	PutToken(t Token) error
	DeleteToken(id TokenID) error
	ListTokens(f TokenFilter, after TokenID, limit int) ([]Token, error)
}

// LetterTx is a Tx's outbox.
type LetterTx interface {
	Letter(id LetterID) (Letter, error)
	PutLetter(l Letter) error
	DeleteLetter(id LetterID) error
	// ListLetters lists the letters of one user, or of all for an empty id; open ones (neither sent
	// nor void) only, when asked for.
	ListLetters(user UserID, open bool, after LetterID, limit int) ([]Letter, error)
}

// Counter counts attempts under a key in a window of time: failed sign-ins, repeated refusals.
type Counter struct {
	Key   string    // an opaque digest with a prefix that tells its use; never an address
	Count int       // of attempts
	Since time.Time // when the window began
	Event uint64    // the trail's event that the count belongs to, or 0
}

// CounterTx is a Tx's counters.
type CounterTx interface {
	Counter(key string) (Counter, error)
	PutCounter(c Counter) error
	DeleteCounter(key string) error
	ListCounters(after string, limit int) ([]Counter, error)
}

// RunTx is a Tx's runs and their journals.
type RunTx interface {
	Run(id RunID) (Run, error)
	PutRun(r Run) error
	ListRuns(f RunFilter, after RunID, limit int) ([]Run, error)
	// PutEntry adds or replaces the journal entry with the same run and number.
	PutEntry(e Entry) error
	// ListEntries lists a run's entries whose number is above after.
	ListEntries(run RunID, after int, limit int) ([]Entry, error)
}

// TrailTx is a Tx's trail. There is no way to change or remove an event (W1). Who sees an event sees all
// before it: that is what View's one snapshot means here.
type TrailTx interface {
	// Head is the last event's number and hash, zero for an empty trail.
	Head() (Head, error)
	// AppendEvent adds the next event; it fails with ErrExists unless e.Seq is the head's plus one.
	AppendEvent(e Event) error
	ListEvents(f EventFilter, after uint64, limit int) ([]Event, error)
	// ListEventsBefore lists those whose number is below before, in descending order.
	ListEventsBefore(f EventFilter, before uint64, limit int) ([]Event, error)
}

// Checker is an optional upgrade of a Store: what the hot checks need, without a transaction. A
// Standing that it returns was committed as it is, and every commit that finished before the call
// began is in it. What it returns is shared: nobody changes it.
type Checker interface {
	// Standing finds a user, deleted ones included; ErrNotFound for none.
	Standing(ctx context.Context, id UserID) (*Standing, error)
	// Bearer finds a token and its user; ErrNotFound for none.
	Bearer(ctx context.Context, h TokenHash) (*Token, *Standing, error)
}

// Deferred is an optional upgrade of a Store, for one whose Updates may be part of a larger transaction of the host's,
// which commits them later or never.
type Deferred interface {
	// Deferred reports whether they are. A Roster over such a store tells Config.Observe nothing: the commit isn't its own.
	Deferred() bool
}

// Standing is what a check needs to know of one user as committed at one instant, with room for the
// permissions that were resolved from it. A store that implements Checker keeps one per user and
// replaces it by a new one in every commit that changes the user. It must not be copied.
type Standing struct {
	// memo is set only for a user who is active until a commit says otherwise, so that a check which
	// finds it need not look at status and end date. It stands beside the id that a store compares,
	// and all else behind a pointer, because a check among many users is as slow as the memory it touches.
	memo atomic.Pointer[Permissions]
	ID   UserID // User.ID
	*Holder
}

// Holder is a user with the role that they hold.
type Holder struct {
	User User          // read-only
	Role *RoleStanding // read-only; nil for none
}

// lasting reports whether s may keep resolved permissions: checks that find them ask nothing else.
func (s *Standing) lasting() bool {
	return s.User.Status == StatusActive && s.User.EndDate.IsZero()
}

// RoleStanding is a role with room for the permissions of those who hold nothing else. A store
// that implements Checker keeps one per role and shares it among the holders.
type RoleStanding struct {
	Role Role // read-only
	memo atomic.Pointer[Permissions]
}

// NewStanding is for stores that implement Checker: the Standing of u, who holds role, in place of
// before, or of none when before is nil. It keeps u as it is. What was resolved for before is kept
// where nothing that rights come from has changed.
func NewStanding(u User, role *RoleStanding, before *Standing) *Standing {
	s := &Standing{ID: u.ID, Holder: &Holder{User: u, Role: role}}
	if before != nil && s.lasting() && before.Role == role && before.User.Admin == u.Admin && maps.Equal(before.User.Rights, u.Rights) {
		s.memo.Store(before.memo.Load())
	}
	return s
}
