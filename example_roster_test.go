package roster_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// firm is a company for the examples: ada, an administrator, and ben, both in sales.
func firm() *roster.Roster {
	r, err := roster.New(new(memstore.Store), roster.CRMSchema(), roster.Config{
		Now:    func() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) },
		Hasher: cheap{},
	})
	if err != nil {
		panic(err)
	}
	person := func(id roster.UserID, admin bool, rights roster.Rights) roster.ImportUser {
		return roster.ImportUser{User: roster.User{
			ID: id, FirstName: string(id), LastName: "Example", Email: string(id) + "@example.com",
			Department: "sales", Admin: admin, Rights: rights, Status: roster.StatusActive,
		}}
	}
	_, err = r.Apply(context.Background(), roster.System("example"),
		roster.CreateDepartment{ID: "sales", Name: "Sales"},
		person("ada", true, nil),
		person("ben", false, sellers),
	)
	if err != nil {
		panic(err)
	}
	return r
}

func ExampleNew() {
	ctx := context.Background()
	r, err := roster.New(new(memstore.Store), roster.CRMSchema(), roster.Config{Hasher: cheap{}})
	if err != nil {
		panic(err)
	}
	if _, err := r.Apply(ctx, roster.System("setup"), roster.CreateDepartment{ID: "sales", Name: "Sales"}); err != nil {
		panic(err)
	}
	id, err := r.Bootstrap(ctx, roster.AddUser{
		ID: "ada", FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.com",
		Password: "a long enough password", Department: "sales",
	})
	fmt.Println(id, err)
	d, err := r.Can(ctx, "ada", r.Schema().MustRight("users:delete"), roster.Record{})
	fmt.Println(d.Allowed, err)
	// Output:
	// ada <nil>
	// true <nil>
}

func ExampleRoster_Apply() {
	ctx, r := context.Background(), firm()
	effect, err := r.Apply(ctx, roster.As("ada"),
		roster.CreateRole{ID: "seller", Name: "Seller", Rights: sellers},
		roster.AddUser{
			ID: "eva", FirstName: "Eva", LastName: "Green", Email: "eva@example.com",
			Password: "a long enough password", Department: "sales", Role: "seller",
		},
	)
	fmt.Println(effect.IDs, effect.Seats, err)

	_, err = r.Apply(ctx, roster.As("ada"), roster.AddUser{ID: "tom", Email: "tom", Department: "sails"})
	var faults roster.Faults
	if errors.As(err, &faults) {
		for _, f := range faults {
			fmt.Println(f.Field+":", f.Problem)
		}
	}
	// Output:
	// [seller eva] 1 <nil>
	// first_name: missing
	// last_name: missing
	// email: not an e-mail address
	// password: missing; or an external identity
	// department: unknown
	// rights: missing: give a role or rights, or say that there are none
}

func ExampleRoster_Preview() {
	ctx, r := context.Background(), firm()
	effect, err := r.Preview(ctx, roster.As("ada"), roster.SetRights{
		User: "ben", Rights: roster.Rights{"deal:view": roster.All, "reports:view": roster.Denied},
	})
	fmt.Println(err)
	for _, u := range effect.Users {
		fmt.Println(u.User, "gains", u.Gained, "loses", u.Lost)
	}
	// Output:
	// <nil>
	// ben gains [{deal:view department all}] loses [{reports:view all denied}]
}

func ExampleRoster_Can() {
	ctx, r := context.Background(), firm()
	edit := r.Schema().MustRight("deal:edit")
	for _, deal := range []roster.Record{{ID: "17", Owner: "ben"}, {ID: "18", Owner: "ada"}} {
		d, err := r.Can(ctx, "ben", edit, deal)
		fmt.Println(deal.ID, d.Allowed, err)
	}
	e, err := r.Explain(ctx, "ben", edit, roster.Record{ID: "18", Owner: "ada"})
	fmt.Println(e.Source, e.Missing, err)
	// Output:
	// 17 true <nil>
	// 18 false <nil>
	// individual deal:edit with scope department or more <nil>
}

func ExampleRoster_Permissions() {
	ctx, r := context.Background(), firm()
	p, err := r.Permissions(ctx, "ben") // once for each request, for many questions
	if err != nil {
		panic(err)
	}
	fmt.Println(p.Scope(r.Schema().MustRight("deal:view")), p.Scope(r.Schema().MustRight("deal:edit")))
	// Output:
	// department own
}

func ExampleRoster_MayReceive() {
	ctx, r := context.Background(), firm()
	for _, kind := range []string{"deal", "contact"} {
		d, err := r.MayReceive(ctx, "ben", kind, "")
		fmt.Println(kind, d.Allowed, err)
	}
	// Output:
	// deal true <nil>
	// contact false <nil>
}

func ExampleRoster_Users() {
	ctx, r := context.Background(), firm()
	ada := roster.As("ada")
	for u, err := range r.Users(ctx, ada, roster.UserFilter{Department: "sales"}, "") {
		fmt.Println(u.ID, u.Status, err)
	}
	for d, err := range r.Departments(ctx, ada) {
		fmt.Println("department", d.Name, err)
	}
	for role, err := range r.Roles(ctx, ada) {
		fmt.Println("role", role.Name, err)
	}
	// Output:
	// ada active <nil>
	// ben active <nil>
	// department Sales <nil>
}

func ExampleRoster_Profile() {
	ctx, r := context.Background(), firm()
	p, err := r.Profile(ctx, roster.As("ada"), "ben")
	if err != nil {
		panic(err)
	}
	fmt.Println(p.User.Email, p.User.Status)
	for _, e := range p.Rights {
		if e.Allowed {
			fmt.Println(e.Right, e.Scope, "from", e.Source)
		}
	}
	// Output:
	// ben@example.com active
	// reports:view all from individual
	// deal:view department from individual
	// deal:edit own from individual
}

func ExampleRoster_Issue() {
	ctx, r := context.Background(), firm()
	ben := roster.As("ben")
	issued, err := r.Issue(ctx, ben, roster.TokenOrder{Kind: roster.TokenPersonal, Label: "nightly export"})
	if err != nil {
		panic(err)
	}
	fmt.Println(issued.Secret) // it doesn't print: Reveal gives it
	token, err := r.Check(ctx, issued.Secret.Reveal())
	fmt.Println(token.User, token.Label, err)

	for t, err := range r.Tokens(ctx, ben, "ben") {
		fmt.Println(t.Kind, err)
	}
	if err := r.Revoke(ctx, ben, roster.RevokeOrder{Token: issued.Token.ID}); err != nil {
		panic(err)
	}
	_, err = r.Check(ctx, issued.Secret.Reveal())
	fmt.Println(errors.Is(err, roster.ErrToken))
	fmt.Println(r.RevokeSecret(ctx, issued.Secret.Reveal())) // again: success
	// Output:
	// [secret]
	// ben nightly export <nil>
	// personal <nil>
	// true
	// <nil>
}

func ExampleRoster_Verify() {
	ctx, r := context.Background(), firm()
	anchor, err := r.Head(ctx) // keep it where the database's writers can't reach
	if err != nil {
		panic(err)
	}
	if _, err := r.Apply(ctx, roster.As("ada"), roster.Deactivate{User: "ben"}); err != nil {
		panic(err)
	}
	head, err := r.Verify(ctx, anchor)
	fmt.Println(head.Seq-anchor.Seq, err)
	// Output:
	// 1 <nil>
}

func ExampleVerifyEvents() {
	events := func(yield func(roster.Event, error) bool) {
		yield(roster.Event{Seq: 2, Verb: roster.VerbUserAdd}, nil)
	}
	_, err := roster.VerifyEvents(roster.Head{}, events)
	fmt.Println(err)
	// Output:
	// the trail does not verify: event 1: missing
}

func ExampleCheckEmail() {
	fmt.Println(roster.CheckEmail("anna@example.com"))
	fmt.Println(roster.CheckEmail("Anna <anna@example.com>"))
	fmt.Println(roster.FoldEmail("Anna@Example.com") == roster.FoldEmail("anna@example.com"))
	// Output:
	// <nil>
	// invalid input: email: not a bare e-mail address
	// true
}

func ExampleFold() {
	fmt.Println(roster.Fold("Kelvin: \u212a"), roster.Fold("ΣΊΣΥΦΟΣ") == roster.Fold("σίσυφος"))
	// Output: kelvin: k true
}

func ExampleRoster_User() {
	ctx, r := context.Background(), firm()
	ada := roster.As("ada")
	ben, err := r.User(ctx, ada, "ben")
	fmt.Println(ben.Email, err)
	ben, err = r.UserByEmail(ctx, ada, "Ben@Example.com")
	fmt.Println(ben.ID, err)
	_, err = r.UserByIdentity(ctx, ada, roster.Identity{Issuer: "https://id.example.com", Subject: "nobody"})
	fmt.Println(errors.Is(err, roster.ErrNotFound))
	// Output:
	// ben@example.com <nil>
	// ben <nil>
	// true
}

// A host that issues its own tokens writes the user's epoch into them.
func ExampleRoster_CheckEpoch() {
	ctx, r := context.Background(), firm()
	ada := roster.As("ada")
	ben, err := r.User(ctx, ada, "ben")
	if err != nil {
		panic(err)
	}
	fmt.Println(r.CheckEpoch(ctx, "ben", ben.Epoch))
	if _, err := r.Apply(ctx, ada, roster.Deactivate{User: "ben"}); err != nil {
		panic(err)
	}
	fmt.Println(errors.Is(r.CheckEpoch(ctx, "ben", ben.Epoch), roster.ErrToken))
	// Output:
	// <nil>
	// true
}
