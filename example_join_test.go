package roster_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// mailbox is a Sender that keeps the last letter, as a person's mailbox does.
type mailbox struct{ last roster.Message }

func (m *mailbox) Send(_ context.Context, letter roster.Message) error {
	m.last = letter
	return nil
}

// hired is a company with one invited user, eva, to whom a letter is due.
func hired() (*roster.Roster, *mailbox) {
	box := new(mailbox)
	clock := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	r, err := roster.New(new(memstore.Store), roster.CRMSchema(), roster.Config{
		Now: func() time.Time { return clock }, Hasher: cheap{}, Sender: box,
	})
	if err != nil {
		panic(err)
	}
	if _, err := r.Apply(context.Background(), roster.System("example"),
		roster.CreateDepartment{ID: "sales", Name: "Sales"},
		roster.AddUser{
			ID: "eva", FirstName: "Eva", LastName: "Green", Email: "eva@example.com",
			Password: "set by somebody else", Department: "sales", NoRights: true,
		},
	); err != nil {
		panic(err)
	}
	return r, box
}

// A new user gets a letter, activates with its secret and a password of their own, and signs in.
func ExampleRoster_Activate() {
	ctx := context.Background()
	r, box := hired()
	sent, err := r.Deliver(ctx, 0)
	fmt.Println(sent.Sent, box.last.To, box.last.Kind, err)

	_, err = r.SignIn(ctx, "eva@example.com", "a password of my own")
	fmt.Println(errors.Is(err, roster.ErrSignIn)) // not before activating
	fmt.Println(r.Activate(ctx, box.last.Secret.Reveal(), "a password of my own"))
	session, err := r.SignIn(ctx, "Eva@Example.com", "a password of my own")
	fmt.Println(session.Token.User, session.Token.Kind, err)
	// Output:
	// 1 eva@example.com activation <nil>
	// true
	// <nil>
	// eva session <nil>
}

// Whoever forgot a password gets a letter; the new password ends every session.
func ExampleRoster_ResetPassword() {
	ctx := context.Background()
	r, box := hired()
	if _, err := r.Deliver(ctx, 0); err != nil {
		panic(err)
	}
	if err := r.Activate(ctx, box.last.Secret.Reveal(), "a password of my own"); err != nil {
		panic(err)
	}
	session, err := r.SignIn(ctx, "eva@example.com", "a password of my own")
	if err != nil {
		panic(err)
	}

	fmt.Println(r.RequestReset(ctx, "eva@example.com"))
	fmt.Println(r.RequestReset(ctx, "nobody@example.com")) // alike, whoever asks
	if _, err := r.Deliver(ctx, 0); err != nil {
		panic(err)
	}
	fmt.Println(box.last.Kind, r.ResetPassword(ctx, box.last.Secret.Reveal(), "another one, and longer"))
	_, err = r.Check(ctx, session.Secret.Reveal())
	fmt.Println(errors.Is(err, roster.ErrToken))
	fmt.Println(r.ChangePassword(ctx, roster.As("eva"), "another one, and longer", "a third one, for good"))
	// Output:
	// <nil>
	// <nil>
	// reset <nil>
	// true
	// <nil>
}

// A host with its own sign-in tells whom it has verified.
func ExampleRoster_SignInIdentity() {
	ctx, r := context.Background(), firm()
	eva := roster.Identity{Issuer: "https://id.example.com", Subject: "eva-17"}
	if _, err := r.Apply(ctx, roster.As("ada"), roster.AddUser{
		ID: "eva", FirstName: "Eva", LastName: "Green", Email: "eva@example.com",
		Identity: eva, Department: "sales", NoRights: true,
	}); err != nil {
		panic(err)
	}
	session, err := r.SignInIdentity(ctx, roster.System("single sign-on"), eva)
	fmt.Println(session.Token.User, session.Token.Kind, err)
	// Output:
	// eva session <nil>
}

func ExampleRoster_Rotate() {
	ctx, r := context.Background(), firm()
	first, err := r.Issue(ctx, roster.As("ben"), roster.TokenOrder{Kind: roster.TokenRefresh, Integration: "telephony"})
	if err != nil {
		panic(err)
	}
	second, err := r.Rotate(ctx, first.Secret.Reveal())
	fmt.Println(second.Token.Kind, second.Access.Token.Kind, err)

	_, err = r.Rotate(ctx, first.Secret.Reveal()) // a copy: the whole family ends
	fmt.Println(errors.Is(err, roster.ErrToken))
	_, err = r.Check(ctx, second.Access.Secret.Reveal())
	fmt.Println(errors.Is(err, roster.ErrToken))
	// Output:
	// refresh access <nil>
	// true
	// true
}

func ExampleRoster_Events() {
	ctx, r := context.Background(), firm()
	_, err := r.Apply(ctx, roster.As("ben"), roster.Deactivate{User: "ada", Reason: "wants her chair"})
	fmt.Println(errors.Is(err, roster.ErrDenied))
	for e, err := range r.Events(ctx, roster.As("ada"), roster.EventFilter{Actor: "ben"}, 0) {
		fmt.Println(e.Verb, e.User, e.Outcome, e.Reason, err)
	}
	// Output:
	// true
	// user.deactivate ada refused right-missing <nil>
}

func ExampleRoster_Tidy() {
	ctx, r := context.Background(), firm()
	for {
		more, err := r.Tidy(ctx, 0)
		if err != nil {
			panic(err)
		}
		if !more {
			break
		}
	}
	fmt.Println("tidy")
	// Output:
	// tidy
}
