package account_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/amocrm"
	"github.com/seed-8e8abc8d/roster/internal/account"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// sums are the digests of an account's files.
func sums(a *account.Account) map[string]string {
	all := map[string]string{}
	for name, body := range a.Files() {
		h := sha256.Sum256(body)
		all[name] = hex.EncodeToString(h[:])
	}
	return all
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	size := account.Size{Records: 2_000}
	first := sums(account.Make(7, size))
	if d := cmp.Diff(first, sums(account.Make(7, size))); d != "" {
		t.Errorf("the same seed gave other bytes (-want +got):\n%s", d)
	}
	other := sums(account.Make(8, size))
	is := is.New(t)
	is.Equal(len(first), len(other))                    // the same files
	is.True(first["users.json"] != other["users.json"]) // another seed, other people
}

func TestA1_GeneratedAccountIsImported(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dir := t.TempDir()
	a, err := account.Write(dir, 1, account.Size{})
	is.NoErr(err) // written
	from := func(pattern string) []amocrm.Source {
		sources, err := amocrm.Files(os.DirFS(dir), pattern)
		is.NoErr(err)             // the pattern is well-formed
		is.True(len(sources) > 0) // the files are there
		return sources
	}
	im, err := amocrm.Read(from("roles.json"), from("users.json"))
	is.NoErr(err)                    // read
	is.Equal(len(im.Departments), 6) // departments
	is.Equal(len(im.Roles), 5)       // roles
	is.Equal(len(im.Users), 40)      // users
	admins, free, inactive := 0, 0, 0
	addresses := map[string]bool{}
	for _, u := range im.Users {
		addresses[u.Email] = true
		if u.Admin {
			admins++
		}
		if u.Free {
			free++
		}
		if u.Status == roster.StatusInactive {
			inactive++
		}
	}
	is.Equal([]int{admins, free, inactive, len(addresses)}, []int{2, 1, 1, 40}) // administrators, free, inactive, addresses

	counts := map[string]int{}
	leaver := map[string]int{}
	for _, e := range []amocrm.Entity{amocrm.Leads, amocrm.Contacts, amocrm.Companies, amocrm.Tasks} {
		for rec, err := range im.Records(e, from(string(e)+"-*.json")...) {
			is.NoErr(err) // every record is good
			counts[e.Kind()]++
			if rec.Owner == im.Users[2].ID {
				leaver[e.Kind()]++
			}
		}
	}
	if d := cmp.Diff(map[string]int{"deal": 6_000, "contact": 7_000, "company": 2_400, "task": 4_600}, counts); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	is.Equal(len(leaver), 4)                                 // the leaver has records of every kind
	is.True(!strings.Contains(im.Findings.String(), "page")) // no page is missing
	for _, d := range im.Dangling() {
		is.Equal(d.Owner, roster.UserID("8103517")) // the one who is gone
		is.True(d.Count > 0)
	}
	is.Equal(len(im.Dangling()), 4) // in every kind
	is.Equal(a.Gone, int64(8103517))
}

func TestReadIntegrations(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for name, body := range account.Make(1, account.Size{Records: 10}).Files() {
		if name != "integrations.json" {
			continue
		}
		all, err := account.ReadIntegrations(bytes.NewReader(body))
		is.NoErr(err)         // reads what it wrote
		is.Equal(len(all), 6) // all of them
	}
	_, err := account.ReadIntegrations(strings.NewReader(`{"integrations":[{"id":1}]}`))
	is.True(err != nil) // an id of another type is refused
}

// TestA1_GeneratedAccountIsApplied brings a small account into a Roster, as the examples do, and asks
// whether the leaver's colleagues could take the work over.
func TestA1_GeneratedAccountIsApplied(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dir := t.TempDir()
	a, err := account.Write(dir, 3, account.Size{Records: 400})
	is.NoErr(err) // written
	from := func(pattern string) []amocrm.Source {
		sources, err := amocrm.Files(os.DirFS(dir), pattern)
		is.NoErr(err) // the pattern is well-formed
		return sources
	}
	im, err := amocrm.Read(from("roles.json"), from("users.json"))
	is.NoErr(err) // read
	for _, err := range im.Records(amocrm.Leads, from("leads-*.json")...) {
		is.NoErr(err) // good
	}
	for i := range im.Users {
		if im.Users[i].Status == roster.StatusInvited {
			im.Users[i].Status = roster.StatusActive // as if all had followed the invitation
		}
	}
	ctx, host := t.Context(), roster.System("import")
	r, err := roster.New(&memstore.Store{}, roster.CRMSchema(), roster.Config{})
	is.NoErr(err) // made
	changes, err := im.Prepare(ctx, r, host)
	is.NoErr(err) // prepared
	_, err = r.Apply(ctx, host, changes...)
	is.NoErr(err) // applied

	leaver, err := r.Profile(ctx, host, roster.UserID(strconv.FormatInt(a.Leaver, 10)))
	is.NoErr(err)                                      // the leaver is there
	is.Equal(leaver.User.Status, roster.StatusActive)  // and active
	is.Equal(leaver.Role.Name, "Менеджер по продажам") // a manager
	colleagues := 0
	for u, err := range r.Users(ctx, host, roster.UserFilter{Role: leaver.Role.ID, Status: roster.StatusActive}, "") {
		is.NoErr(err) // listed
		if u.ID == leaver.User.ID {
			continue
		}
		colleagues++
		for _, part := range im.Parts["deal"] {
			d, err := r.MayReceive(ctx, u.ID, "deal", part.Name, "view", "edit")
			is.NoErr(err)      // asked
			is.True(d.Allowed) // every stage's deals
		}
	}
	is.True(colleagues >= 3) // enough to split the work among
}
