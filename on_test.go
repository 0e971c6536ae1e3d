package roster_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// Two accounts behind one Roster.
func ExampleRoster_On() {
	ctx := context.Background()
	r, err := roster.New(new(memstore.Store), roster.CRMSchema(), roster.Config{Hasher: cheap{}})
	if err != nil {
		panic(err)
	}
	acme, globex := r.On(new(memstore.Store)), r.On(new(memstore.Store)) // db.Account("acme") of package sqlstore, say
	_, err = acme.Apply(ctx, roster.System("setup"), roster.CreateDepartment{ID: "sales", Name: "Sales"})
	fmt.Println(err)
	for name, r := range map[string]*roster.Roster{"acme": acme, "globex": globex} {
		for d, err := range r.Departments(ctx, roster.System("setup")) {
			fmt.Println(name, d.Name, err)
		}
	}
	// Output:
	// <nil>
	// acme Sales <nil>
}

// hosts is a store inside somebody else's transaction, or one that may be and isn't.
type hosts struct {
	memstore.Store
	deferred bool
}

func (h *hosts) Deferred() bool { return h.deferred }

func TestW1_AHostsTransactionIsNotObserved(t *testing.T) {
	t.Parallel()
	var seen []roster.Verb
	r, err := roster.New(new(memstore.Store), roster.CRMSchema(), roster.Config{
		Hasher: cheap{}, Observe: func(_ context.Context, e roster.Event) { seen = append(seen, e.Verb) },
	})
	is.New(t).NoErr(err)
	for _, c := range []struct {
		name  string
		store roster.Store
		want  int
		why   string
	}{
		{"another store", new(memstore.Store), 1, "its commit is the Roster's"},
		{"not deferred", &hosts{}, 1, "it says so"},
		{"deferred", &hosts{deferred: true}, 0, "nobody knows yet whether it is committed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			seen = nil
			on := r.On(c.store)
			_, err := on.Apply(t.Context(), roster.System("test"), roster.CreateDepartment{ID: "sales", Name: "Sales"})
			is.NoErr(err)
			is.Equal(len(seen), c.want) // c.why
			head, err := on.Head(t.Context())
			is.NoErr(err)
			is.Equal(head.Seq, uint64(1)) // the trail has it in any case
		})
	}
	_, err = r.Apply(t.Context(), roster.System("test"), roster.CreateDepartment{ID: "sales", Name: "Sales"})
	is.New(t).NoErr(err)
	is.New(t).Equal(len(seen), 1) // the Roster itself goes on as before
}
