package amocrm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-8e8abc8d/roster"
)

// Import is an account as roster knows it (A1). Read makes one; its fields are the caller's to change
// before Prepare.
type Import struct {
	Departments []roster.Department      // in the order of the account's numbers; the default group, first, when somebody is in it
	Roles       []roster.Role            // in the order of the account's numbers
	Users       []roster.User            // in the order of the account's numbers; invited or inactive, without passwords
	Parts       map[string][]roster.Part // by kind: stages and catalogues, for Schema.AddParts. Records adds the stages it meets
	Findings    Findings                 // for a person to read: print it; Records adds what it finds

	dangling map[Dangling]int // Count is zero in the keys
}

// Read reads the replies with an account's roles and users, all pages of both in any order, users asked for
// with "with=role,group" so that groups have names. Nothing comes out wider than it was there: what has no
// counterpart is denied and told in Findings. Its error joins every fault of all sources, each an *Error
// with its place, and no Import comes with it.
func Read(rolesFrom, usersFrom []Source) (*Import, error) {
	base := &reading{report: &report{}}
	r := &roles{reading: base, parts: partSet{}, byID: map[int64]roster.Role{}, members: map[int64][]membership{}}
	u := &users{reading: base, roles: r, groups: map[int64]string{}, byID: map[int64]person{}}
	(&list{reading: base, name: "roles", take: r.take}).all(rolesFrom)
	(&list{reading: base, name: "users", take: u.take}).all(usersFrom)
	if len(base.faults) > 0 {
		return nil, errors.Join(base.faults...)
	}
	im := &Import{Departments: u.departments(), Users: u.settle()}
	for _, id := range slices.Sorted(maps.Keys(r.byID)) {
		im.Roles = append(im.Roles, r.byID[id])
	}
	r.absent(u)
	im.addParts(r.parts)
	im.Findings = base.found
	return im, nil
}

// defaultGroup is the name of the department for users without a group.
const defaultGroup = "amoCRM default group"

// departments are the groups that were met.
func (r *users) departments() []roster.Department {
	var all []roster.Department
	for _, id := range slices.Sorted(maps.Keys(r.groups)) {
		name := r.groups[id]
		if name == "" && id == 0 {
			name = defaultGroup
		}
		if name == "" {
			name = fmt.Sprintf("amoCRM group %d", id)
			r.add(CodeMissing, Place{Source: r.source, Path: "_embedded.groups"}, "group %d has no name: %q", id, name)
		}
		all = append(all, roster.Department{ID: departmentID(id), Name: name})
	}
	return all
}

// settle gives the users in order. An address that isn't one, or that a user with a lower number has,
// is left out: the user can still own records, and gets an address later.
func (r *users) settle() []roster.User {
	var all []roster.User
	taken := map[string]roster.UserID{}
	for _, id := range slices.Sorted(maps.Keys(r.byID)) {
		p := r.byID[id]
		folded := roster.FoldEmail(p.Email)
		if strings.ContainsRune(p.Email, utf8.RuneError) {
			r.add(CodeNoAddress, p.email, "user %d is imported without an address: damaged characters", id)
			p.Email = ""
		} else if err := roster.CheckEmail(p.Email); err != nil {
			r.add(CodeNoAddress, p.email, "user %d is imported without an address: %s", id, problemOf(err))
			p.Email = ""
		} else if other, ok := taken[folded]; ok {
			r.add(CodeNoAddress, p.email, "user %d is imported without an address: it is user %s's", id, other)
			p.Email = ""
		} else {
			taken[folded] = p.ID
		}
		all = append(all, p.User)
	}
	return all
}

// problemOf is what a check of one field found.
func problemOf(err error) string {
	var f roster.Faults
	if errors.As(err, &f) && len(f) > 0 {
		return f[0].Problem
	}
	return err.Error()
}

// absent tells the users whom a role lists and who don't have it.
func (r *roles) absent(u *users) {
	for _, id := range slices.Sorted(maps.Keys(r.members)) {
		for _, m := range r.members[id] {
			if p, ok := u.byID[m.user]; !ok || p.role != id {
				r.add(CodeIgnored, m.at, "role %d lists user %d, whose role_id says otherwise and counts", id, m.user)
			}
		}
	}
}

// addParts adds parts that aren't there yet, in the order of their names.
func (im *Import) addParts(parts partSet) {
	for kind, names := range parts {
		there := map[string]bool{}
		for _, part := range im.Parts[kind] {
			there[part.Name] = true
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if there[name] {
				continue
			}
			if im.Parts == nil {
				im.Parts = map[string][]roster.Part{}
			}
			im.Parts[kind] = append(im.Parts[kind], roster.Part{Name: name})
		}
	}
}
