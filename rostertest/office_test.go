package rostertest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// ended is a test that keeps what ended it.
type ended struct {
	testing.TB
	why string
}

func (e *ended) Helper() {}

func (e *ended) Fatal(args ...any) { e.why = fmt.Sprint(args...); panic(e) }

func (e *ended) Fatalf(format string, args ...any) { e.Fatal(fmt.Sprintf(format, args...)) }

// ends runs f with a test that it has to end, and tells why it ended.
func ends(t *testing.T, f func(testing.TB)) string {
	t.Helper()
	e := &ended{TB: t}
	func() {
		defer func() {
			if p := recover(); p != nil && p != e {
				panic(p)
			}
		}()
		f(e)
		t.Error("the test goes on")
	}()
	return e.why
}

// office is one with a department more.
func office(t *testing.T) *rostertest.Office {
	t.Helper()
	o := rostertest.New(t, roster.CRMSchema())
	o.Must(t, roster.CreateDepartment{ID: "support", Name: "Support"}, roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{"deal:view": roster.All}})
	return o
}

func TestJ9_TheOfficeHasAnAdministrator(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := office(t)
	d, err := o.Can(t.Context(), o.Admin.User(), o.Schema().MustRight("users:delete"), roster.Record{})
	is.NoErr(err)
	is.True(d.Allowed) // an administrator holds every right
	_, err = o.SignIn(t.Context(), "admin@example.com", rostertest.Password)
	is.NoErr(err) // and signs in
}

func TestJ3_AddActivates(t *testing.T) {
	t.Parallel()
	identity := roster.Identity{Issuer: "https://id.example.com", Subject: "17"}
	for _, tc := range []struct {
		name string
		add  roster.AddUser
		want roster.User
		why  string
	}{
		{"an id alone", roster.AddUser{ID: "ben"}, roster.User{FirstName: "First", LastName: "Last", Email: "ben@example.com", Department: "office"}, "what is empty is made up"},
		{"with a role", roster.AddUser{ID: "ben", Role: "seller"}, roster.User{FirstName: "First", LastName: "Last", Email: "ben@example.com", Department: "office", Role: "seller"}, "the role is kept"},
		{
			"complete", roster.AddUser{
				ID: "ben", FirstName: "Ben", LastName: "Nevis", Email: "Ben@Example.org", Password: "a password of his own",
				Department: "support", Rights: roster.Rights{"deal:view": roster.Own}, Free: true,
			}, roster.User{
				FirstName: "Ben", LastName: "Nevis", Email: "Ben@Example.org",
				Department: "support", Rights: roster.Rights{"deal:view": roster.Own}, Free: true,
			}, "what is given stays",
		},
		{"with an identity", roster.AddUser{ID: "ben", Identity: identity}, roster.User{FirstName: "First", LastName: "Last", Email: "ben@example.com", Department: "office", Identity: identity}, "the issuer activates"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			o := office(t)
			id := o.Add(t, tc.add)
			is.Equal(id, roster.UserID("ben"))
			p, err := o.Profile(t.Context(), o.Admin, id)
			is.NoErr(err)
			got := p.User
			is.Equal(got.Status, roster.StatusActive) // ready to work
			got = roster.User{FirstName: got.FirstName, LastName: got.LastName, Email: got.Email, Department: got.Department, Role: got.Role, Rights: got.Rights, Identity: got.Identity, Free: got.Free}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.why, diff)
			}
			if tc.add.Identity != identity {
				password := tc.add.Password
				if password == "" {
					password = rostertest.Password
				}
				_, err = o.SignIn(t.Context(), tc.want.Email, password)
				is.NoErr(err) // with the password given, or the known one
			}
		})
	}
}

// TestJ3_WhoWasAddedSetTheirOwnPassword shows that the password which Add leaves isn't the administrator's.
func TestJ3_WhoWasAddedSetTheirOwnPassword(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := office(t)
	o.Must(t, roster.GrantAdministrator{User: o.Add(t, roster.AddUser{ID: "ada"})})
	o.Add(t, roster.AddUser{ID: "ben"})
	_, err := o.Apply(t.Context(), roster.As("ada"), roster.Deactivate{User: "admin", Reason: "gone"})
	is.NoErr(err)
	_, err = o.SignIn(t.Context(), "ben@example.com", rostertest.Password)
	is.NoErr(err) // ben set it himself, by the letter
}

func TestClock(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var c rostertest.Clock
	start := c.Now()
	is.Equal(start.Format(time.RFC1123), "Mon, 02 Nov 2026 09:00:00 UTC")
	is.Equal(c.Now(), start) // it stands
	c.Advance(90 * time.Minute)
	is.Equal(c.Now().Sub(start), 90*time.Minute)
	c.Advance(-2 * time.Hour)
	is.Equal(c.Now().Sub(start), -30*time.Minute) // back, as clocks do
}

func TestHasher(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	hash, err := rostertest.Hasher{}.Hash("open sesame")
	is.NoErr(err)
	for password, want := range map[string]bool{"open sesame": true, "open sesam": false, "": false} {
		ok, upgrade, err := rostertest.Hasher{}.Verify(hash, password)
		is.NoErr(err)
		is.Equal(ok, want)       // the password and no other
		is.Equal(upgrade, false) // never to be made again
	}
	_, _, err = rostertest.Hasher{}.Verify("$argon2id$…", "open sesame")
	is.True(err != nil) // another's hash
}

func TestLettersAreKeptByAddress(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := office(t)
	o.Add(t, roster.AddUser{ID: "ben"})
	o.Add(t, roster.AddUser{ID: "eva"})
	is.NoErr(o.RequestReset(t.Context(), "ben@example.com"))
	is.Equal(o.Letters.Last(t, "ben@example.com").Kind, roster.LetterActivation) // nothing is sent before Deliver
	_, err := o.Deliver(t.Context(), 0)
	is.NoErr(err)
	is.Equal(o.Letters.Last(t, "Ben@Example.com").Kind, roster.LetterReset) // the last one, in whatever case
	is.Equal(o.Letters.Last(t, "eva@example.com").Kind, roster.LetterActivation)
	is.NoErr(o.ResetPassword(t.Context(), o.Letters.Secret(t, "ben@example.com"), "another long password"))
	var to []string
	for _, m := range o.Letters.Sent() {
		to = append(to, m.To)
	}
	if diff := cmp.Diff([]string{"ben@example.com", "eva@example.com", "ben@example.com"}, to); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
}

// TestOfficeEndsTests lists what ends a test, and what is said then.
func TestOfficeEndsTests(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		do   func(testing.TB, *rostertest.Office)
		want []string // in the message
	}{
		{"a change that is refused", func(t testing.TB, o *rostertest.Office) { o.Must(t, roster.Deactivate{User: "admin"}) }, []string{roster.ErrSelf.Error()}},
		{"a user without an id", func(t testing.TB, o *rostertest.Office) { o.Add(t, roster.AddUser{}) }, []string{"needs an id"}},
		{"a user in no department", func(t testing.TB, o *rostertest.Office) { o.Add(t, roster.AddUser{ID: "ben", Department: "sails"}) }, []string{"department", "unknown"}},
		{"no letter", func(t testing.TB, o *rostertest.Office) {
			o.Add(t, roster.AddUser{ID: "ben"})
			o.Letters.Secret(t, "eva@example.com")
		}, []string{"no letter to eva@example.com", "ben@example.com", "Deliver"}},
		{"no letter at all", func(t testing.TB, o *rostertest.Office) { o.Letters.Last(t, "eva@example.com") }, []string{"no letter to eva@example.com"}},
		{"a clock of the host's", func(t testing.TB, _ *rostertest.Office) {
			rostertest.NewOn(t, new(memstore.Store), roster.CRMSchema(), roster.Config{Now: time.Now})
		}, []string{"roster.New"}},
		{"no schema", func(t testing.TB, _ *rostertest.Office) { rostertest.New(t, nil) }, []string{"schema"}},
		{"a store that isn't empty", func(t testing.TB, _ *rostertest.Office) {
			store := new(memstore.Store)
			rostertest.NewOn(t, store, roster.CRMSchema(), roster.Config{})
			rostertest.NewOn(t, store, roster.CRMSchema(), roster.Config{})
		}, []string{"an empty store is needed"}},
		{"a store that fails", func(t testing.TB, _ *rostertest.Office) {
			rostertest.NewOn(t, failing{}, roster.CRMSchema(), roster.Config{})
		}, []string{errDown.Error()}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := office(t)
			why := ends(t, func(t testing.TB) { tc.do(t, o) })
			for _, part := range append(tc.want, "rostertest: ") {
				if !strings.Contains(why, part) {
					t.Errorf("the test ends with %q; want %q in it", why, part)
				}
			}
		})
	}
}

var errDown = errors.New("the database is down")

// failing is a store that is down.
type failing struct{}

func (failing) View(context.Context, func(roster.Tx) error) error { return errDown }

func (failing) Update(context.Context, func(roster.Tx) error) error { return errDown }

// TestOfficeIsSharedBySubtests adds many at once: the letters of one go out in another's Deliver.
func TestOfficeIsSharedBySubtests(t *testing.T) {
	t.Parallel()
	o := office(t)
	for i := range 40 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			id := o.Add(t, roster.AddUser{ID: roster.UserID(fmt.Sprint("u", i))})
			is := is.New(t)
			_, err := o.SignIn(t.Context(), string(id)+"@example.com", rostertest.Password)
			is.NoErr(err) // everybody is active
		})
	}
}
