package sqltest

import (
	"errors"
	"testing"
)

// must ends t on an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// is wants err to be a certain one; nil for none.
func is(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v; want %v", what, err, want)
	}
}

// same wants two lists to be equal, and tells the first difference.
func same[T comparable](t testing.TB, what string, want, got []T) {
	t.Helper()
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			t.Errorf("%s: the first difference, at %d:\n- %v\n+ %v", what, i, want[i], got[i])
			return
		}
	}
	if len(want) != len(got) {
		t.Errorf("%s: %d; want %d", what, len(got), len(want))
	}
}
