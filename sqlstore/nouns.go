package sqlstore

import (
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// nouns are the tables of an account.
type nouns struct {
	users       *rows[roster.User]
	departments *rows[roster.Department]
	roles       *rows[roster.Role]
	credentials *rows[roster.Credential]
	tokens      *rows[roster.Token]
	letters     *rows[roster.Letter]
	counters    *rows[roster.Counter]
	runs        *rows[roster.Run]
	entries     *rows[roster.Entry]
	events      *rows[roster.Event]
}

// bind writes the statements of every table.
func (db *DB) bind() nouns {
	return nouns{
		users: newRows(db, "users", 1, userColumns()...),
		departments: newRows(db, "departments", 1,
			text("id", func(d *roster.Department) *roster.DepartmentID { return &d.ID }),
			text("name", func(d *roster.Department) *string { return &d.Name }),
			text("head", func(d *roster.Department) *roster.UserID { return &d.Head })),
		roles: newRows(db, "roles", 1, roleColumns()...),
		credentials: newRows(db, "credentials", 1,
			text("user_id", func(c *roster.Credential) *roster.UserID { return &c.User }),
			text("hash", func(c *roster.Credential) *string { return &c.Hash }),
			number("version", func(c *roster.Credential) *uint64 { return &c.Version }),
			text("set_by", func(c *roster.Credential) *roster.UserID { return &c.SetBy }),
			instant("set_at", func(c *roster.Credential) *time.Time { return &c.Set })),
		tokens: newRows(db, "tokens", 1, tokenColumns()...),
		letters: newRows(db, "letters", 1,
			text("id", func(l *roster.Letter) *roster.LetterID { return &l.ID }),
			text("user_id", func(l *roster.Letter) *roster.UserID { return &l.User }),
			number("kind", func(l *roster.Letter) *roster.LetterKind { return &l.Kind }),
			instant("created", func(l *roster.Letter) *time.Time { return &l.Created }),
			instant("due", func(l *roster.Letter) *time.Time { return &l.Due }),
			number("attempts", func(l *roster.Letter) *int { return &l.Attempts }),
			instant("sent", func(l *roster.Letter) *time.Time { return &l.Sent }),
			flag("void", func(l *roster.Letter) *bool { return &l.Void }),
			text("problem", func(l *roster.Letter) *string { return &l.Problem })),
		counters: newRows(db, "counters", 1,
			text("id", func(c *roster.Counter) *string { return &c.Key }),
			number("count", func(c *roster.Counter) *int { return &c.Count }),
			instant("since", func(c *roster.Counter) *time.Time { return &c.Since }),
			number("event", func(c *roster.Counter) *uint64 { return &c.Event })),
		runs:    newRows(db, "runs", 1, runColumns()...),
		entries: newRows(db, "entries", 2, entryColumns()...),
		events:  newRows(db, "events", 1, eventColumns()...),
	}
}

func userColumns() []column[roster.User] {
	type user = roster.User
	return []column[user]{
		text("id", func(u *user) *roster.UserID { return &u.ID }),
		text("first_name", func(u *user) *string { return &u.FirstName }),
		text("last_name", func(u *user) *string { return &u.LastName }),
		text("email", func(u *user) *string { return &u.Email }),
		text("pending_email", func(u *user) *string { return &u.PendingEmail }),
		text("issuer", func(u *user) *string { return &u.Identity.Issuer }),
		text("subject", func(u *user) *string { return &u.Identity.Subject }),
		text("department", func(u *user) *roster.DepartmentID { return &u.Department }),
		text("role", func(u *user) *roster.RoleID { return &u.Role }),
		document("rights", func(u *user) *roster.Rights { return &u.Rights }),
		flag("admin", func(u *user) *bool { return &u.Admin }),
		flag("free", func(u *user) *bool { return &u.Free }),
		number("status", func(u *user) *roster.Status { return &u.Status }),
		number("epoch", func(u *user) *uint64 { return &u.Epoch }),
		instant("end_date", func(u *user) *time.Time { return &u.EndDate }),
		instant("created", func(u *user) *time.Time { return &u.Created }),
		instant("last_seen", func(u *user) *time.Time { return &u.LastSeen }),
		number("version", func(u *user) *uint64 { return &u.Version }),
		written("name_folded", func(u *user) any { return roster.Fold(u.FirstName + " " + u.LastName) }),
		written("email_folded", func(u *user) any { return roster.Fold(u.Email) }),
		written("email_key", func(u *user) any { return emailKey(u) }),
	}
}

// emailKey is what no two users share: NULL for the deleted and for those without an address.
func emailKey(u *roster.User) any {
	if key := roster.FoldEmail(u.Email); key != "" && u.Status != roster.StatusDeleted {
		return key
	}
	return nil
}

func roleColumns() []column[roster.Role] {
	type role = roster.Role
	return []column[role]{
		text("id", func(r *role) *roster.RoleID { return &r.ID }),
		text("name", func(r *role) *string { return &r.Name }),
		document("rights", func(r *role) *roster.Rights { return &r.Rights }),
		instant("created", func(r *role) *time.Time { return &r.Created }),
		text("made_by", func(r *role) *roster.UserID { return &r.By }),
	}
}

func tokenColumns() []column[roster.Token] {
	type token = roster.Token
	return []column[token]{
		text("id", func(k *token) *roster.TokenID { return &k.ID }),
		hash("hash", func(k *token) *roster.TokenHash { return &k.Hash }),
		text("user_id", func(k *token) *roster.UserID { return &k.User }),
		number("kind", func(k *token) *roster.TokenKind { return &k.Kind }),
		number("epoch", func(k *token) *uint64 { return &k.Epoch }),
		text("family", func(k *token) *roster.TokenID { return &k.Family }),
		text("integration", func(k *token) *string { return &k.Integration }),
		text("label", func(k *token) *string { return &k.Label }),
		instant("issued", func(k *token) *time.Time { return &k.Issued }),
		instant("expires", func(k *token) *time.Time { return &k.Expires }),
		instant("last_used", func(k *token) *time.Time { return &k.LastUsed }),
		instant("spent", func(k *token) *time.Time { return &k.Spent }),
		instant("revoked", func(k *token) *time.Time { return &k.Revoked }),
		hash("address", func(k *token) *roster.TokenHash { return &k.Address }),
	}
}

func runColumns() []column[roster.Run] {
	type run = roster.Run
	return []column[run]{
		text("id", func(r *run) *roster.RunID { return &r.ID }),
		text("leaver", func(r *run) *roster.UserID { return &r.Leaver }),
		text("actor", func(r *run) *roster.UserID { return &r.Actor }),
		text("system", func(r *run) *string { return &r.System }),
		number("state", func(r *run) *roster.RunState { return &r.State }),
		text("reason", func(r *run) *string { return &r.Reason }),
		document("request", func(r *run) *roster.Request { return &r.Request }),
		text("head", func(r *run) *roster.UserID { return &r.Head }),
		flag("sweep", func(r *run) *bool { return &r.Sweep }),
		document("correction", func(r *run) *roster.Correction { return &r.Correction }),
		text("confirmed", func(r *run) *string { return &r.Confirmed }),
		document("kinds", func(r *run) *[]string { return &r.Kinds }),
		document("steps", func(r *run) *[]roster.Step { return &r.Steps }),
		number("entries", func(r *run) *int { return &r.Entries }),
		number("round", func(r *run) *int { return &r.Round }),
		number("attempts", func(r *run) *int { return &r.Attempts }),
		number("lease", func(r *run) *uint64 { return &r.Lease.Number }),
		instant("lease_until", func(r *run) *time.Time { return &r.Lease.Until }),
		instant("started", func(r *run) *time.Time { return &r.Started }),
		instant("ended", func(r *run) *time.Time { return &r.Ended }),
		written("successors", func(r *run) any { return asJSON{successors(r)} }),
	}
}

// successors are the users whom a step or a right handed on names.
func successors(r *roster.Run) []roster.UserID {
	named := []roster.UserID{}
	for _, s := range r.Steps {
		for _, share := range s.Shares {
			named = append(named, share.To)
		}
	}
	for _, h := range r.Request.HandOn {
		named = append(named, h.To)
	}
	return distinct(named)
}

func entryColumns() []column[roster.Entry] {
	type entry = roster.Entry
	return []column[entry]{
		text("run", func(e *entry) *roster.RunID { return &e.Run }),
		number("n", func(e *entry) *int { return &e.N }),
		number("step", func(e *entry) *int { return &e.Step }),
		text("kind", func(e *entry) *string { return &e.Kind }),
		number("tie", func(e *entry) *roster.Tie { return &e.Tie }),
		text("from_user", func(e *entry) *roster.UserID { return &e.From }),
		text("to_user", func(e *entry) *roster.UserID { return &e.To }),
		flag("off", func(e *entry) *bool { return &e.Off }),
		packed("ids", func(e *entry) *[]string { return &e.IDs }),
		number("of_entry", func(e *entry) *int { return &e.Of }),
		flag("probe", func(e *entry) *bool { return &e.Probe }),
		flag("done", func(e *entry) *bool { return &e.Done }),
		number("moved", func(e *entry) *int { return &e.Moved }),
		number("already", func(e *entry) *int { return &e.Already }),
		document("skipped", func(e *entry) *[]roster.Skip { return &e.Skipped }),
		instant("time", func(e *entry) *time.Time { return &e.Time }),
	}
}

func eventColumns() []column[roster.Event] {
	type event = roster.Event
	return []column[event]{
		number("seq", func(e *event) *uint64 { return &e.Seq }),
		instant("time", func(e *event) *time.Time { return &e.Time }),
		text("actor", func(e *event) *roster.UserID { return &e.Actor }),
		text("system", func(e *event) *string { return &e.System }),
		text("verb", func(e *event) *roster.Verb { return &e.Verb }),
		text("user_id", func(e *event) *roster.UserID { return &e.User }),
		text("object", func(e *event) *string { return &e.Object }),
		number("outcome", func(e *event) *roster.Outcome { return &e.Outcome }),
		text("reason", func(e *event) *string { return &e.Reason }),
		document("fields", func(e *event) *[]string { return &e.Fields }),
		number("count", func(e *event) *int { return &e.Count }),
		hash("hash", func(e *event) *roster.Hash { return &e.Hash }),
	}
}
