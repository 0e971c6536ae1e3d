package amocrm_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
)

// loose is a schema whose actions need nothing and take every scope, with parts on contacts and tasks.
func loose(t *testing.T) *roster.Schema {
	t.Helper()
	var kinds []roster.Kind
	for _, name := range []string{"deal", "contact", "task", "lorry"} {
		k := roster.Kind{Name: name, Parted: true, Parts: []roster.Part{{Name: "7.142"}}}
		for _, action := range []string{"view", "edit", "create", "delete", "export", "drive"} {
			k.Actions = append(k.Actions, roster.Action{Name: action})
		}
		kinds = append(kinds, k)
	}
	s, err := roster.NewSchema(kinds, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestA1_WhatCantBeWrittenIsTold(t *testing.T) {
	t.Parallel()
	all := func(kind string) roster.Rights {
		return roster.Rights{kind + ":view": roster.All, kind + ":edit": roster.All, kind + ":create": roster.All, kind + ":delete": roster.All, kind + ":export": roster.All}
	}
	with := func(r roster.Rights, right string, s roster.Scope) roster.Rights {
		r[right] = s
		return r
	}
	for _, tt := range []struct {
		name   string
		schema *roster.Schema
		rights roster.Rights
		want   []string
		why    string
	}{
		{"nothing", crm(t), nil, nil, "what nobody has isn't lost"},
		{"all deals", crm(t), all("deal"), nil, "each letter has its scope"},
		{"a stage denied", crm(t), with(all("deal"), "deal:view@7.142", roster.Denied), nil, "D on the stage, and what needs it"},
		{"a stage of one's own", crm(t), with(all("deal"), "deal:export@7.142", roster.Own),
			[]string{"narrowed deal:export@7.142: own here, denied there: all or nothing can stand there"}, "M can't stand on a stage"},
		{"a stage that extends", crm(t), roster.Rights{"deal:view": roster.InDepartment, "deal:edit": roster.Own, "deal:edit@7.142": roster.InDepartment},
			[]string{"narrowed deal:edit@7.142: department here, own there: all or nothing can stand there"}, "the stage adds nothing in letters: left out, its kind's remain"},
		{"adding on a stage", crm(t), roster.Rights{"deal:create@7.142": roster.All},
			[]string{"narrowed deal:create@7.142: all here, denied there: stages have no right to add"}, "a stage has no letter for it"},
		{"not adding on a stage", crm(t), roster.Rights{"deal:create": roster.All, "deal:create@7.142": roster.Denied},
			[]string{"narrowed deal:create: all here, denied there: limited by a part for which the account has no letter"}, "the kind's letter would let them add there"},
		{"a limit elsewhere", crm(t), roster.Rights{"deal:view": roster.All, "deal:view@won": roster.Own},
			[]string{"narrowed deal:view: all here, own there: limited by a part for which the account has no letter"}, "the stages keep theirs, the kind is lowered"},
		{"more elsewhere", crm(t), roster.Rights{"deal:view": roster.Own, "deal:view@won": roster.All},
			[]string{"no-counterpart deal:view@won: all here, own there: the account has no such part"}, "no stage is called won"},
		{"functions", crm(t), roster.Rights{"users:delete": roster.All, "mail:use": roster.All, "files:access": roster.All, "catalogs:access": roster.All},
			[]string{"no-counterpart users:delete: all here, denied there: the account has no such right",
				"no-counterpart files:access: all here, denied there: replies know files_access, requests don't"}, "mail and catalogues have flags"},
		{"notes", crm(t), roster.Rights{"note:view": roster.Own}, []string{"no-counterpart note:view: own here, denied there: the account has no such right"}, "no block"},
		{"tasks", crm(t), with(with(all("task"), "task:edit", roster.InDepartment), "task:delete", roster.Own),
			[]string{"narrowed task:view: all here, department there: tasks have no right to view, seeing is read as far as editing",
				"no-counterpart task:create: all here, denied there: the account has no such right", "no-counterpart task:export: all here, denied there: the account has no such right"},
			"edit and delete have letters"},
		{"catalogues", crm(t), with(roster.Rights{"catalog:view": roster.All, "catalog:create": roster.All}, "catalog:view@78", roster.Own),
			[]string{"narrowed catalog:view: all here, denied there: rights are on single catalogues, those that the schema knows",
				"narrowed catalog:view@78: own here, denied there: all or nothing can stand there",
				"narrowed catalog:create: all here, denied there: rights are on single catalogues, those that the schema knows"}, "77 and 78 are named, both with adding"},
		{"a catalogue without a number", crm(t), roster.Rights{"catalog:view@prices": roster.All, "catalog:view@77": roster.All},
			[]string{"no-counterpart catalog:view@prices: all here, denied there: the account has no such part"}, "catalogues are numbers"},
		{"needs", loose(t), roster.Rights{"contact:view": roster.Own, "contact:edit": roster.All, "contact:delete": roster.InDepartment, "contact:export": roster.InDepartment, "contact:drive": roster.Own},
			[]string{"lowered contact:edit: all here, own there: farther than what it needs there", "lowered contact:delete: department here, own there: farther than what it needs there",
				"lowered contact:export: department here, own there: farther than what it needs there", "no-counterpart contact:drive: own here, denied there: the account has no such right"}, "the API's needs are its own"},
		{"needs on a stage", loose(t), roster.Rights{"deal:view": roster.All, "deal:edit": roster.All, "deal:view@7.142": roster.Denied},
			[]string{"lowered deal:edit@7.142: all here, denied there: farther than what it needs there"}, "there as well"},
		{"adding one's own", loose(t), roster.Rights{"deal:create": roster.Own}, []string{"narrowed deal:create: own here, denied there: all or nothing can stand there"}, "add takes A or D"},
		{"a part of contacts", loose(t), roster.Rights{"contact:view": roster.Own, "contact:view@7.142": roster.All, "task:edit@7.142": roster.All, "task:view@7.142": roster.All},
			[]string{"no-counterpart contact:view@7.142: all here, own there: the account has no such part",
				"no-counterpart task:view@7.142: all here, denied there: the account has no such part",
				"no-counterpart task:edit@7.142: all here, denied there: the account has no such part"}, "only deals have stages"},
		{"no schema", nil, roster.Rights{"deal:view": roster.All}, []string{"denied deal:view: the schema has no such right"}, "a nil schema knows no right, and so gives none"},
		{"what the schema doesn't know", crm(t), roster.Rights{"deal:view": roster.All, "deal:view@9.9": roster.All, "catalog:view@99": roster.All, "deal:create": roster.Own, "deal:fly": roster.All},
			[]string{`denied catalog:view@99: kind "catalog" has no part "99"`, "denied deal:create: own isn't among its scopes: denied, all",
				`denied deal:fly: kind "deal" has no action "fly"`, `denied deal:view@9.9: kind "deal" has no part "9.9"`}, "it gives nothing here"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, found := amocrm.WriteRoles(tt.schema, amocrm.Account{}, []roster.Role{{ID: "r", Name: "R", Rights: tt.rights}})
			var got []string
			for _, line := range butTasks(told(found)) {
				line = strings.Replace(line, "roles[0].rights[", "", 1)
				got = append(got, strings.Replace(line, "]", "", 1))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, d)
			}
		})
	}
}

func TestA1_WrittenUsersKeepNoMoreThanTheAccountCan(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Ю", 60)
	roles := []roster.Role{{ID: "seller", Rights: roster.Rights{"deal:view": roster.All}}}
	for _, tt := range []struct {
		name    string
		user    roster.User
		numbers map[roster.RoleID]int64
		want    []string
		wrote   string // of the body
	}{
		{"one name", roster.User{FirstName: "Anna"}, nil, nil, `"name":"Anna",`},
		{"two first names", roster.User{FirstName: "Anna Maria", LastName: "Berg"}, nil,
			[]string{"written-as users[0].first_name: read again, the first word is the first name, and 50 characters are the most"}, `"name":"Anna Maria Berg",`},
		{"no first name", roster.User{LastName: "Berg"}, nil,
			[]string{"written-as users[0].first_name: read again, the first word is the first name, and 50 characters are the most"}, `"name":"Berg",`},
		{"a long name", roster.User{FirstName: "Anna", LastName: long}, nil,
			[]string{"written-as users[0].first_name: read again, the first word is the first name, and 50 characters are the most"}, `"name":"Anna ` + long[:2*45] + `",`},
		{"fifty characters", roster.User{FirstName: "Anna", LastName: long[:2*45]}, nil, nil, `"name":"Anna ` + long[:2*45] + `",`},
		{"forty characters of two bytes", roster.User{FirstName: "Anna", LastName: long[:2*35]}, nil, nil, `"name":"Anna ` + long[:2*35] + `",`},
		{"an identity and a new address", roster.User{FirstName: "Anna", Identity: roster.Identity{Issuer: "i", Subject: "s"}, PendingEmail: "b@example.com"}, nil,
			[]string{"no-counterpart users[0].identity: the account knows no other sign-in", "no-counterpart users[0].pending_email: only the confirmed address is written"}, `"email":"anna@example.com"`},
		{"an administrator with a role", roster.User{FirstName: "Anna", Admin: true, Role: "seller"}, map[roster.RoleID]int64{"seller": 5},
			[]string{"no-counterpart users[0].admin: no request makes an administrator: role and rights are written"}, `"rights":{"is_free":false,"role_id":5,"group_id":null}`},
		{"a role without a number", roster.User{FirstName: "Anna", Role: "seller"}, nil,
			[]string{"written-as users[0].role: the account has no number for the role: its rights are the user's own"}, `"leads":{"view":"A","edit":"D"`},
		{"a role with a number that is none", roster.User{FirstName: "Anna", Role: "seller"}, map[roster.RoleID]int64{"seller": 0},
			[]string{"written-as users[0].role: the account has no number for the role: its rights are the user's own"}, `"role_id":null`},
		{"an unknown role", roster.User{FirstName: "Anna", Role: "gone", Rights: roster.Rights{"mail:use": roster.All}}, map[roster.RoleID]int64{"gone": 5},
			[]string{"narrowed users[0].role: not among the roles given: its rights are left out"}, `"mail_access":true,"catalog_access":false,"status_rights":null,"catalog_rights":null,"is_free":false,"role_id":null`},
		{"rights that change nothing", roster.User{FirstName: "Anna", Role: "seller", Rights: roster.Rights{"deal:view": roster.All}}, map[roster.RoleID]int64{"seller": 5}, nil, `"role_id":5`},
		{"rights on what the schema doesn't know", roster.User{FirstName: "Anna", Role: "seller", Rights: roster.Rights{"deal:fly": roster.All}}, map[roster.RoleID]int64{"seller": 5},
			[]string{`denied users[0].rights[deal:fly]: kind "deal" has no action "fly"`}, `"role_id":5`},
		{"rights on a stage that the schema doesn't know", roster.User{FirstName: "Anna", Role: "seller", Rights: roster.Rights{"deal:view@9.9": roster.Denied}}, map[roster.RoleID]int64{"seller": 5},
			[]string{"written-as users[0].role: individual rights over a role: all rights are the user's own, and the role is left out",
				`denied users[0].rights[deal:view@9.9]: kind "deal" has no part "9.9"`},
			`"status_rights":[{"entity_type":"leads","pipeline_id":9,"status_id":9,"rights":{"view":"D","edit":"D","delete":"D","export":"D"}}]`},
		{"rights over the role that narrow", roster.User{FirstName: "Anna", Role: "seller", Rights: roster.Rights{"deal:view": roster.Own}}, map[roster.RoleID]int64{"seller": 5},
			[]string{"written-as users[0].role: individual rights over a role: all rights are the user's own, and the role is left out"}, `"leads":{"view":"M"`},
		{"individual rights without a letter", roster.User{FirstName: "Anna", Rights: roster.Rights{"note:view": roster.All}}, nil,
			[]string{"no-counterpart users[0].rights[note:view]: all here, denied there: the account has no such right"}, `"role_id":null`},
		{"free", roster.User{FirstName: "Anna", Free: true}, nil, nil, `"rights":{"is_free":true,"role_id":null,"group_id":null}`},
		{"free with a role", roster.User{FirstName: "Anna", Free: true, Role: "seller"}, map[roster.RoleID]int64{"seller": 5},
			[]string{"narrowed users[0].free: a free user there holds neither role nor rights"}, `"rights":{"is_free":true,"role_id":null,"group_id":null}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			tt.user.ID, tt.user.Email, tt.user.Status = "u", "anna@example.com", roster.StatusActive
			account := amocrm.Account{Roles: tt.numbers, Groups: map[roster.DepartmentID]int64{"": 0}}
			requests, found := amocrm.WriteUsers(crm(t), account, roles, []roster.User{tt.user}, password)
			if d := cmp.Diff(tt.want, butTasks(told(found))); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
			is.Equal(len(requests), 1)                                    // written
			is.True(json.Valid(requests[0].Body))                         // in JSON
			is.True(strings.Contains(string(requests[0].Body), tt.wrote)) // with this
		})
	}
}

func TestA1_OnlyRolesWithoutANumberAreCreated(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	requests, _ := amocrm.WriteRoles(crm(t), amocrm.Account{}, nil)
	is.Equal(len(requests), 0) // nothing to write
	numbers := map[roster.RoleID]int64{"a": 7, "b": 8, "c": -1}
	requests, _ = amocrm.WriteRoles(crm(t), amocrm.Account{Roles: numbers}, []roster.Role{{ID: "a"}, {ID: "b"}})
	is.Equal(requests[0].String()+", "+requests[1].String(), "PATCH /api/v4/roles/7, PATCH /api/v4/roles/8") // in order
	is.Equal(len(requests), 2)                                                                               // and no empty POST
	requests, _ = amocrm.WriteRoles(crm(t), amocrm.Account{Roles: numbers}, []roster.Role{{ID: "c"}})
	is.Equal(requests[0].String(), "POST /api/v4/roles") // a number below 1 is none
}

// TestA1_WrittenStagesAreThoseThatDiffer looks at the letters themselves: no entry that says nothing, none
// twice, and each with what it needs, since the API refuses others.
func TestA1_WrittenStagesAreThoseThatDiffer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		rights roster.Rights
		want   string
		why    string
	}{
		{"adding alone", roster.Rights{"deal:view": roster.All, "deal:create": roster.All, "deal:create@7.142": roster.Denied, "contact:view@9.9": roster.All},
			`"status_rights":null,"catalog_rights":null`, "a stage has no letter for adding, and contacts have no stages"},
		{"unknown, twice", roster.Rights{"deal:view@9.9": roster.All, "deal:edit@9.9": roster.All, "deal:view@9.8": roster.All, "catalogs:access": roster.All, "catalog:view@9": roster.All},
			`"status_rights":[{"entity_type":"leads","pipeline_id":9,"status_id":8,"rights":{"view":"D","edit":"D","delete":"D","export":"D"}},` +
				`{"entity_type":"leads","pipeline_id":9,"status_id":9,"rights":{"view":"D","edit":"D","delete":"D","export":"D"}}],` +
				`"catalog_rights":[{"catalog_id":9,"rights":{"view":"D","edit":"D","add":"D","delete":"D","export":"D"}},{"catalog_id":77,`, "one entry each"},
		{"needs", roster.Rights{"deal:edit@7.142": roster.All, "deal:delete@7.142": roster.All, "deal:view@7.143": roster.All, "deal:delete@7.143": roster.All, "catalog:edit@77": roster.All, "catalog:export@77": roster.All,
			"catalog:view@77": roster.Denied, "catalog:create@77": roster.All, "contact:edit": roster.All, "contact:export": roster.Own, "task:edit": roster.All},
			`"contacts":{"view":"D","edit":"D","add":"D","delete":"D","export":"D"},"companies":{"view":"D","edit":"D","add":"D","delete":"D","export":"D"},` +
				`"tasks":{"edit":"D","delete":"D"},"mail_access":false,"catalog_access":false,` +
				`"status_rights":[{"entity_type":"leads","pipeline_id":7,"status_id":143,"rights":{"view":"A","edit":"D","delete":"D","export":"D"}}],` +
				`"catalog_rights":[{"catalog_id":77,"rights":{"view":"D","edit":"D","add":"A","delete":"D","export":"D"}}]`, "the API asks for letters that respect them"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			requests, _ := amocrm.WriteRoles(free(t), amocrm.Account{}, []roster.Role{{ID: "r", Name: "R", Rights: tt.rights}})
			if body := string(requests[0].Body); !strings.Contains(body, tt.want) {
				t.Errorf("%s: want %s in\n%s", tt.why, tt.want, body)
			}
		})
	}
}

// free is a schema with the parts of crm in which nothing needs anything.
func free(t *testing.T) *roster.Schema {
	t.Helper()
	kinds := crm(t).Kinds()
	for i := range kinds {
		for j := range kinds[i].Actions {
			kinds[i].Actions[j].Needs = nil
		}
	}
	s, err := roster.NewSchema(kinds, crm(t).Functions())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sight is what is told where the rights limit who sees tasks.
const sight = "who sees what a task hangs on sees the task"

// butTasks leaves out what is told of seeing tasks, which has a test of its own.
func butTasks(lines []string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return strings.HasSuffix(line, sight) })
}

func TestA1_ALimitOnSeeingTasksIsTold(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rights roster.Rights
		want   string // how far tasks are seen, where that is told
		why    string
	}{
		{nil, "", "nothing is seen that tasks could hang on"},
		{roster.Rights{"note:view": roster.All}, "", "no task hangs on a note"},
		{roster.Rights{"deal:view": roster.Own}, "denied", "tasks on one's own deals"},
		{roster.Rights{"deal:view": roster.Own, "task:view": roster.Own, "task:edit": roster.Own}, "", "as far as deals"},
		{roster.Rights{"contact:view": roster.InDepartment, "task:view": roster.Own, "task:edit": roster.Own}, "own", "tasks of the department, on contacts"},
		{roster.Rights{"company:view": roster.All, "task:view": roster.InDepartment, "task:edit": roster.InDepartment}, "department", "all tasks on companies"},
		{roster.Rights{"deal:view@7.142": roster.All, "task:view": roster.Own, "task:edit": roster.Own}, "own", "all tasks on deals of one stage"},
		{roster.Rights{"deal:view": roster.All, "task:view": roster.All, "task:edit": roster.All}, "", "no limit"},
	} {
		_, found := amocrm.WriteRoles(crm(t), amocrm.Account{}, []roster.Role{{ID: "r", Name: "R", Rights: tt.rights}})
		var want []string
		if tt.want != "" {
			want = []string{"no-counterpart roles[0].rights[task:view]: seeing tasks can't be limited to " + tt.want + ": " + sight}
		}
		got := slices.DeleteFunc(told(found), func(line string) bool { return !strings.HasSuffix(line, sight) })
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.why, d)
		}
	}
}
