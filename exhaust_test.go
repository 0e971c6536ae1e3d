package roster_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// walkFlag chooses the large worlds: go test -run ByExhaustion -walk=full .
var walkFlag = flag.String("walk", "", `"full": the large worlds of the exhaustive walk`)

// The three people of every small world, who have an account of the same name each, and its departments.
var (
	trio  = [3]roster.UserID{"ann", "bob", "cyd"}
	sides = [2]roster.DepartmentID{"east", "west"}
)

// actors are everybody who tries: the people, the host, and nobody.
var actors = [...]roster.Actor{roster.As(trio[0]), roster.As(trio[1]), roster.As(trio[2]), roster.System("host"), {}}

// realm is a small world: how it begins, and what is tried in every state of it.
type realm struct {
	name  string
	alike []perm // renamings of people and departments under which the realm is the same; nil: none but itself
	begin func(x *explorer)
	tries []try
	// forget what secrets there were that have ended, to have fewer states: other worlds try them.
	forget bool
}

// try is one verb with its arguments.
type try struct {
	verb    string          // what is counted: "SetRole", "Roster.SignIn"
	on      int             // whom it is about: nobody else's account changes; everybody when it can't be told
	by      []roster.Actor  // who tries; nil: everybody
	changes []roster.Change // for Apply and Preview; nil: do
	do      func(x *explorer, s *spot, a roster.Actor) error
	free    bool // leaves no trace in the trail when it is refused
	bare    bool // takes no actor
	never   bool // changes nothing, whoever tries
	quiet   bool // notes when something was used, which isn't an event
}

// everybody is the on of a try that may change any account, nobody stands for none of trio.
const (
	everybody = -1
	nobody    = 3
)

func (t try) String() string {
	if t.changes == nil {
		return fmt.Sprintf("%s on %s", t.verb, name(t.on))
	}
	return fmt.Sprintf("%+v", t.changes)
}

// name is a user's for messages.
func name(i int) string {
	if i < 0 || i >= len(trio) {
		return "nobody"
	}
	return string(trio[i])
}

// spot is one state of a realm, with what its people know.
type spot struct {
	store *memstore.Store
	photo *photo
	ghost ghost
	from  *spot  // and how it was reached
	how   string //
}

// path tells how a spot was reached.
func (s *spot) path() string {
	var steps []string
	for ; s != nil && s.from != nil; s = s.from {
		steps = append(steps, s.how)
	}
	slices.Reverse(steps)
	return strings.Join(steps, "\n")
}

// explorer walks one realm: it tries everything in every state until no state is new. It is for one
// goroutine.
type explorer struct {
	*roster.Roster
	t        *testing.T
	ctx      context.Context
	realm    realm
	schema   *roster.Schema
	desk     *offboard.Desk
	attempts int // of workers in vain
	stage    *stage
	ghost    *ghost // of the state at hand, which senders and holdings write to

	told map[asked]error // of the state at hand

	seen   map[string]bool
	queue  []*spot
	rights map[string]uint8 // sets of rights, numbered
	tried  int
	done   map[string]int // verbs that were carried out
	denied map[string]int // and refused
	failed bool
	stop   *atomic.Bool // shared by all worlds: one hole is enough
}

// stage is the store of the state at hand: a Roster and a Desk are made once, and the stage is changed
// under them.
type stage struct{ *memstore.Store }

// explore walks a realm to closure.
func explore(t *testing.T, r realm, stop *atomic.Bool) *explorer {
	x := &explorer{
		stop: stop,
		t:    t, ctx: t.Context(), realm: r, schema: smallSchema(t), stage: &stage{new(memstore.Store)}, ghost: new(ghost),
		seen: map[string]bool{}, rights: map[string]uint8{}, done: map[string]int{}, denied: map[string]int{},
	}
	if x.realm.alike == nil {
		x.realm.alike = []perm{itself}
	}
	var err error
	const long = 10 * 365 * 24 * time.Hour
	x.Roster, err = roster.New(x.stage, x.schema, roster.Config{
		Now: func() time.Time { return x.ghost.now }, Hasher: cheap{}, Sender: x, SignInAttempts: 1 << 30,
		ActivationTTL: long, ResetTTL: long, SessionTTL: long, AccessTTL: long, RefreshTTL: long, PersonalTTL: long,
	})
	if err != nil {
		t.Fatal(err)
	}
	x.ghost.now, x.ghost.owner = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), nobody
	x.ghost.forget = r.forget
	r.begin(x)
	x.arrive(&spot{store: x.stage.Store, ghost: x.ghost.clone()})
	for len(x.queue) > 0 && !x.failed && !x.stop.Load() {
		s := x.queue[0]
		x.queue[0], x.queue = nil, x.queue[1:]
		x.leave(s)
	}
	if _, err := x.Verify(x.ctx, roster.Head{}); err != nil {
		t.Error(err) // the last trail of them
	}
	return x
}

// smallSchema has one kind of record besides the library's own functions.
func smallSchema(t *testing.T) *roster.Schema {
	t.Helper()
	s, err := roster.NewSchema([]roster.Kind{{Name: "deal", Actions: []roster.Action{
		{Name: "view"}, {Name: "edit", Needs: []string{"view"}},
	}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// host carries out what a realm begins with.
func (x *explorer) host(changes ...roster.Change) {
	x.t.Helper()
	if _, err := x.Apply(x.ctx, roster.System("setup"), changes...); err != nil {
		x.t.Fatal(err)
	}
}

// fail ends the walk with the shortest way to what is wrong.
func (x *explorer) fail(s *spot, format string, args ...any) {
	x.t.Helper()
	x.t.Errorf("%s: %s\nafter:\n%s\nin %+v\nknown: %v", x.realm.name, fmt.Sprintf(format, args...), s.path(), s.photo.users, s.ghost.secrets)
	x.failed = true
	x.stop.Store(true)
}

// arrive looks at a state, and keeps it when it is new.
func (x *explorer) arrive(s *spot) {
	if s.photo == nil {
		s.photo = x.look(s.store)
	}
	key := x.key(s)
	if x.seen[key] {
		return
	}
	x.seen[key] = true
	x.queue = append(x.queue, s)
	x.inspect(s)
}

// leave tries everything in a state, by everybody.
func (x *explorer) leave(s *spot) {
	x.ask(s)
	for _, t := range x.realm.tries {
		by := t.by
		if by == nil {
			by = actors[:]
		}
		for _, a := range by {
			if x.attempt(s, t, a); x.failed {
				return
			}
		}
	}
	if now := x.look(s.store); !same(s.photo, now) {
		x.fail(s, "R18: previews changed something (-want +got):\n%s", cmp.Diff(s.photo, now, photoOptions...))
	}
}

// enter puts a store on the stage, and a copy of what is known.
func (x *explorer) enter(store *memstore.Store, g ghost) {
	copied := g.clone()
	x.stage.Store, x.ghost = store, &copied
}

// attempt tries one thing by one actor: to see and then in earnest.
func (x *explorer) attempt(s *spot, t try, a roster.Actor) {
	var seen roster.Effect
	var seeing, err error
	if t.do == nil {
		x.enter(s.store, s.ghost)
		seen, seeing = x.Preview(x.ctx, a, t.changes...)
	}
	next := &spot{store: s.store.Fork(), from: s}
	x.enter(next.store, s.ghost)
	var effect roster.Effect
	if t.do == nil {
		effect, err = x.Apply(x.ctx, a, t.changes...)
	} else {
		err = t.do(x, s, a)
	}
	if errors.Is(err, errNothing) {
		return
	}
	x.tried++
	next.photo = x.look(next.store)
	if err != nil {
		x.denied[t.verb]++
		x.refused(s, next, t, a, err)
	} else {
		x.done[t.verb]++
		x.carried(s, next, t, a)
	}
	if t.do == nil {
		if a, b := cause(seeing), cause(err); a != b {
			x.fail(s, "R18: %s by %v: preview says %q, apply %q", t, a, a, b)
		}
		if seen.Sight = nil; !same(seen, effect) {
			x.fail(s, "R18: %s by %v: seen and done differ (-want +got):\n%s", t, a, cmp.Diff(seen, effect))
		}
	}
	x.agrees(s, next, t, a, err)
	if err != nil || x.failed {
		return
	}
	next.ghost, next.how = *x.ghost, fmt.Sprintf("  %v: %s", a, t)
	x.arrive(next)
}

// refused holds a refusal against W1 and J4: the trail knows of it and nothing else does.
func (x *explorer) refused(s, next *spot, t try, a roster.Actor, err error) {
	if !s.photo.same(next.photo) {
		x.fail(s, "J4: %s by %v: refused with %v, and changed (-want +got):\n%s", t, a, err, cmp.Diff(s.photo, next.photo, photoOptions...))
	}
	if !t.free && s.photo.head == next.photo.head && s.photo.refusals == next.photo.refusals {
		x.fail(s, "W1: %s by %v: refused with %v, without a trace", t, a, err)
	}
}
