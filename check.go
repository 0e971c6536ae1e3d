package roster

import (
	"context"
	"errors"
	"strings"
)

// Can answers whether a user may do something with a record, now (R1 to R7, R12, R13, R16). Who isn't
// active may do nothing. For functions and for creating pass the zero Record. A right that the schema
// doesn't know is denied; an error means that the answer could not be found out.
//
// On a store that implements Checker it takes no lock and allocates nothing.
func (r *Roster) Can(ctx context.Context, id UserID, right Right, rec Record) (Decision, error) {
	st, err := r.standing(ctx, id)
	if err != nil {
		return Decision{Scope: Denied}, ifUnknown(err, "can", id)
	}
	p := st.memo.Load() // see Standing: of an active user only
	if !p.current(r.schema) {
		if !r.active(&st.User) {
			return Decision{Scope: Denied}, nil
		}
		p = r.permissions(st)
	}
	if rec.Part != "" {
		right = right.At(rec.Part)
	}
	rel := Stranger
	switch rec.Owner {
	case "": // nobody's
	case id:
		rel = Owner
	default:
		if rel, err = r.relation(ctx, st, rec); err != nil {
			return Decision{Scope: Denied}, wrap("can", id, err)
		}
	}
	return p.Decide(right, rel), nil
}

// Permissions is what a user may do now: nil, which denies everything, for one who isn't active or
// isn't there. It is a snapshot: ask again for every request.
func (r *Roster) Permissions(ctx context.Context, id UserID) (*Permissions, error) {
	st, err := r.standing(ctx, id)
	if err != nil {
		return nil, ifUnknown(err, "permissions", id)
	}
	if !r.active(&st.User) {
		return nil, nil
	}
	return r.permissions(st), nil
}

// Explain tells why Can answers as it does (R11).
func (r *Roster) Explain(ctx context.Context, id UserID, right Right, rec Record) (Explanation, error) {
	if rec.Part != "" {
		right = right.At(rec.Part)
	}
	st, err := r.standing(ctx, id)
	if err != nil || !r.active(&st.User) {
		e := Explanation{Decision: Decision{Scope: Denied}, Right: right.String(), Source: FromStatus, Given: Denied, Missing: "an active user"}
		return e, ifUnknown(err, "explain", id)
	}
	rel, err := r.relation(ctx, st, rec)
	if err != nil {
		return Explanation{}, wrap("explain", id, err)
	}
	return r.permissions(st).Explain(right, rel), nil
}

// MayReceive answers whether work of a kind and part may be assigned to a user: active, and holding the
// rights to view and edit it (L18, L5). Hosts ask it wherever they assign; a denial says what is missing.
// Needs, when given, are the actions or functions to ask for instead, as a Desk's kind names them. A
// kind, part or need that the schema doesn't know is a Faults: it would deny everybody.
func (r *Roster) MayReceive(ctx context.Context, id UserID, kind, part string, needs ...string) (Explanation, error) {
	e := Explanation{Decision: Decision{Scope: Denied}, Source: FromStatus, Given: Denied, Missing: "an active user"}
	if err := r.schema.checkNeeds(kind, part, needs); err != nil {
		return e, wrap("may receive", id, err)
	}
	st, err := r.standing(ctx, id)
	if err != nil || !r.active(&st.User) {
		return e, ifUnknown(err, "may receive", id)
	}
	e.Source = FromDefault
	if e.Missing = strings.Join(lacks(r.permissions(st), r.schema, kind, part, needs), ", "); e.Missing == "" {
		e.Decision, e.Given = Decision{Allowed: true, Scope: Own}, Own
	}
	return e, nil
}

// standing finds a user without a transaction where the store can, else in a View.
func (r *Roster) standing(ctx context.Context, id UserID) (*Standing, error) {
	if r.checker != nil {
		return r.checker.Standing(ctx, id)
	}
	var st *Standing
	err := r.store.View(ctx, func(tx Tx) error {
		u, err := tx.User(id)
		if err != nil {
			return err
		}
		st, err = standingIn(tx, u)
		return err
	})
	return st, err
}

// standingIn makes a standing of a user in tx.
func standingIn(tx Tx, u User) (*Standing, error) {
	if u.Role == "" {
		return NewStanding(u, nil, nil), nil
	}
	role, err := tx.Role(u.Role)
	return NewStanding(u, &RoleStanding{Role: role}, nil), err
}

// relation tells what rec's responsible user is to st's, by the owner's present department (R1).
func (r *Roster) relation(ctx context.Context, st *Standing, rec Record) (Relation, error) {
	if rec.Owner != "" && rec.Owner != st.User.ID && rec.Department == "" && st.User.Department != "" {
		var err error
		if rec.Department, err = r.departmentOf(ctx, rec.Owner); err != nil {
			return Stranger, err
		}
	}
	return Relate(st.User.ID, st.User.Department, rec), nil
}

// departmentOf is a user's present department; nobody's for one who isn't there (A2).
func (r *Roster) departmentOf(ctx context.Context, id UserID) (DepartmentID, error) {
	st, err := r.standing(ctx, id)
	if err != nil {
		return "", ignoreNotFound(err)
	}
	return st.User.Department, nil
}

// active reports whether u may act. The clock is read only for who has an end date.
func (r *Roster) active(u *User) bool {
	return u.Status == StatusActive && (u.EndDate.IsZero() || u.ActiveAt(r.now()))
}

// permissions resolves a standing once: the result stays with it, or with the role for those who hold
// nothing else, until a commit replaces it or the schema gains a part. For who isn't active or has an end
// date only the role keeps it.
func (r *Roster) permissions(st *Standing) *Permissions {
	p := st.memo.Load()
	if p.current(r.schema) {
		return p
	}
	if st.Role != nil && len(st.User.Rights) == 0 && !st.User.Admin {
		if p = st.Role.memo.Load(); !p.current(r.schema) {
			p = Resolve(r.schema, Grants{Role: st.Role.Role.Rights})
			st.Role.memo.Store(p)
		}
	} else {
		g := Grants{Admin: st.User.Admin, Individual: st.User.Rights}
		if st.Role != nil {
			g.Role = st.Role.Role.Rights
		}
		p = Resolve(r.schema, g)
	}
	if st.lasting() {
		st.memo.Store(p)
	}
	return p
}

// ifUnknown passes an error on, but for ErrNotFound: nobody is denied, which is an answer.
func ifUnknown(err error, op string, id UserID) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return wrap(op, id, err)
}
