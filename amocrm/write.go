package amocrm

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seed-8e8abc8d/roster"
)

// Account is what is known of the account that is written to: its numbers of what roster has under ids. Those
// of an import have the number in the id, "amocrm-107995-…" and "amocrm-group-625". Two departments under one
// number are one group there, and see each other's records. Two roles under one number, as one that was
// imported before and after a change has, are both left out and told: name the one that is meant.
type Account struct {
	Roles  map[roster.RoleID]int64       // roles that are there, above 0; others are created
	Groups map[roster.DepartmentID]int64 // each department's group; 0 is the default group
}

// Request is a call of the API for the host to make, as an administrator. Its JSON form leaves Body out.
type Request struct {
	Method string `json:"method"` // "POST" or "PATCH"
	Path   string `json:"path"`   // "/api/v4/users"
	Body   []byte `json:"-"`      // JSON; of users it holds their passwords
}

// String returns method and path, never the body.
func (r Request) String() string { return r.Method + " " + r.Path }

// GoString is String as well, for %#v.
func (r Request) GoString() string { return r.String() }

// shared are the numbers that more than one role has.
func (a Account) shared() map[int64]bool {
	seen := map[int64]bool{} // once, or more often
	for _, number := range a.Roles {
		_, again := seen[number]
		seen[number] = again
	}
	return seen
}

// maxUsers is how many users the API takes at once; of roles it sets no limit.
const maxUsers = 10

// roleBody is a role to be created or changed.
type roleBody struct {
	Name    string      `json:"name"`
	Rights  *rightsBody `json:"rights"`
	Request string      `json:"request_id,omitempty"`
}

// WriteRoles gives the requests that bring roles to an account: one that creates (POST) all that have no
// number in it, in the order given, then one for each that has (PATCH), which changes it for everybody who
// holds it there. Replies repeat a created role's id as "request_id", beside the number to put into
// Account.Roles.
//
// Reading the account again gives rights that reach as far, by s, or less far where Findings says so, and
// never farther; what reading can't show, that tasks are seen with what they hang on, is told too. A nil schema
// knows no right.
func WriteRoles(s *roster.Schema, a Account, roles []roster.Role) ([]Request, Findings) {
	found := &report{}
	var created []roleBody
	var changed []Request
	shared := a.shared()
	for i, role := range roles {
		number, at := a.Roles[role.ID], Place{Source: string(role.ID), Path: fmt.Sprintf("roles[%d]", i)}
		if number > 0 && shared[number] {
			found.add(CodeLeftOut, at, "another role has its number, %d: holders of one would get the other's rights", number)
			continue
		}
		w := newWriter(s, roster.Grants{Role: role.Rights})
		body := roleBody{Name: role.Name, Rights: w.rights()}
		w.tell(found, at, body.Rights)
		if number > 0 {
			changed = append(changed, Request{"PATCH", "/api/v4/roles/" + strconv.FormatInt(number, 10), encoded(body)})
			continue
		}
		body.Request = string(role.ID)
		created = append(created, body)
	}
	if len(created) == 0 {
		return changed, found.found
	}
	return append([]Request{{"POST", "/api/v4/roles", encoded(created)}}, changed...), found.found
}

// userBody is a user to be created.
type userBody struct {
	Name     string     `json:"name"`
	Email    string     `json:"email"`
	Password string     `json:"password"`
	Rights   userRights `json:"rights"`
	Request  string     `json:"request_id"`
}

// userRights is what a user may do: a role, or the rights themselves, or neither for a free user.
type userRights struct {
	*rightsBody
	Free  bool   `json:"is_free"`
	Role  *int64 `json:"role_id"`
	Group *int64 `json:"group_id"` // null is the default group
}

// WriteUsers gives the requests that create users in an account, ten at most in each, in the order given;
// the API has none that changes a user. The roles that users hold must be among roles. Replies repeat a
// user's id as "request_id", beside the number under which records name the user.
//
// A user holds the role there when Account.Roles has it and no individual right changes what it gives;
// otherwise what role and individual rights give together is written as the user's own, and told. As with
// WriteRoles, rights reach as far there, by s, or less far where Findings says so; what a role loses is told by
// WriteRoles alone.
//
// The API gives everybody a password and makes them active. So password is asked for each user's first
// one, 6 characters or more with a digit, a capital and a small letter; and left out, and told, is whoever gets
// none, is neither invited nor active, has an end date, no address or no name, or is of a department without a
// group. Administrator status can't be written: give it there by hand.
func WriteUsers(s *roster.Schema, a Account, roles []roster.Role, users []roster.User, password func(roster.User) string) ([]Request, Findings) {
	w := userWriter{report: &report{}, schema: s, account: a, shared: a.shared(), roles: map[roster.RoleID]roster.Role{}, password: password}
	for _, role := range roles {
		w.roles[role.ID] = role
	}
	var requests []Request
	var bodies []userBody
	for i, u := range users {
		w.at = Place{Source: string(u.ID), Path: fmt.Sprintf("users[%d]", i)}
		if body, ok := w.user(u); ok {
			bodies = append(bodies, body)
		}
		if len(bodies) > 0 && (len(bodies) == maxUsers || i == len(users)-1) {
			requests = append(requests, Request{"POST", "/api/v4/users", encoded(bodies)})
			bodies = nil
		}
	}
	return requests, w.found
}

// userWriter writes users.
type userWriter struct {
	*report
	schema   *roster.Schema
	account  Account
	shared   map[int64]bool // numbers that tell no role
	roles    map[roster.RoleID]roster.Role
	password func(roster.User) string
	at       Place // of the user
}

// tell adds a finding about a field of the user.
func (w *userWriter) tell(code Code, field, format string, args ...any) {
	p := w.at
	p.Path += "." + field
	w.add(code, p, format, args...)
}

// user writes one user; not ok when the user is left out.
func (w *userWriter) user(u roster.User) (body userBody, ok bool) {
	body = userBody{Name: fullName(u), Email: u.Email, Request: string(u.ID)}
	group, grouped := w.account.Groups[u.Department]
	switch {
	case u.Status != roster.StatusInvited && u.Status != roster.StatusActive:
		w.tell(CodeLeftOut, "status", "%s: the account would make the user active", u.Status)
	case !u.EndDate.IsZero():
		w.tell(CodeLeftOut, "end_date", "the account knows no end of access")
	case body.Name == "":
		w.tell(CodeLeftOut, "first_name", "the account asks for a name")
	case roster.CheckEmail(u.Email) != nil:
		w.tell(CodeLeftOut, "email", "the account asks for an address")
	case !grouped || group < 0:
		w.tell(CodeLeftOut, "department", "no group for it: in another one rights for the department would reach other records")
	default:
		ok = true
	}
	if !ok {
		return body, false
	}
	if w.password != nil {
		body.Password = w.password(u)
	}
	if !strong(body.Password) {
		w.tell(CodeLeftOut, "password", "none of 6 characters or more with a digit, a capital and a small letter")
		return body, false
	}
	w.losses(u, body.Name)
	body.Rights = w.rights(u)
	if group > 0 {
		body.Rights.Group = &group
	}
	return body, true
}

// maxName is how many characters the API takes for a name.
const maxName = 50

// fullName joins the first name, a space and the last name, as the importer splits them.
func fullName(u roster.User) string {
	name := tidy(u.FirstName + " " + u.LastName)
	if utf8.RuneCountInString(name) > maxName {
		name = strings.TrimSpace(string([]rune(name)[:maxName]))
	}
	return name
}

// losses tells what a request has no field for, and a name that is read differently.
func (w *userWriter) losses(u roster.User, name string) {
	if first, last, _ := strings.Cut(name, " "); first != u.FirstName || last != u.LastName {
		w.tell(CodeWrittenAs, "first_name", "read again, the first word is the first name, and %d characters are the most", maxName)
	}
	if u.Admin {
		w.tell(CodeNoCounterpart, "admin", "no request makes an administrator: role and rights are written")
	}
	if u.Identity != (roster.Identity{}) {
		w.tell(CodeNoCounterpart, "identity", "the account knows no other sign-in")
	}
	if u.PendingEmail != "" {
		w.tell(CodeNoCounterpart, "pending_email", "only the confirmed address is written")
	}
}

// rights writes what a user may do.
func (w *userWriter) rights(u roster.User) userRights {
	role, known := w.roles[u.Role]
	if u.Role != "" && !known {
		w.tell(CodeNarrowed, "role", "not among the roles given: its rights are left out")
	}
	both := newWriter(w.schema, roster.Grants{Individual: u.Rights, Role: role.Rights})
	if u.Free {
		if len(both.nothing().Difference(both.Permissions)) > 0 {
			w.tell(CodeNarrowed, "free", "a free user there holds neither role nor rights")
		}
		return userRights{Free: true}
	}
	if known {
		number := w.account.Roles[u.Role]
		alone := newWriter(w.schema, roster.Grants{Role: role.Rights})
		switch {
		case number <= 0:
			w.tell(CodeWrittenAs, "role", "the account has no number for the role: its rights are the user's own")
		case w.shared[number]:
			w.tell(CodeWrittenAs, "role", "another role has its number: its rights are the user's own")
		case len(alone.Difference(both.Permissions)) > 0 || !bytes.Equal(encoded(alone.rights()), encoded(both.rights())):
			w.tell(CodeWrittenAs, "role", "individual rights over a role: all rights are the user's own, and the role is left out")
		default:
			both.refused(w.report, w.at, u.Rights)
			return userRights{Role: &number}
		}
	}
	body := both.rights()
	both.tell(w.report, w.at, body)
	return userRights{rightsBody: body}
}

// strong reports that the API takes a password.
func strong(password string) bool {
	return utf8.RuneCountInString(password) >= 6 && strings.ContainsFunc(password, unicode.IsDigit) &&
		strings.ContainsFunc(password, unicode.IsUpper) && strings.ContainsFunc(password, unicode.IsLower)
}
