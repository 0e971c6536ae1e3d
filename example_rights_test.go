package roster_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// sellers is a role's rights, used by the examples below.
var sellers = roster.Rights{"deal:view": roster.InDepartment, "deal:edit": roster.Own, "reports:view": roster.All}

func ExampleNewSchema() {
	_, err := roster.NewSchema([]roster.Kind{{
		Name: "ticket",
		Actions: []roster.Action{
			{Name: "view"},
			{Name: "answer", Needs: []string{"veiw"}},
		},
	}}, []roster.Function{{Name: "macros:edit"}, {Name: "macros:edit"}})
	var faults roster.Faults
	if errors.As(err, &faults) {
		for _, f := range faults {
			fmt.Println(f.Field)
		}
	}
	// Output:
	// kinds[0].actions[1].needs[0]
	// functions[1].name
}

func ExampleResolve() {
	schema := roster.CRMSchema()
	p := roster.Resolve(schema, roster.Grants{
		Role:       sellers,
		Individual: roster.Rights{"reports:view": roster.Denied, "deal:view": roster.All},
	})
	for _, right := range []string{"deal:view", "deal:edit", "deal:delete", "reports:view"} {
		fmt.Println(right, p.Scope(schema.MustRight(right)))
	}
	// Output:
	// deal:view all
	// deal:edit own
	// deal:delete denied
	// reports:view denied
}

func ExamplePermissions_Decide() {
	schema := roster.CRMSchema()
	p := roster.Resolve(schema, roster.Grants{Role: sellers})
	edit := schema.MustRight("deal:edit")

	mine := roster.Record{ID: "17", Owner: "ben", Department: "sales"}
	hers := roster.Record{ID: "18", Owner: "eva", Department: "sales"}
	fmt.Println(p.Decide(edit, roster.Relate("ben", "sales", mine)))
	fmt.Println(p.Decide(edit, roster.Relate("ben", "sales", hers)))
	// Output:
	// {true own}
	// {false own}
}

func ExamplePermissions_Explain() {
	schema := roster.CRMSchema()
	p := roster.Resolve(schema, roster.Grants{
		Role:       roster.Rights{"deal:view": roster.Own, "deal:edit": roster.All},
		Individual: roster.Rights{"deal:export": roster.Denied},
	})
	e := p.Explain(schema.MustRight("deal:edit"), roster.Owner)
	fmt.Println(e.Allowed, e.Scope, "from", e.Source, "which says", e.Given, "lowered by", e.Lowered)
	e = p.Explain(schema.MustRight("deal:export"), roster.Owner)
	fmt.Println(e.Allowed, "from", e.Source)
	// Output:
	// true own from role which says all lowered by [deal:view]
	// false from individual
}

func ExamplePermissions_List() {
	p := roster.Resolve(roster.CRMSchema(), roster.Grants{Role: sellers})
	for right, scope := range p.List() {
		fmt.Println(right, scope)
	}
	// Output:
	// reports:view all
	// deal:view department
	// deal:edit own
}

func ExamplePermissions_Difference() {
	schema := roster.CRMSchema()
	was := roster.Resolve(schema, roster.Grants{Role: sellers})
	is := roster.Resolve(schema, roster.Grants{Role: sellers, Individual: roster.Rights{"deal:view": roster.Own, "deal:create": roster.All}})
	for _, d := range was.Difference(is) {
		fmt.Println(d.Right, "from", d.From, "to", d.To)
	}
	fmt.Println("gained:", is.Exceeds(was))
	// Output:
	// deal:view from department to own
	// deal:create from denied to all
	// gained: [{deal:create denied all}]
}

func ExamplePermissions_Condition() {
	schema := roster.CRMSchema()
	p := roster.Resolve(schema, roster.Grants{Role: sellers})
	c := p.Condition(schema.MustRight("deal:view"))
	fmt.Println(c.None(), c.All(), c.Base)
	fmt.Println(p.Condition(schema.MustRight("contact:view")).None())
	// Output:
	// false false department
	// true
}

func ExampleCondition_Which() {
	schema := roster.CRMSchema()
	p := roster.Resolve(schema, roster.Grants{Role: sellers})
	deals := []roster.Record{
		{ID: "17", Owner: "ben", Department: "sales"},
		{ID: "18", Owner: "eva", Department: "support"},
		{ID: "19"}, // nobody's: seen by those who see all
	}
	for rec := range p.Condition(schema.MustRight("deal:view")).Which("ben", "sales", slices.Values(deals)) {
		fmt.Println(rec.ID)
	}
	// Output:
	// 17
}
