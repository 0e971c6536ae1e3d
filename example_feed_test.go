package roster_test

import (
	"context"
	"fmt"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// webhooks is a host's process that tells others who may no longer act. A database would keep handled together
// with what was sent.
type webhooks struct {
	handled uint64        // the number of the last event dealt with
	wake    chan struct{} // holds one call to look
}

// observe wakes the feed. It is Config.Observe, and leaves the work to another goroutine.
func (w *webhooks) observe(context.Context, roster.Event) {
	select {
	case w.wake <- struct{}{}:
	default: // there is one already
	}
}

// catchUp deals with every event since the last one dealt with.
func (w *webhooks) catchUp(ctx context.Context, r *roster.Roster) error {
	for e, err := range r.Events(ctx, roster.System("webhooks"), roster.EventFilter{}, w.handled) {
		if err != nil {
			return err // handled stays: the next round begins there
		}
		if e.Outcome == roster.OutcomeDone && (e.Verb == roster.VerbUserDeactivate || e.Verb == roster.VerbRunFence) {
			fmt.Println("tell others:", e.User, "may no longer act")
		}
		w.handled = e.Seq
	}
	return nil
}

// A feed drives caches and webhooks from the trail. Observe only wakes it: what happens while the process is
// down, or between a commit and a crash, is found by its number.
func ExampleRoster_Events_feed() {
	ctx, store := context.Background(), new(memstore.Store)
	start := func(handled uint64) (*roster.Roster, *webhooks) {
		w := &webhooks{handled: handled, wake: make(chan struct{}, 1)}
		r, err := roster.New(store, roster.CRMSchema(), roster.Config{Observe: w.observe})
		if err != nil {
			panic(err)
		}
		return r, w
	}
	r, w := start(0)
	hired := func(id roster.UserID) roster.Change {
		return roster.ImportUser{User: roster.User{ID: id, FirstName: string(id), Department: "sales", Status: roster.StatusActive}}
	}
	host := roster.System("example")
	_, err := r.Apply(ctx, host, roster.CreateDepartment{ID: "sales", Name: "Sales"}, hired("ann"), hired("ben"), hired("cleo"))
	fmt.Println(err)
	_, err = r.Apply(ctx, host, roster.Deactivate{User: "ann"})
	<-w.wake // a goroutine would wait here, in a loop
	fmt.Println(err, w.catchUp(ctx, r))

	_, err = r.Apply(ctx, host, roster.Deactivate{User: "ben"})
	fmt.Println("a crash before the feed was woken:", err)

	r, w = start(w.handled) // in the new process, from the number that was kept
	fmt.Println(w.catchUp(ctx, r))
	_, err = r.Apply(ctx, host, roster.Deactivate{User: "cleo"})
	<-w.wake
	fmt.Println(err, w.catchUp(ctx, r))
	// Output:
	// <nil>
	// tell others: ann may no longer act
	// <nil> <nil>
	// a crash before the feed was woken: <nil>
	// tell others: ben may no longer act
	// <nil>
	// tell others: cleo may no longer act
	// <nil> <nil>
}

func ExampleRoster_Latest() {
	ctx, r := context.Background(), firm()
	for _, name := range []string{"Ada", "Ada B.", "Augusta"} {
		if _, err := r.Apply(ctx, roster.As("ada"), roster.EditUser{User: "ada", FirstName: &name}); err != nil {
			panic(err)
		}
	}
	shown := 0
	for e, err := range r.Latest(ctx, roster.System("page"), roster.EventFilter{Actor: "ada"}, 0) {
		fmt.Println(e.Seq, e.Verb, err)
		if shown++; shown == 2 { // a page; the next one is before e.Seq
			break
		}
	}
	// Output:
	// 7 user.edit <nil>
	// 6 user.edit <nil>
}
