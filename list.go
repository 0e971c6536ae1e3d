package roster

import (
	"context"
	"iter"
)

// pageSize is how many rows the lists of this package read in one View.
const pageSize = 256

// Users lists users in the order of their ids, without the deleted unless the filter asks for them (L1).
// It begins after an id, so that a host can show pages: keep the last id of one for the next; empty
// begins at the start. It needs users:manage. The error, if any, comes once and last. It reads page by
// page, so users who change meanwhile are listed as they were or as they are.
func (r *Roster) Users(ctx context.Context, a Actor, f UserFilter, after UserID) iter.Seq2[User, error] {
	return pages(ctx, r, a, UsersManage, after,
		func(tx Tx, after UserID) ([]User, error) { return tx.ListUsers(f, after, pageSize) },
		func(u User) UserID { return u.ID })
}

// Departments lists departments in the order of their ids (J8). It needs users:manage. The error, if any,
// comes once and last.
func (r *Roster) Departments(ctx context.Context, a Actor) iter.Seq2[Department, error] {
	return pages(ctx, r, a, UsersManage, "",
		func(tx Tx, after DepartmentID) ([]Department, error) { return tx.ListDepartments(after, pageSize) },
		func(d Department) DepartmentID { return d.ID })
}

// Roles lists roles in the order of their ids. It needs users:manage, since who gives roles must see them. The
// error, if any, comes once and last.
func (r *Roster) Roles(ctx context.Context, a Actor) iter.Seq2[Role, error] {
	return pages(ctx, r, a, UsersManage, "",
		func(tx Tx, after RoleID) ([]Role, error) { return tx.ListRoles(after, pageSize) },
		func(role Role) RoleID { return role.ID })
}

// pages lists by keyset, one View a page, each checking the actor again (R16).
func pages[T any, K ~string](ctx context.Context, r *Roster, a Actor, function string, after K, list func(Tx, K) ([]T, error), key func(T) K) iter.Seq2[T, error] {
	return pagesFor(ctx, r, a, []string{function}, after, list, key)
}

// pagesFor is pages for actors who have one of several functions.
func pagesFor[T any, K comparable](ctx context.Context, r *Roster, a Actor, functions []string, after K, list func(Tx, K) ([]T, error), key func(T) K) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		after := after
		for {
			var page []T
			err := r.store.View(ctx, func(tx Tx) error {
				by, err := r.begin(tx, a)
				if err == nil {
					err = by.mayAny(r.schema, functions...)
				}
				if err == nil {
					page, err = list(tx, after)
				}
				return err
			})
			if err != nil {
				var zero T
				yield(zero, wrap("list", "", err))
				return
			}
			for _, x := range page {
				after = key(x)
				if !yield(x, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
		}
	}
}
