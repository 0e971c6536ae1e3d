package roster_test

import (
	"encoding"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster"
)

// number is a numbered type: its pointer reads what it writes.
type number[T any] interface {
	*T
	encoding.TextUnmarshaler
}

// roundTrip reads and writes every value of a type and wants those texts, in order.
func roundTrip[T interface {
	~uint8
	fmt.Stringer
	encoding.TextMarshaler
}, P number[T]](t *testing.T, want ...string) {
	t.Helper()
	t.Run(fmt.Sprintf("%T", *new(T)), func(t *testing.T) {
		t.Parallel()
		is := is.New(t)
		var got []string
		for i := range want {
			text, err := T(i).MarshalText()
			is.NoErr(err)                         // every value has a text
			is.Equal(T(i).String(), string(text)) // the same for people
			got = append(got, string(text))
			var back T
			is.NoErr(P(&back).UnmarshalText(text))
			is.Equal(back, T(i)) // and it is read back
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stored texts never change (-want +got):\n%s", diff)
		}
		beyond := T(len(want))
		_, err := beyond.MarshalText()
		is.True(errors.Is(err, roster.ErrInvalid)) // a number that isn't one is not written
		for _, text := range []string{"", " ", "nonsense", beyond.String(), want[0] + " ", want[0] + " " + want[1]} {
			kept := T(1)
			is.True(errors.Is(P(&kept).UnmarshalText([]byte(text)), roster.ErrInvalid)) // nor is such a text read
			is.Equal(kept, T(1))                                                        // and the value is left alone
		}
	})
}

func TestTextsRoundTrip(t *testing.T) {
	t.Parallel()
	roundTrip[roster.Scope](t, "unset", "denied", "own", "department", "all")
	roundTrip[roster.Relation](t, "stranger", "colleague", "owner")
	roundTrip[roster.Source](t, "default", "status", "administrator", "individual", "role")
	roundTrip[roster.Status](t, "none", "invited", "active", "inactive", "leaving", "deleted")
	roundTrip[roster.Seat](t, "any", "free", "paid")
	roundTrip[roster.TokenKind](t, "none", "session", "access", "refresh", "personal", "activation", "reset")
	roundTrip[roster.LetterKind](t, "none", "activation", "address", "reset")
	roundTrip[roster.Outcome](t, "none", "done", "refused", "failed", "intent")
	roundTrip[roster.RunState](t, "none", "working", "parked", "done", "lifted")
	roundTrip[roster.Tie](t, "none", "responsible", "author")
	roundTrip[roster.MoveResult](t, "none", "done", "already", "elsewhere", "gone", "collides", "superseded")
	roundTrip[roster.Disposal](t, "none", "give", "split", "least-loaded", "head", "no-owner", "switch-off")
	roundTrip[roster.Authorship](t, "kept", "moved", "undefined")
}

func TestNumbersWithoutATextShowTheirType(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(roster.Scope(9).String(), "Scope(9)")         // for people who hunt a fault
	is.Equal(roster.RunState(77).String(), "RunState(77)") //
}
