package amocrm

import (
	"context"

	"github.com/seed-8e8abc8d/roster"
)

// Prepare adds the import's parts to r's schema and gives the changes that bring the rest in, in an order
// that can be applied: departments, roles, users. Preview them, then Apply them, all at once, as the
// system or an administrator.
//
// An import can be run again: departments and roles that are there already, by id, are left out, and users
// who are there are left as they are (roster.ImportUser). The actor needs users:manage.
func (im *Import) Prepare(ctx context.Context, r *roster.Roster, a roster.Actor) ([]roster.Change, error) {
	departments, roles, err := present(ctx, r, a)
	if err != nil {
		return nil, err
	}
	for kind, parts := range im.Parts {
		if err := r.Schema().AddParts(kind, parts...); err != nil {
			return nil, err
		}
	}
	var changes []roster.Change
	for _, d := range im.Departments {
		if !departments[d.ID] {
			changes = append(changes, roster.CreateDepartment(d))
		}
	}
	for _, role := range im.Roles {
		if !roles[role.ID] {
			changes = append(changes, roster.CreateRole{ID: role.ID, Name: role.Name, Rights: role.Rights})
		}
	}
	for _, u := range im.Users {
		changes = append(changes, roster.ImportUser{User: u})
	}
	return changes, nil
}

// present lists the departments and roles that are there already.
func present(ctx context.Context, r *roster.Roster, a roster.Actor) (map[roster.DepartmentID]bool, map[roster.RoleID]bool, error) {
	departments, roles := map[roster.DepartmentID]bool{}, map[roster.RoleID]bool{}
	for d, err := range r.Departments(ctx, a) {
		if err != nil {
			return nil, nil, err
		}
		departments[d.ID] = true
	}
	for role, err := range r.Roles(ctx, a) {
		if err != nil {
			return nil, nil, err
		}
		roles[role.ID] = true
	}
	return departments, roles, nil
}
