package roster

// CRMSchema is a ready-made schema of a CRM: deals, contacts, companies, tasks, notes and catalogues,
// each with view, edit, create, delete and export, and the functions around them (R1, R2). Nobody
// edits or exports beyond what they see or deletes beyond what they edit; creating is all or denied
// (R13). Extend it with NewSchema and its own Kinds and Functions. Deals and catalogues are parted: by
// pipeline stage, and by catalogue (R12). Every call makes a schema of its own, to which parts can be added.
func CRMSchema() *Schema {
	return must(NewSchema([]Kind{
		crmKind("deal", "Deals", true),
		crmKind("contact", "Contacts", false),
		crmKind("company", "Companies", false),
		crmKind("task", "Tasks", false),
		crmKind("note", "Notes", false),
		crmKind("catalog", "Catalogues", true),
	}, []Function{
		{Name: "mail:use", Title: "Use e-mail"},
		{Name: "calls:use", Title: "Use calls"},
		{Name: "chats:use", Title: "Use chats"},
		{Name: "reports:view", Title: "See reports"},
		{Name: "integrations:manage", Title: "Manage integrations"},
		{Name: "files:access", Title: "Use files"},
		{Name: "catalogs:access", Title: "Use catalogues"},
	}))
}

// crmKind is a kind with the five actions of a CRM.
func crmKind(name, title string, parted bool) Kind {
	return Kind{Name: name, Title: title, Parted: parted, Actions: []Action{
		{Name: "view", Title: "See"},
		{Name: "edit", Title: "Edit", Needs: []string{"view"}},
		{Name: "create", Title: "Create", Scopes: []Scope{Denied, All}},
		{Name: "delete", Title: "Delete", Needs: []string{"view", "edit"}},
		{Name: "export", Title: "Export", Needs: []string{"view"}},
	}}
}
