package roster_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/seed-8e8abc8d/roster"
)

func ExampleCRMSchema() {
	for _, kind := range roster.CRMSchema().Kinds() {
		fmt.Print(kind.Name, ":")
		for _, action := range kind.Actions {
			fmt.Print(" ", action.Name)
		}
		fmt.Println()
	}
	// Output:
	// deal: view edit create delete export
	// contact: view edit create delete export
	// company: view edit create delete export
	// task: view edit create delete export
	// note: view edit create delete export
	// catalog: view edit create delete export
}

// A ready-made schema is extended by declaring what it lists and more.
func ExampleNewSchema_extended() {
	crm := roster.CRMSchema()
	ticket := roster.Kind{Name: "ticket", Title: "Tickets", Actions: []roster.Action{
		{Name: "view"},
		{Name: "edit", Needs: []string{"view"}},
	}}
	schema, err := roster.NewSchema(append(crm.Kinds(), ticket), crm.Functions())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(schema.MustRight("ticket:edit"), schema.MustRight("deal:edit"), schema.MustRight("users:delete"))
	// Output:
	// ticket:edit deal:edit users:delete
}

func ExampleSchema_Right() {
	schema := roster.CRMSchema()
	right, err := schema.Right("deal:edit")
	fmt.Println(right, err)
	_, err = schema.Right("deal:eidt")
	fmt.Println(err, errors.Is(err, roster.ErrInvalid))
	// Output:
	// deal:edit <nil>
	// invalid input: rights[deal:eidt]: kind "deal" has no action "eidt" true
}

func ExampleSchema_AddParts() {
	schema := roster.CRMSchema()
	view := schema.MustRight("deal:view")
	fmt.Println(view.At("won").Known(), schema.HasPart("deal", "won"))
	if err := schema.AddParts("deal", roster.Part{Name: "won", Title: "Closed, won"}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(view.At("won").Known(), schema.HasPart("deal", "won"), view.At("won"))
	// Output:
	// false false
	// true true deal:view@won
}

func ExampleSchema_Check() {
	err := roster.CRMSchema().Check(roster.Rights{
		"deal:create": roster.Own, // creating is all or denied
		"deal:fly":    roster.All,
		"deal:view":   roster.InDepartment,
	})
	if faults, ok := errors.AsType[roster.Faults](err); ok {
		for _, f := range faults {
			fmt.Printf("%s: %s\n", f.Field, f.Problem)
		}
	}
	// Output:
	// rights[deal:create]: own isn't among its scopes: denied, all
	// rights[deal:fly]: kind "deal" has no action "fly"
}

func ExampleRights_UnmarshalJSON() {
	var rights roster.Rights
	fmt.Println(json.Unmarshal([]byte(`{"deal:view": "department", "deal:view@won": "denied"}`), &rights), rights)
	fmt.Println(json.Unmarshal([]byte(`{"deal:view": "Deny"}`), &rights))
	// Output:
	// <nil> map[deal:view:department deal:view@won:denied]
	// invalid input: rights[deal:view]: not a scope: one of unset, denied, own, department, all
}

func ExampleRelate() {
	deal := roster.Record{Owner: "eva", Department: "sales"}
	fmt.Println(roster.Relate("eva", "sales", deal), roster.Relate("ben", "sales", deal), roster.Relate("ann", "support", deal))
	// Output:
	// owner colleague stranger
}

func ExampleScope_Reaches() {
	fmt.Println(roster.InDepartment.Reaches(roster.Owner), roster.InDepartment.Reaches(roster.Colleague), roster.InDepartment.Reaches(roster.Stranger))
	// Output:
	// true true false
}

func ExamplePermissions_Exceeds() {
	schema := roster.CRMSchema()
	boss := roster.Resolve(schema, roster.Grants{Role: roster.Rights{"deal:view": roster.All, "mail:use": roster.All}})
	seller := roster.Resolve(schema, roster.Grants{Role: roster.Rights{"deal:view": roster.Own, "calls:use": roster.All}})
	fmt.Println(seller.Exceeds(boss))
	fmt.Println(boss.Exceeds(seller))
	// Output:
	// [{calls:use denied all}]
	// [{mail:use denied all} {deal:view own all}]
}

func ExampleCondition_Match() {
	schema := roster.CRMSchema()
	if err := schema.AddParts("deal", roster.Part{Name: "new"}, roster.Part{Name: "won"}); err != nil {
		fmt.Println(err)
	}
	p := roster.Resolve(schema, roster.Grants{Role: roster.Rights{"deal:view": roster.All, "deal:view@won": roster.Own}})
	c := p.Condition(schema.MustRight("deal:view"))
	fmt.Println(c.Base, c.Parts, c.Known)
	for _, deal := range []roster.Record{{Owner: "eva", Part: "new"}, {Owner: "eva", Part: "won"}, {Owner: "ben", Part: "won"}, {Owner: "ben", Part: "who knows"}} {
		fmt.Println(deal.Owner, deal.Part, c.Match("ben", "sales", deal))
	}
	// Output:
	// all map[won:own] [new won]
	// eva new true
	// eva won false
	// ben won true
	// ben who knows false
}
