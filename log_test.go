package roster_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// line is what slog writes of a value.
func line(v any) string {
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: untimed})).Info("", "v", v)
	return strings.TrimSpace(strings.TrimPrefix(b.String(), `level=INFO msg=""`))
}

// untimed takes a line's time away.
func untimed(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// vague is a host's error that says nothing by itself.
type vague struct{}

func (vague) Error() string { return "could not insert anna@x.ru" }

// frank is one that says what a log may keep.
type frank struct{ vague }

func (frank) LogValue() slog.Value { return slog.StringValue("disk full") }

// optional is one that may wrap a cause.
type optional struct {
	vague
	cause error
}

func (o optional) Unwrap() error { return o.cause }

func TestLogValue_OfErrors(t *testing.T) {
	t.Parallel()
	denial := &roster.Denial{Actor: "ben", Needs: "users:manage", Reason: roster.DenyRight}
	for _, c := range []struct {
		name string
		err  error
		want string
		why  string
	}{
		{"none", nil, "v=<nil>", "nothing went wrong"},
		{"denial", &roster.Error{Op: "apply", ID: "u7", Err: denial}, "v.kind=denied v.op=apply v.id=u7 v.actor=ben v.needs=users:manage v.reason=right-missing", "what a Denial says"},
		{"wrapped", fmt.Errorf("for anna@x.ru: %w", &roster.Error{Op: "apply", Err: roster.ErrState}), "v.kind=state v.op=apply", "the wrapping's text is the host's"},
		{"typed field", roster.Faults{{Field: "rights[x]anna@x.ru]", Problem: `unknown "anna"`}, {Field: "changes[2].email", Problem: "anna is none"}},
			`v.kind=invalid v.fields="[rights changes[2].email]"`, "names of fields, not what was typed"},
		{"blocked", &roster.BlockedError{Blockers: []roster.Finding{
			{Code: roster.BlockSuccessorInactive, Kind: "deal", Part: "won", User: "sam", Text: "Sam is inactive"},
			{Code: roster.BlockRuleKind, Kind: "anna@x.ru", Text: "no such kind"},
		}}, `v.kind=blocked v.blockers="[successor-inactive deal won sam rule-kind]"`, "no texts, and no typed kinds"},
		{"stale", &roster.StaleError{Changed: []roster.Difference{{Name: "deal records", Was: "1", Is: "2"}, {Name: "anna@x.ru", Was: "1"}}},
			`v.kind=stale v.differences=2 v.changed="[deal records]"`, "what isn't there now is named by who confirmed"},
		{"tampered", &roster.TamperError{Seq: 5, Reason: "cut"}, "v.kind=tampered v.seq=5 v.reason=cut", "where and how"},
		{"an address for an id", &roster.Error{Op: "user", ID: "anna@x.ru", Err: roster.ErrNotFound}, "v.kind=not-found v.op=user", "typed in an id's place"},
		{"a name for an id", &roster.Error{Op: "user", ID: "Anna Petrova", Err: roster.ErrNotFound}, "v.kind=not-found v.op=user", "typed in an id's place"},
		{"the store's", &roster.Error{Op: "can", ID: "u7", Err: vague{}}, "v.op=can v.id=u7 v.cause=roster_test.vague", "its text may hold anything"},
		{"one that says", &roster.Error{Op: "can", ID: "u7", Err: fmt.Errorf("store: %w", frank{})}, `v.op=can v.id=u7 v.cause="disk full"`, "what its own LogValue says"},
		{"wrapping nothing", fmt.Errorf("store: %w", optional{}), "v.cause=roster_test.optional", "the last one there is"},
		{"wrapping something", optional{cause: roster.ErrBusy}, "v.kind=busy", "what it wraps"},
		{"joined", errors.Join(denial, vague{}, frank{}, denial), "v.kind=denied v.actor=ben v.needs=users:manage v.reason=right-missing v.causes=2 v.cause=roster_test.vague", "every one, no name twice"},
		{"ended", &roster.Error{Op: "can", ID: "u7", Err: context.DeadlineExceeded}, "v.kind=deadline-exceeded v.op=can v.id=u7", "known to every host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, line(roster.LogValue(c.err))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.why, diff)
			}
			if v, ok := c.err.(slog.LogValuer); ok {
				if diff := cmp.Diff(c.want, line(v)); diff != "" {
					t.Errorf("by itself (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// TestLogValue_KnowsEveryKind wants a code of its own for each sentinel, as errors.go lists them.
func TestLogValue_KnowsEveryKind(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	seen := map[string]bool{}
	for _, err := range []error{
		roster.ErrNotFound, roster.ErrInvalid, roster.ErrExists, roster.ErrDenied, roster.ErrSelf, roster.ErrLastAdministrator, roster.ErrState,
		roster.ErrInUse, roster.ErrStale, roster.ErrBlocked, roster.ErrLease, roster.ErrParked, roster.ErrSignIn, roster.ErrToken, roster.ErrBusy, roster.ErrTampered,
	} {
		got := line(roster.LogValue(err))
		is.True(strings.HasPrefix(got, "v.kind=")) // it has a code
		is.True(!seen[got])                        // of its own
		seen[got] = true
	}
}

// TestLogValue_NobodysOwnWords has everybody say why, in every verb that takes a reason: the trail keeps the
// words, and a log of the same events has none of them, nor a name, address, password or hash.
func TestLogValue_NobodysOwnWords(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	o, told := newOffice(t), new(observer)
	o.reopen(o.store, told.config)
	words := "because Petrov wished it"
	o.hire("ben", "sales", nil)
	secret := o.signIn("ben")
	o.issue(roster.As("ben"), roster.TokenOrder{Kind: roster.TokenPersonal, Label: words})
	for _, a := range []roster.Actor{roster.As("ada"), roster.As("ben")} { // done, and refused
		_, _ = o.Apply(t.Context(), a, roster.Deactivate{User: "ben", Reason: words})
	}
	_, err := o.Check(t.Context(), secret.Secret.Reveal())
	is.True(errors.Is(err, roster.ErrToken))
	_, err = o.Apply(t.Context(), roster.System(words), roster.Reactivate{User: "ben"}, roster.SetRights{User: "ben", Rights: roster.Rights{"deal:petrov]petrov": roster.All}})
	is.True(errors.Is(err, roster.ErrInvalid))
	told.seen = append(told.seen,
		roster.Event{Seq: 90, Verb: roster.VerbRunFence, Outcome: roster.OutcomeDone, Reason: words},
		roster.Event{Seq: 91, Verb: roster.VerbRunLift, Outcome: roster.OutcomeDone, Reason: words},
		roster.Event{Seq: 92, Verb: roster.VerbRunSweep, Outcome: roster.OutcomeIntent, Reason: words},
	)
	var text, log string
	for _, e := range told.seen {
		text += fmt.Sprintf("%+v\n", e)
		log += line(e) + "\n"
	}
	is.True(strings.Contains(text, words))      // the trail has them
	is.True(!strings.Contains(text, "petrov]")) // but never what was typed for a right
	for _, personal := range []string{"Petrov", "petrov", "First", "BEN", "@example.com", password, "$cheap$", secret.Secret.Reveal()} {
		if strings.Contains(log, personal) {
			t.Errorf("the log holds %q:\n%s", personal, log)
		}
	}
	is.True(strings.Contains(log, "v.reason=personal"))                                                         // fixed codes are told
	is.True(strings.Contains(log, "v.verb=user.deactivate v.outcome=refused v.actor=ben v.user=ben v.reason=")) // of refusals too
	is.True(strings.Contains(log, "v.verb=user.import v.outcome=done v.system=true v.user=ben"))                // that it was the system, not why
	is.Equal(line(secret), line(secret.Token))                                                                  // an Issued is its token
	is.True(!strings.Contains(line(secret.Secret), secret.Secret.Reveal()))
}

// TestLogValue_OfWhatWasTyped has somebody type a person's name wherever a value takes words.
func TestLogValue_OfWhatWasTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value any
		want  string
	}{
		{roster.Request{Leaver: "leo", Rules: []roster.Rule{{Do: roster.GiveTo}}, Reason: "for Petrov"}, "v.leaver=leo v.rules=1 v.with=0"},
		{roster.Correction{Run: "r7", To: "sam", Records: []string{"1", "2"}, Reason: "for Petrov"}, "v.run=r7 v.to=sam v.records=2"},
		{roster.UserFilter{Text: "Petrov", Department: "sales"}, "v.text=true v.status=none v.deleted=false v.admins=false v.seat=any v.department=sales"},
		{roster.Run{ID: "r7", Request: roster.Request{Reason: "for Petrov"}, Reason: "for Petrov"}, "v.id=r7 v.state=none v.sweep=false v.steps=0 v.done=0 v.moved=0 v.skipped=0 v.round=0 v.attempts=0"},
		{roster.Run{ID: "r8", Correction: roster.Correction{Run: "r7", Reason: "for Petrov"}}, "v.id=r8 v.state=none v.corrects=r7 v.sweep=false v.steps=0 v.done=0 v.moved=0 v.skipped=0 v.round=0 v.attempts=0"},
	} {
		if diff := cmp.Diff(c.want, line(c.value)); diff != "" {
			t.Errorf("%T (-want +got):\n%s", c.value, diff)
		}
	}
}

// A host logs errors through LogValue, whatever they are wrapped in: here for every line at once.
func ExampleLogValue() {
	ctx, r := context.Background(), firm()
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if err, ok := a.Value.Any().(error); ok {
			a.Value = roster.LogValue(err)
		}
		return untimed(groups, a)
	}}))
	_, err := r.Apply(ctx, roster.As("ben"), roster.Deactivate{User: "ada", Reason: "she annoys me"})
	log.Error("deactivate", "err", fmt.Errorf("for Ada Lovelace: %w", err))
	for e := range r.Latest(ctx, roster.System("log"), roster.EventFilter{}, 0) {
		log.Info("trail", "event", e)
		break
	}
	// Output:
	// level=ERROR msg=deactivate err.kind=denied err.op=apply err.id=ada err.actor=ben err.needs=users:deactivate err.reason=right-missing
	// level=INFO msg=trail event.seq=5 event.verb=user.deactivate event.outcome=refused event.actor=ben event.user=ada event.reason=right-missing
}
