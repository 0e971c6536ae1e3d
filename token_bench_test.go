package roster_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// bearers is a company of users with a personal token each, and the floor of a check beside it: the
// same tokens and users, found by two maps.
type bearers struct {
	*roster.Roster
	secrets []string
	texts   [][]byte // the secrets, ready to be hashed
	tokens  map[roster.TokenHash]*roster.Token
	users   map[roster.UserID]*roster.User
}

// newBearers makes n users with a token each, used already, so that checks have nothing to note.
func newBearers(tb testing.TB, n int) *bearers {
	tb.Helper()
	store := new(memstore.Store)
	r, err := roster.New(store, roster.CRMSchema(), roster.Config{Hasher: cheap{}})
	if err != nil {
		tb.Fatal(err)
	}
	b := &bearers{Roster: r, tokens: make(map[roster.TokenHash]*roster.Token, n), users: make(map[roster.UserID]*roster.User, n)}
	changes := []roster.Change{roster.CreateDepartment{ID: "d", Name: "D"}}
	for i := range n {
		id := roster.UserID(fmt.Sprintf("user-%06d", i))
		changes = append(changes, roster.ImportUser{User: roster.User{
			ID: id, FirstName: "F", LastName: "L", Email: string(id) + "@example.com", Department: "d", Status: roster.StatusActive,
		}, Hash: "$cheap$" + password})
	}
	ctx := context.Background()
	if _, err := r.Apply(ctx, roster.System("bench"), changes...); err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		id := roster.UserID(fmt.Sprintf("user-%06d", i))
		s, err := r.Issue(ctx, roster.As(id), roster.TokenOrder{Kind: roster.TokenPersonal})
		if err != nil {
			tb.Fatal(err)
		}
		text := s.Secret.Reveal()
		if _, err := r.Check(ctx, text); err != nil {
			tb.Fatal(err)
		}
		b.secrets, b.texts = append(b.secrets, text), append(b.texts, []byte(text))
		b.tokens[s.Token.Hash], b.users[id] = &s.Token, &roster.User{ID: id, Status: roster.StatusActive, Epoch: s.Token.Epoch}
	}
	return b
}

// check checks n tokens in turn.
func (b *bearers) check(n int) {
	ctx := context.Background()
	for i := range n {
		if _, err := b.Check(ctx, b.secrets[i%len(b.secrets)]); err != nil {
			panic(err)
		}
	}
}

// floor does what no check can leave out: one SHA-256, two look-ups, one reading of the clock.
func (b *bearers) floor(n int) {
	for i := range n {
		t := b.tokens[sha256.Sum256(b.texts[i%len(b.texts)])]
		u := b.users[t.User]
		if u.Epoch != t.Epoch || u.Status != roster.StatusActive || !time.Now().Before(t.Expires) {
			panic("refused")
		}
	}
}

func BenchmarkCheckToken(b *testing.B) {
	for _, users := range []int{1_000, 20_000} {
		s := newBearers(b, users)
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			b.ReportAllocs()
			s.check(b.N)
		})
		b.Run(fmt.Sprintf("users=%d/floor", users), func(b *testing.B) {
			b.ReportAllocs()
			s.floor(b.N)
		})
	}
}

func BenchmarkSignIn(b *testing.B) {
	s := newBearers(b, 1_000)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		email := fmt.Sprintf("user-%06d@example.com", i%1_000)
		if _, err := s.SignIn(b.Context(), email, password); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	s := newBearers(b, 1_000)
	b.ReportAllocs()
	b.ResetTimer()
	for events := uint64(0); events < uint64(b.N); {
		head, err := s.Verify(b.Context(), roster.Head{})
		if err != nil {
			b.Fatal(err)
		}
		events += head.Seq // so that ns/op is for one event
	}
}
