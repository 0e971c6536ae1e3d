package sqltest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

// RoundTrips counts the statements of what is done often, and of the fence.
func RoundTrips(t *testing.T, e Engine) {
	t.Helper()
	db, sent := e.Recorded(t)
	schema, err := roster.NewSchema([]roster.Kind{{Name: "deal", Title: "Deals", Actions: []roster.Action{{Name: "view"}, {Name: "edit"}}}}, nil)
	must(t, err)
	store := db.Account("acme")
	o := rostertest.NewOn(t, store, schema, roster.Config{})
	all := roster.Rights{"deal:view": roster.All, "deal:edit": roster.All}
	for _, id := range []roster.UserID{"anna", "leo", "mia", "eva"} {
		o.Add(t, roster.AddUser{ID: id, Rights: all})
	}
	session, err := o.SignIn(t.Context(), "anna@example.com", rostertest.Password)
	must(t, err)
	secret := session.Secret.Reveal()
	_, err = o.Check(t.Context(), secret) // notes when it was used
	must(t, err)
	view := schema.MustRight("deal:view")
	for _, c := range []struct {
		what string
		do   func() error
		want int
	}{
		{"a check of a token", func() error { _, err := o.Check(t.Context(), secret); return err }, 1},
		{"permissions", func() error { _, err := o.Permissions(t.Context(), "anna"); return err }, 1},
		{"whether a user may", func() error {
			_, err := o.Can(t.Context(), "anna", view, roster.Record{ID: "1", Owner: "anna"})
			return err
		}, 1},
		{"whether a user may, with the owner's department to look up", func() error {
			_, err := o.Can(t.Context(), "anna", view, roster.Record{ID: "1", Owner: "leo"})
			return err
		}, 2},
		{"whether work may be assigned", func() error { _, err := o.MayReceive(t.Context(), "anna", "deal", ""); return err }, 1},
	} {
		sent.Take()
		must(t, c.do())
		if got := sent.Take(); len(got) != c.want {
			t.Errorf("%s: %d round trips; want %d: %v", c.what, len(got), c.want, queries(got))
		}
	}
	workTrips(t, o, store, sent)
	few, many := fenceTrips(t, o, store, sent, "leo", 1), fenceTrips(t, o, store, sent, "mia", 50*e.Rounds)
	same(t, "a fence's statements, with one record and token and with thousands", few, many)
	colleagues(t, o, sent)
	sent.Take()
	o.Must(t, roster.EditUser{User: "anna", FirstName: new("Hanna")})
	change := sent.Take()
	if len(change) > 8 {
		t.Errorf("a change of a name: %d statements; want BEGIN, the lock, the actor, the user, the user's new row, the trail's head, the event and COMMIT at most:\n%s",
			len(change), strings.Join(queries(change), "\n"))
	}
	t.Logf("a change of a name: %d statements; a fence: %d", len(change), len(few))
}

// workTrips counts what docs/scaling.md says of a run's statements: of one step, in one chunk and two, but for the host's own.
func workTrips(t *testing.T, o *rostertest.Office, store roster.Store, sent *Recorder) {
	t.Helper()
	for _, c := range []struct{ records, want int }{{1_010, 6 + 9 + 2 + 10}, {2_500, 6 + 2*9 + 2 + 10}} {
		leaver := roster.UserID(fmt.Sprint("leaver-", c.records))
		o.Add(t, roster.AddUser{ID: leaver})
		records := new(memstore.Records)
		for i := range c.records {
			must(t, records.Put(memstore.Record{ID: fmt.Sprint(i), Owner: leaver}))
		}
		desk, err := offboard.New(o.Roster, offboard.Kind{Name: "deal", Holdings: records})
		must(t, err)
		plan, err := desk.Assess(t.Context(), o.Admin, roster.Request{Leaver: leaver, Rules: []roster.Rule{{Do: roster.GiveTo, To: []roster.UserID{"eva"}}}})
		must(t, err)
		run, err := desk.Start(t.Context(), o.Admin, plan.Request, plan.Digest)
		must(t, err)
		sent.Take()
		_, err = desk.Work(t.Context(), run.ID, nil)
		must(t, err)
		if got := queries(sent.Take()); len(got) != c.want {
			t.Errorf("a run of %d records: %d statements; want %d:\n%s", c.records, len(got), c.want, strings.Join(got, "\n"))
		}
	}
}

// fenceTrips are the statements with which a desk starts the deletion of a user who has so many records and tokens.
func fenceTrips(t *testing.T, o *rostertest.Office, store roster.Store, sent *Recorder, leaver roster.UserID, many int) (list []string) {
	t.Helper()
	records := new(memstore.Records)
	must(t, store.Update(t.Context(), func(tx roster.Tx) (err error) {
		for i := range many {
			id := fmt.Sprint(leaver, i)
			err = errors.Join(err, tx.PutToken(roster.Token{ID: roster.TokenID(id), Hash: sha256.Sum256([]byte(id)), User: leaver, Kind: roster.TokenSession, Epoch: 1, Issued: o.Clock.Now(), Expires: o.Clock.Now().Add(time.Hour)}))
		}
		return err
	}))
	for i := range many {
		must(t, records.Put(memstore.Record{ID: fmt.Sprint(i), Owner: leaver, Open: true}))
	}
	desk, err := offboard.New(o.Roster, offboard.Kind{Name: "deal", Holdings: records})
	must(t, err)
	plan, err := desk.Assess(t.Context(), o.Admin, roster.Request{Leaver: leaver, Rules: []roster.Rule{{Do: roster.GiveTo, To: []roster.UserID{"eva"}}}})
	must(t, err)
	sent.Take()
	_, err = desk.Start(t.Context(), o.Admin, plan.Request, plan.Digest)
	must(t, err)
	list = queries(sent.Take())
	writing := 0
	for _, q := range list {
		if q == "BEGIN" {
			writing++
		}
	}
	if writing != 1 {
		t.Errorf("a fence has %d transactions that write; want one", writing)
	}
	return list
}

// colleagues wants an assessment, which looks at the rights of everybody in the leaver's department, to send as many
// statements for thirty who hold one role as for one.
func colleagues(t *testing.T, o *rostertest.Office, sent *Recorder) {
	t.Helper()
	desk, err := offboard.New(o.Roster, offboard.Kind{Name: "deal", Holdings: new(memstore.Records)})
	must(t, err)
	o.Must(t, roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{"deal:view": roster.All}})
	assess := func() []string {
		sent.Take()
		_, err := desk.Assess(t.Context(), o.Admin, roster.Request{Leaver: "anna"})
		must(t, err)
		return queries(sent.Take())
	}
	o.Add(t, roster.AddUser{ID: "seller-0", Role: "seller"})
	one := assess()
	for i := range 29 {
		o.Add(t, roster.AddUser{ID: roster.UserID(fmt.Sprint("seller-", i+1)), Role: "seller"})
	}
	same(t, "an assessment's statements, with one colleague and with thirty", one, assess())
}

// queries are statements without their arguments.
func queries(sent []Statement) (list []string) {
	for _, s := range sent {
		list = append(list, s.Query)
	}
	return list
}
