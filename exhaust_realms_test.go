package roster_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// one tries changes, which are about one user, or about everybody.
func one(on int, changes ...roster.Change) try {
	verbs := make([]string, len(changes))
	for i, c := range changes {
		verbs[i] = strings.TrimPrefix(fmt.Sprintf("%T", c), "roster.")
	}
	return try{verb: strings.Join(verbs, " "), on: on, changes: changes}
}

// each makes tries for each of trio.
func each(make func(i int, id roster.UserID) []try) []try {
	var all []try
	for i, id := range trio {
		all = append(all, make(i, id)...)
	}
	return all
}

// rightsOf sets individual rights.
func rightsOf(i int, pairs ...any) try {
	set := roster.Rights{}
	for n := 0; n < len(pairs); n += 2 {
		set[pairs[n].(string)] = pairs[n+1].(roster.Scope)
	}
	return one(i, roster.SetRights{User: trio[i], Rights: set})
}

// people brings three active users in; f may change each before.
func people(x *explorer, f func(i int, u *roster.User)) {
	x.host(roster.CreateDepartment{ID: "east", Name: "E"}, roster.CreateDepartment{ID: "west", Name: "W"})
	for i, id := range trio {
		add := roster.ImportUser{User: roster.User{
			ID: id, FirstName: "F", Email: string(id) + "@example.com", Department: "east", Status: roster.StatusActive,
		}}
		f(i, &add.User)
		x.host(add)
	}
}

// chief is a role that manages users.
var chief = roster.CreateRole{ID: "chief", Name: "Chief", Rights: roster.Rights{"users:manage": roster.All, "deal:view": roster.All}}

// grants is the world of who holds what: administrator status, the right to delete users, a role or none, and, in
// full, a denial over it.
func grants(full bool) realm {
	return realm{
		name: "grants", alike: renamings(0, false),
		begin: func(x *explorer) {
			people(x, func(i int, u *roster.User) { u.Admin = i == 0 })
			x.host(chief)
		},
		tries: each(func(i int, id roster.UserID) []try {
			tries := []try{
				one(i, roster.GrantAdministrator{User: id}), one(i, roster.WithdrawAdministrator{User: id}),
				one(i, roster.GrantDeleteUsers{User: id}), one(i, roster.WithdrawDeleteUsers{User: id}),
				one(i, roster.SetRole{User: id}), one(i, roster.SetRole{User: id, Role: "chief"}),
				rightsOf(i, "users:delete", roster.All), // never so
			}
			if full {
				tries = append(tries, rightsOf(i, "users:manage", roster.Unset), rightsOf(i, "users:manage", roster.Denied))
			}
			return tries
		}),
	}
}

// denials is the world of a role and what is denied over it, to administrators as well.
func denials(full bool) realm {
	scopes := []roster.Scope{roster.Unset, roster.Denied}
	if full {
		scopes = append(scopes, roster.All)
	}
	return realm{
		name: "denials", alike: renamings(0, false),
		begin: func(x *explorer) {
			people(x, func(i int, u *roster.User) { u.Admin = i == 0 })
			x.host(chief)
		},
		tries: each(func(i int, id roster.UserID) []try {
			tries := []try{
				one(i, roster.GrantAdministrator{User: id}), one(i, roster.WithdrawAdministrator{User: id}),
				one(i, roster.SetRole{User: id}), one(i, roster.SetRole{User: id, Role: "chief"}),
			}
			for _, scope := range scopes {
				tries = append(tries, rightsOf(i, "users:manage", scope))
			}
			return tries
		}),
	}
}

// reaches is the world of how far rights on records reach, and of departments: nobody is an administrator, the
// host gives and takes all.
func reaches(full bool) realm {
	scopes := []roster.Scope{roster.Unset, roster.InDepartment, roster.All}
	if full {
		scopes = append(scopes, roster.Own)
	}
	tries := each(func(i int, id roster.UserID) []try {
		tries := []try{
			one(i, roster.EditUser{User: id, Department: &sides[0]}), one(i, roster.EditUser{User: id, Department: &sides[1]}),
			rightsOf(i, "users:manage", roster.All), rightsOf(i, "users:manage", roster.Unset),
		}
		for _, s := range scopes {
			tries = append(tries, rightsOf(i, "deal:view", s))
		}
		return tries
	})
	return realm{
		name: "reaches", alike: renamings(0, true),
		begin: func(x *explorer) { people(x, func(int, *roster.User) {}) },
		tries: tries,
	}
}

// houses is the world of departments themselves, which come and go, and of their heads.
func houses(full bool) realm {
	tries := each(func(i int, id roster.UserID) []try {
		tries := []try{
			one(i, roster.EditUser{User: id, Department: &sides[0]}), one(i, roster.EditUser{User: id, Department: &sides[1]}),
			one(i, roster.Deactivate{User: id}), one(i, roster.Reactivate{User: id}),
		}
		for _, d := range sides[:map[bool]int{false: 1, true: 2}[full]] {
			tries = append(tries, one(everybody, roster.EditDepartment{Department: d, Head: &trio[i]}))
		}
		return tries
	})
	none, other := roster.UserID(""), "Other"
	for _, d := range sides {
		tries = append(tries,
			one(everybody, roster.CreateDepartment{ID: d, Name: "D"}), one(everybody, roster.DeleteDepartment{Department: d}),
			one(everybody, roster.EditDepartment{Department: d, Head: &none}), one(everybody, roster.EditDepartment{Department: d, Name: &other}))
	}
	return realm{
		name: "houses", alike: renamings(3, full),
		begin: func(x *explorer) {
			people(x, func(i int, u *roster.User) {
				u.Rights = []roster.Rights{{"users:manage": roster.All}, {"users:deactivate": roster.All}, nil}[i]
			})
		},
		tries: tries,
	}
}

// roles is the world of roles, which come, are replaced and go while people hold them.
func roles(full bool) realm {
	kinds := []roster.CreateRole{chief, {ID: "maker", Name: "Maker", Rights: roster.Rights{"roles:manage": roster.All}}}
	kinds = append(kinds, roster.CreateRole{ID: "remover", Name: "Remover", Rights: roster.Rights{"users:delete": roster.All}})
	tries := each(func(i int, id roster.UserID) (tries []try) {
		if i == 0 && !full {
			return nil
		}
		if i > 0 && full {
			tries = append(tries, one(i, roster.GrantDeleteUsers{User: id}), one(i, roster.WithdrawDeleteUsers{User: id}))
		}
		for _, k := range kinds {
			tries = append(tries, one(i, roster.SetRole{User: id, Role: k.ID}))
		}
		return append(tries, one(i, roster.SetRole{User: id}))
	})
	for _, k := range kinds {
		tries = append(tries, one(everybody, k), one(everybody, roster.DeleteRole{Role: k.ID}))
		for _, from := range kinds {
			tries = append(tries, one(everybody, roster.ReplaceRole{Role: from.ID, ID: k.ID, Name: k.Name, Rights: k.Rights}))
		}
	}
	return realm{
		name: "roles", alike: renamings(1, false),
		begin: func(x *explorer) { people(x, func(i int, u *roster.User) { u.Admin = i == 0 }) },
		tries: tries,
	}
}

// activities is the world of who is active: by status, by end date, as administrator.
func activities(full bool) realm {
	return realm{
		name: "activities", alike: renamings(0, false),
		begin: func(x *explorer) {
			people(x, func(i int, u *roster.User) { u.Admin = i == 0 })
		},
		tries: each(func(i int, id roster.UserID) []try {
			now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
			tries := []try{
				one(i, roster.Deactivate{User: id}), one(i, roster.Reactivate{User: id}),
				one(i, roster.EditUser{User: id, EndDate: &time.Time{}}), one(i, roster.EditUser{User: id, EndDate: &now}),
				one(i, roster.GrantAdministrator{User: id}), one(i, roster.WithdrawAdministrator{User: id}),
				rightsOf(i, "users:deactivate", roster.All, "users:manage", roster.All),
			}
			if full {
				later := now.Add(time.Hour)
				tries = append(tries, one(i, roster.EditUser{User: id, EndDate: &later}))
			}
			return tries
		}),
	}
}

// batches is the world of two changes at once, which are held against the rules together.
func batches(full bool) realm {
	singles := each(func(i int, id roster.UserID) []try {
		tries := []try{
			one(i, roster.GrantAdministrator{User: id}), one(i, roster.WithdrawAdministrator{User: id}), one(i, roster.Deactivate{User: id}),
			one(i, roster.SetRole{User: id, Role: "chief"}),
		}
		if full {
			tries = append(tries, one(i, roster.SetRole{User: id}))
		}
		return tries
	})
	var tries []try
	for _, a := range singles {
		tries = append(tries, a)
		for _, b := range singles {
			both := one(everybody, a.changes[0], b.changes[0])
			if !full {
				both.by = actors[:3] // the host and nobody try the changes one by one
			}
			tries = append(tries, both)
		}
	}
	return realm{
		name: "batches", alike: renamings(0, false),
		begin: func(x *explorer) {
			people(x, func(i int, u *roster.User) { u.Admin = i == 0 })
			x.host(roster.CreateRole{ID: "chief", Name: "Chief", Rights: roster.Rights{"users:manage": roster.All, "users:deactivate": roster.All}})
		},
		tries: tries,
	}
}
