package main

import "github.com/seed-8e8abc8d/roster"

// leaver is who leaves, administrator who sees to it, successors who receive what leo has.
const leaver, administrator roster.UserID = "leo", "ada"

var successors = []roster.UserID{"vera", "sid"}

// rights are what there are rights on: those of any CRM, without catalogues and with invoices.
func rights() (*roster.Schema, error) {
	ready := roster.CRMSchema()
	var kinds []roster.Kind
	for _, k := range ready.Kinds() {
		switch k.Name {
		case "catalog":
			continue
		case "deal":
			k.Parts = []roster.Part{{Name: "lead"}, {Name: "offer"}, {Name: "won"}, {Name: "lost"}}
		}
		kinds = append(kinds, k)
	}
	kinds = append(kinds, roster.Kind{Name: "invoice", Title: "Invoices", Actions: []roster.Action{{Name: "view"}, {Name: "edit", Needs: []string{"view"}}}})
	return roster.NewSchema(kinds, ready.Functions())
}

// people are who works here.
func people() []roster.Change {
	changes := []roster.Change{
		roster.CreateDepartment{ID: "sales", Name: "Sales"},
		roster.CreateDepartment{ID: "office", Name: "Office"},
		roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{
			"deal:view": roster.InDepartment, "deal:view@won": roster.All, "deal:edit": roster.InDepartment,
			"contact:view": roster.All, "contact:edit": roster.All, "company:view": roster.All, "company:edit": roster.All,
			"task:view": roster.Own, "task:edit": roster.Own, "note:view": roster.InDepartment, "note:edit": roster.Own,
			"invoice:view": roster.InDepartment, "invoice:edit": roster.Own, "calls:use": roster.All, "files:access": roster.All,
		}},
	}
	for _, u := range []roster.User{
		{ID: "ada", FirstName: "Ada", LastName: "Adler", Department: "office", Admin: true},
		{ID: "leo", FirstName: "Leo", LastName: "Lang", Department: "sales", Role: "seller"},
		{ID: "vera", FirstName: "Vera", LastName: "Vogt", Department: "sales", Role: "seller"},
		{ID: "sid", FirstName: "Sid", LastName: "Sand", Department: "sales", Role: "seller"},
		{ID: "tom", FirstName: "Tom", LastName: "Tann", Department: "office", Role: "seller"},
	} {
		u.Status = roster.StatusActive
		changes = append(changes, roster.ImportUser{User: u})
	}
	return changes
}
