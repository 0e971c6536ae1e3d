package roster_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// given yields events as a trail.
func given(events []roster.Event) func(func(roster.Event, error) bool) {
	return func(yield func(roster.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// tampered is a store whose trail somebody changed.
type tampered struct {
	roster.Store
	events []roster.Event
	head   roster.Head
}

func (s tampered) View(ctx context.Context, f func(roster.Tx) error) error {
	return s.Store.View(ctx, func(tx roster.Tx) error { return f(tamperedTx{tx, s}) })
}

type tamperedTx struct {
	roster.Tx
	s tampered
}

func (t tamperedTx) Head() (roster.Head, error) { return t.s.head, nil }

func (t tamperedTx) ListEvents(_ roster.EventFilter, after uint64, limit int) ([]roster.Event, error) {
	i := slices.IndexFunc(t.s.events, func(e roster.Event) bool { return e.Seq > after })
	if i < 0 {
		return nil, nil
	}
	return t.s.events[i:min(len(t.s.events), i+limit)], nil
}

// tampering is something that was done to a trail of 20 events, the tenth of which is anchored.
type tampering struct {
	name string
	do   func(events []roster.Event) []roster.Event
	want roster.TamperError // the zero one: nothing to find
	why  string
}

func tamperings() []tampering {
	change := func(f func(e *roster.Event)) func([]roster.Event) []roster.Event {
		return func(events []roster.Event) []roster.Event {
			f(&events[4])
			return events
		}
	}
	at := func(seq uint64, reason string) roster.TamperError {
		return roster.TamperError{Seq: seq, Reason: reason}
	}
	return []tampering{
		{"nothing", func(e []roster.Event) []roster.Event { return e }, at(0, ""), "as it was written"},
		{"time", change(func(e *roster.Event) { e.Time = e.Time.Add(time.Microsecond) }), at(5, "changed"), "every field is in the hash"},
		{"actor", change(func(e *roster.Event) { e.Actor = "eve" }), at(5, "changed"), "every field is in the hash"},
		{"system", change(func(e *roster.Event) { e.System = "cron" }), at(5, "changed"), "every field is in the hash"},
		{"verb", change(func(e *roster.Event) { e.Verb = "user.add" }), at(5, "changed"), "every field is in the hash"},
		{"user", change(func(e *roster.Event) { e.User = "" }), at(5, "changed"), "every field is in the hash"},
		{"object", change(func(e *roster.Event) { e.Object += "x" }), at(5, "changed"), "every field is in the hash"},
		{"outcome", change(func(e *roster.Event) { e.Outcome++ }), at(5, "changed"), "every field is in the hash"},
		{"reason", change(func(e *roster.Event) { e.Reason += "x" }), at(5, "changed"), "every field is in the hash"},
		{"fields", change(func(e *roster.Event) { e.Fields = append(e.Fields, "email") }), at(5, "changed"), "every field is in the hash"},
		{"count", change(func(e *roster.Event) { e.Count++ }), at(5, "changed"), "every field is in the hash"},
		{"hash", change(func(e *roster.Event) { e.Hash[0]++ }), at(5, "changed"), "the hash itself"},
		{"written anew alone", func(e []roster.Event) []roster.Event {
			e[4].Verb = roster.VerbUserEdit
			e[4].Hash = roster.LinkForTest(e[4], e[3].Hash)
			return e
		}, at(6, "changed"), "good in itself, but the next one stands on what it was"},
		{"text moved", change(func(e *roster.Event) { e.System, e.Verb = e.System[:1], roster.Verb(e.System[1:])+e.Verb }), at(5, "changed"), "lengths are in the hash"},
		{"removed", func(e []roster.Event) []roster.Event { return slices.Delete(e, 4, 5) }, at(5, "missing"), "numbers have no gaps"},
		{"removed and renumbered", func(e []roster.Event) []roster.Event {
			e = slices.Delete(e, 4, 5)
			for i := range e {
				e[i].Seq = uint64(i + 1)
			}
			return e
		}, at(5, "changed"), "the number and what came before are in the hash"},
		{"first removed", func(e []roster.Event) []roster.Event { return e[1:] }, at(1, "missing"), "the trail begins at 1"},
		{"exchanged", func(e []roster.Event) []roster.Event {
			e[4], e[5] = e[5], e[4]
			e[4].Seq, e[5].Seq = 5, 6
			return e
		}, at(5, "changed"), "what came before is in the hash"},
		{"cut", func(e []roster.Event) []roster.Event { return e[:9] }, at(10, "cut"), "the anchor knows a later one"},
		{"emptied", func(e []roster.Event) []roster.Event { return nil }, at(1, "cut"), "the anchor knows a later one"},
		{"cut after the anchor", func(e []roster.Event) []roster.Event { return e[:12] }, at(0, ""), "a later anchor would find it"},
		{"written anew", func(e []roster.Event) []roster.Event { return anew(e) }, at(10, "rewritten"), "a good chain, but not the one that was anchored"},
	}
}

// anew chains the same number of other events, as somebody with the store in hand could.
func anew(events []roster.Event) []roster.Event {
	var prev roster.Hash
	for i := range events {
		events[i].Verb = roster.VerbUserEdit
		events[i].Hash = roster.LinkForTest(events[i], prev)
		prev = events[i].Hash
	}
	return events
}

// busy is a trail of n events at least.
func (o *office) busy(n int) []roster.Event {
	o.t.Helper()
	for have := len(o.events()); have < n; have++ {
		o.system(roster.CreateDepartment{ID: roster.DepartmentID(fmt.Sprintf("d%04d", have)), Name: "D"})
	}
	return o.events()
}

func TestW1_TamperingIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	events := o.busy(20)[:20]
	anchor := roster.Head{Seq: 10, Hash: events[9].Hash}
	for _, c := range tamperings() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			altered := c.do(slices.Clone(events))
			var head roster.Head
			if n := len(altered); n > 0 {
				head = roster.Head{Seq: altered[n-1].Seq, Hash: altered[n-1].Hash}
			}
			r, err := roster.New(tampered{o.store, altered, head}, o.schema, roster.Config{})
			is.NoErr(err)
			got, err := r.Verify(t.Context(), anchor)
			found, ok := errors.AsType[*roster.TamperError](err)
			is.Equal(errors.Is(err, roster.ErrTampered), c.want.Seq != 0) // whether anything is found
			if !ok {
				found = new(roster.TamperError)
				is.NoErr(err)
				is.Equal(got, head) // the head, to anchor next
			}
			if diff := cmp.Diff(c.want, *found); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.why, diff)
			}
		})
	}
}

func TestW1_ExportedTrailIsVerified(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	events := o.busy(20)[:20]
	half, err := roster.VerifyEvents(roster.Head{}, given(events[:10]))
	is.NoErr(err)
	whole, err := roster.VerifyEvents(half, given(events[10:]))
	is.NoErr(err)
	is.Equal(whole, roster.Head{Seq: 20, Hash: events[19].Hash}) // piece by piece
	_, err = roster.VerifyEvents(half, given(events))
	found, _ := errors.AsType[*roster.TamperError](err)
	is.Equal(*found, roster.TamperError{Seq: 1, Reason: "repeated"})
	broken := errors.New("the disk is gone")
	at, err := roster.VerifyEvents(half, func(yield func(roster.Event, error) bool) {
		_ = yield(events[10], nil) && yield(roster.Event{}, broken)
	})
	is.True(errors.Is(err, broken)) // what can't be read isn't tampered with
	is.Equal(at.Seq, uint64(11))    // how far it is good
}

func TestW1_HeadThatTheEventsDoNotReach(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	events := o.busy(20)
	n := uint64(len(events))
	r, err := roster.New(tampered{o.store, events[:n-1], roster.Head{Seq: n, Hash: events[n-1].Hash}}, o.schema, roster.Config{})
	is.NoErr(err)
	_, err = r.Verify(t.Context(), roster.Head{})
	found, _ := errors.AsType[*roster.TamperError](err)
	is.Equal(*found, roster.TamperError{Seq: n, Reason: "cut"}) // found even without an anchor
}

func TestW1_LongTrailVerifies(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.busy(600) // more than two pages
	anchor, err := o.Head(t.Context())
	is.NoErr(err)
	o.busy(700)
	head, err := o.Verify(t.Context(), anchor)
	is.NoErr(err)
	now, err := o.Head(t.Context())
	is.NoErr(err)
	is.Equal(head, now)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = o.Verify(ctx, anchor)
	is.True(errors.Is(err, context.Canceled))
	_, err = o.Head(ctx)
	is.True(errors.Is(err, context.Canceled))
}

func TestW4_TrailIsReadInPagesWithFilters(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.hire("ben", "sales", roster.Rights{roster.TrailRead: roster.All})
	o.hire("cleo", "sales", nil)
	o.clock.forward(time.Hour)
	noon := o.clock.now()
	o.signIn("cleo")
	_, _ = o.SignIn(t.Context(), "cleo@example.com", "wrong")
	o.busy(600)
	o.clock.forward(time.Hour)
	o.signIn("ben")
	all := o.events()
	for _, c := range []struct {
		name   string
		filter roster.EventFilter
		after  uint64
		want   func(e roster.Event) bool
	}{
		{"everything", roster.EventFilter{}, 0, func(roster.Event) bool { return true }},
		{"after a number", roster.EventFilter{}, 300, func(e roster.Event) bool { return e.Seq > 300 }},
		{"actor", roster.EventFilter{Actor: "cleo"}, 0, func(e roster.Event) bool { return e.Actor == "cleo" }},
		{"user", roster.EventFilter{User: "cleo"}, 0, func(e roster.Event) bool { return e.User == "cleo" }},
		{"verb", roster.EventFilter{Verb: roster.VerbSignIn}, 0, func(e roster.Event) bool { return e.Verb == roster.VerbSignIn }},
		{"verbs", roster.EventFilter{Verb: "department."}, 0, func(e roster.Event) bool { return e.Verb == roster.VerbDepartmentCreate }},
		{"refused", roster.EventFilter{Outcome: roster.OutcomeRefused}, 0, func(e roster.Event) bool { return e.Outcome == roster.OutcomeRefused }},
		{"time", roster.EventFilter{From: noon, To: noon.Add(1)}, 0, func(e roster.Event) bool { return e.Time.Equal(noon) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var want, got []uint64
			for _, e := range all {
				if c.want(e) && e.Seq > c.after {
					want = append(want, e.Seq)
				}
			}
			for e, err := range o.Events(t.Context(), roster.System("export"), c.filter, c.after) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, e.Seq)
			}
			if len(want) == 0 {
				t.Error("nothing is selected")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("numbers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestW4_ReadingIsRecordedAndEnds(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", roster.Rights{roster.TrailRead: roster.All})
	o.busy(300)
	before := uint64(len(o.events()))
	var n uint64
	for e, err := range o.Events(t.Context(), roster.As("ben"), roster.EventFilter{}, 0) {
		is.NoErr(err)
		n = e.Seq
		if n < 5 {
			o.busy(len(o.events()) + 1) // others go on writing
		}
	}
	is.Equal(n, before) // it ends with what was there when it began
	is.Equal(o.events()[before].Verb, roster.VerbTrailRead)
	is.Equal(o.events()[before].Actor, roster.UserID("ben")) // the trail tells who looked

	before = uint64(len(o.events()))
	for range o.Events(t.Context(), roster.System("export"), roster.EventFilter{}, before) {
		t.Error("there is nothing after the head")
	}
	is.Equal(uint64(len(o.events())), before) // an export doesn't feed itself
}

func TestW4_ReadingNeedsTheRight(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o := newOffice(t)
	o.hire("ben", "sales", roster.Rights{roster.UsersManage: roster.All})
	for _, a := range []roster.Actor{roster.As("ben"), {}, roster.As("ghost")} {
		n := 0
		for e, err := range o.Events(t.Context(), a, roster.EventFilter{}, 0) {
			n++
			is.True(errors.Is(err, roster.ErrDenied)) // told once
			is.Equal(e.Seq, uint64(0))                // with nothing
		}
		is.Equal(n, 1)
		is.Equal(o.last().Verb, roster.VerbTrailRead) // the attempt is in the trail
		is.Equal(o.last().Outcome, roster.OutcomeRefused)
	}
	o.hire("cleo", "sales", roster.Rights{roster.TrailRead: roster.All})
	o.busy(600)
	seen, failed := 0, 0
	for _, err := range o.Events(t.Context(), roster.As("cleo"), roster.EventFilter{}, 0) {
		if err != nil {
			failed++
			is.True(errors.Is(err, roster.ErrDenied))
			continue
		}
		if seen++; seen == 1 {
			o.system(roster.Deactivate{User: "cleo"})
		}
	}
	is.Equal(failed, 1)                               // R16: looked at again for every page
	is.True(seen > 1 && seen < 600)                   // the page that was read is read
	is.Equal(o.last().Outcome, roster.OutcomeRefused) // the trail tells that she was stopped
	is.Equal(o.last().Actor, roster.UserID("cleo"))
}
