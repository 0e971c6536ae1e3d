package roster_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// Nobody climbs, by exhaustion (R10).
//
// In each of several small worlds, of three people, few rights and two departments, every verb with every
// small argument is tried by everybody (each person, the host, nobody) in every state that can be reached, until
// no state is new. Each step and each state is held against what must never be; what that is stands in
// climbs, touched, carried, refused and inspect, which know rights, passwords, mailboxes and secrets on
// their own and ask the library only for its answers.
//
// What is granted. A person is granted what the accounts that they control get at; one controls the own account,
// and one whose good password one typed, whose letters one reads, whose identity at the issuer one is, or of
// which one has a secret that hasn't ended. An administrator and the host may grant anything to anybody. A
// step that neither of them takes hands out, to each account, no more than the actor gets at, and adds
// nothing to what the actor gets at by all accounts that the same person controls; steps that no
// actor takes (a letter followed, a sign-in, a delivery) add nothing to anybody's. So nobody comes to act
// with more than was given to them by somebody who had it, by any sequence of steps. An account that somebody
// controls and that an administrator then widens counts as theirs: SECURITY.md warns of it. Three things
// aren't a climb: to see the records of one's own that one is let see own records of; that the members of a
// department see the records of one who is moved there, save that nobody moves others into their own sight; and
// the records of an id that nobody had.
//
// Their own sight is the acting account's. One who controls a second account, which sees another department, may
// move people there: a person whose own right ends at a department doesn't cover that account, and can't move it
// there either, so that they have it from somebody who could let them see that department whole.
//
// Why several worlds lose nothing. No check looks at more than: the actor's status and what they get at, the
// same of the person before and after the step, that somebody else is an active administrator, whether
// others hold the role or are in the department, who typed a password and where a secret went, and which
// unfinished runs name the person. Each world varies all that the verbs it has look at, and holds
// fixed what none of them does: rights on records don't matter to a secret, nor letters to a role. What a
// check would look at beyond that is varied by the random walk beside this one, with less rigour.
//
// People who begin alike are exchanged for each other, as are departments: states that differ in names
// alone count once. By default the worlds are small; -walk=full has more rights and verbs in most, and is run to closure
// as well.
func TestR10_NobodyClimbsByExhaustion(t *testing.T) {
	t.Parallel()
	full := *walkFlag == "full"
	all := []realm{
		grants(full), denials(full), reaches(full), houses(full), roles(full), activities(full), batches(full),
		invitations(full), mailboxes(full), identities(full), tokens(full), departures(full), crossings(full), corrections(full), sequels(full),
	}
	walked := make([]*explorer, len(all))
	var stop atomic.Bool
	t.Run("worlds", func(t *testing.T) {
		for i, r := range all {
			t.Run(r.name, func(t *testing.T) {
				t.Parallel()
				began := time.Now()
				walked[i] = explore(t, r, &stop)
				if stop.Load() {
					return
				}
				t.Logf("%s: %d states, all of them; %d steps tried, %s", r.name, len(walked[i].seen), walked[i].tried, time.Since(began).Round(time.Millisecond))
			})
		}
	})
	states, tried, done, denied := 0, 0, map[string]int{}, map[string]int{}
	for _, x := range walked {
		if x == nil || stop.Load() {
			return // a hole was found, or another part of the test was asked for
		}
		states, tried = states+len(x.seen), tried+x.tried
		sum(done, x.done)
		sum(denied, x.denied)
	}
	t.Logf("%d worlds: %d states, all of them; %d steps tried", len(all), states, tried)
	for _, verb := range slices.Concat(changes(t), methods(t)) {
		if verb == "Roster.Apply" {
			continue // by way of every change
		}
		if done[verb] == 0 {
			t.Errorf("the walk never carried %s out", verb)
		}
		if denied[verb] == 0 && unrefusable[verb] == "" {
			t.Errorf("the walk never saw %s refused", verb)
		}
	}
}

// unrefusable are the verbs that nobody is ever refused, and why.
var unrefusable = map[string]string{
	"Roster.RevokeSecret": "what isn't there to be ended is success (RFC 7009)",
	"Roster.Tidy":         "the host's housekeeping",
}

func sum(to, from map[string]int) {
	for verb, n := range from {
		to[verb] += n
	}
}

// changes are the types of this package with the method apply(*work) error: every Change.
func changes(t *testing.T) (names []string) {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "apply" || len(f.Type.Params.List) != 1 {
				continue
			}
			of, pointer := f.Type.Params.List[0].Type.(*ast.StarExpr)
			on, value := f.Recv.List[0].Type.(*ast.Ident)
			if pointer && value && of.X.(*ast.Ident).Name == "work" {
				names = append(names, on.Name)
			}
		}
	}
	if len(names) < 19 {
		t.Errorf("only %d changes found: %v", len(names), names)
	}
	return names
}

// The methods by which a host reaches the library, with those that change something and those that only read.
var (
	mutating = map[string]string{
		"Roster": "Activate Apply Bootstrap ChangePassword Check Deliver Issue RequestReset ResetPassword Revoke RevokeSecret Rotate SignIn SignInIdentity Tidy",
		"Runs":   "Claim Correct Fence Lift Retry Sweep",
		"Hold":   "Again Conclude Done Finish Intend Keep Park Probed Release",
		"Desk":   "Correct Lift Retry Start StartAll Sweep Work",
	}
	// Some of these leave an event about who read or asked; none changes an answer.
	reading = map[string]string{
		"Roster": "Can CheckEpoch Departments Events Explain Head Latest MayReceive On Permissions Preview Profile Roles Runs Schema Tokens User UserByEmail UserByIdentity Users Verbs Verify",
		"Runs":   "Backlog Due Find Journal Leavers List Ready Snapshot",
		"Hold":   "Corrected Entries Open",
		"Desk":   "Assess AssessAll MayReceive Moved Outcome Remains With",
	}
)

// methods are the mutating ones, after a look that each exported method is in one of the tables.
func methods(t *testing.T) (all []string) {
	t.Helper()
	for noun, of := range map[string]reflect.Type{
		"Roster": reflect.TypeFor[*roster.Roster](), "Runs": reflect.TypeFor[roster.Runs](), "Hold": reflect.TypeFor[*roster.Hold](), "Desk": reflect.TypeFor[*offboard.Desk](),
	} {
		has := map[string]bool{}
		for m := range of.Methods() {
			has[m.Name] = true
		}
		said := map[string]bool{}
		for _, m := range strings.Fields(mutating[noun]) {
			said[m] = true
			all = append(all, noun+"."+m)
		}
		for _, m := range strings.Fields(reading[noun]) {
			said[m] = true
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(said)), slices.Sorted(maps.Keys(has))); diff != "" {
			t.Errorf("the methods of %s, in the tables of this file and as they are: a new one that changes something is to be walked as well (-want +got):\n%s", noun, diff)
		}
	}
	return all
}
