package roster

import (
	"context"
	"iter"
)

// pageSize is how many rows the lists of this package read in one View.
const pageSize = 256

// journalPage is how many entries of a journal are read at once: each holds the ids of a whole chunk, 10,000 at most.
const journalPage = 8

// Users lists users in the order of their ids, without the deleted unless the filter asks for them (L1).
// It begins after an id, so that a host can show pages: keep the last id of one for the next; empty
// begins at the start. It needs users:manage. The error, if any, comes once and last. It reads page by
// page, so users who change meanwhile are listed as they were or as they are.
func (r *Roster) Users(ctx context.Context, a Actor, f UserFilter, after UserID) iter.Seq2[User, error] {
	return pages(ctx, r, a, []string{UsersManage}, pageSize, after,
		func(tx Tx, after UserID) ([]User, error) { return tx.ListUsers(f, after, pageSize) }, User.key)
}

// Departments lists departments in the order of their ids (J8). It needs users:manage. The error, if any,
// comes once and last.
func (r *Roster) Departments(ctx context.Context, a Actor) iter.Seq2[Department, error] {
	return pages(ctx, r, a, []string{UsersManage}, pageSize, "",
		func(tx Tx, after DepartmentID) ([]Department, error) { return tx.ListDepartments(after, pageSize) },
		Department.key)
}

// Roles lists roles in the order of their ids. It needs users:manage, since who gives roles must see them. The
// error, if any, comes once and last.
func (r *Roster) Roles(ctx context.Context, a Actor) iter.Seq2[Role, error] {
	return pages(ctx, r, a, []string{UsersManage}, pageSize, "",
		func(tx Tx, after RoleID) ([]Role, error) { return tx.ListRoles(after, pageSize) },
		func(role Role) RoleID { return role.ID })
}

// pages lists by keyset, one View a page of so many, each checking the actor, who needs one of functions, again (R16).
func pages[T any, K comparable](ctx context.Context, r *Roster, a Actor, functions []string, size int, after K, list func(Tx, K) ([]T, error), key func(T) K) iter.Seq2[T, error] {
	return rows(size, after, func(after K) (page []T, err error) {
		err = r.look(ctx, a, functions, func(tx Tx, _ acting) (err error) {
			page, err = list(tx, after)
			return err
		})
		return page, wrap("list", "", err)
	}, key)
}

// look runs f in a View for an actor who has one of functions, or is active where there are none.
func (r *Roster) look(ctx context.Context, a Actor, functions []string, f func(Tx, acting) error) error {
	return r.store.View(ctx, func(tx Tx) error {
		by, err := r.begin(tx, a, functions...)
		if err != nil {
			return err
		}
		return f(tx, by)
	})
}

// rows yields what list gives in pages of size, each beginning after a key. An error comes once and last.
func rows[T any, K comparable](size int, after K, list func(after K) ([]T, error), key func(T) K) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for after := after; ; {
			page, err := list(after)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, x := range page {
				after = key(x)
				if !yield(x, nil) {
					return
				}
			}
			if len(page) < size {
				return
			}
		}
	}
}

// usersIn yields the users of a transaction that f selects.
func usersIn(tx Tx, f UserFilter) iter.Seq2[User, error] {
	return rows(pageSize, "", func(after UserID) ([]User, error) { return tx.ListUsers(f, after, pageSize) }, User.key)
}

// tokensIn yields the tokens of a transaction that f selects.
func tokensIn(tx Tx, f TokenFilter) iter.Seq2[Token, error] {
	return rows(pageSize, "", func(after TokenID) ([]Token, error) { return tx.ListTokens(f, after, pageSize) }, Token.key)
}

// runsIn yields the runs of a transaction that f selects.
func runsIn(tx Tx, f RunFilter) iter.Seq2[Run, error] {
	return rows(pageSize, "", func(after RunID) ([]Run, error) { return tx.ListRuns(f, after, pageSize) }, Run.key)
}

func (u User) key() UserID             { return u.ID }
func (t Token) key() TokenID           { return t.ID }
func (r Run) key() RunID               { return r.ID }
func (d Department) key() DepartmentID { return d.ID }
func (l Letter) key() LetterID         { return l.ID }
func (e Entry) key() int               { return e.N }
func (e Event) key() uint64            { return e.Seq }
