package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
)

const sample = `package door

type Door struct{ open bool }

var doors = 1 + 1

// enter is for guests.
func (*Door) enter(_ int, guests ...string) (n int, ok bool) {
	for range guests {
		if n++; n > 3 {
			break
		}
	}
	return -n, !ok
}

func limit[T int | uint](a, b T) T { return min(a, b) }

func (d Door) shut() {
	if d.open && true {
		println("x")
	}
}
`

func TestMutantsAreFound(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s, err := parse("door.go", []byte(sample))
	is.NoErr(err)
	all := s.mutants()
	var got []string
	for _, m := range all {
		got = append(got, m.String())
	}
	enter := "door.go, func enter: `"
	want := []string{
		"door.go: `var doors = 1 + 1`: `+` → `-`",
		enter + "if n++; n > 3 {`: `++` → `--`", enter + "if n++; n > 3 {`: `>` → `>=`", enter + "if n++; n > 3 {`: `>` → `<=`",
		enter + "break`: `break` → `continue`", enter + "return -n, !ok`: `-` → `+`", enter + "return -n, !ok`: `!` → ``",
		"door.go, func limit: `func limit[T int | uint](a, b T) T { return min(a, b) }`: `min` → `max`",
		"door.go, func shut: `if d.open && true {`: `&&` → `||`",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWovenFilesHoldEveryMutant(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s, err := parse("door.go", []byte(sample))
	is.NoErr(err)
	all := s.mutants()[1:] // the first stands outside of functions
	for i := range all {
		all[i].number = i + 1
	}
	woven := s.weave(all)
	w, err := parse("door.go", woven)
	is.NoErr(err)                           // it is Go
	is.Equal(len(w.file.Decls), 5+len(all)) // every copy is there
	for _, want := range []string{
		"func (p1__ *Door) enter(p2__ int, guests ...string) (n int, ok bool) { switch chosen(1) { case 1: return p1__.enter__1(p2__, guests...);",
		"func (*Door) enter__6(_ int, guests ...string) (n int, ok bool) {",
		"return -n, ok\n",
		"case 7: return limit__7[T](a, b);",
		"func limit__7[T int | uint](a, b T) T { return max(a, b) }",
		"case 8: d.shut__8(); return; };",
	} {
		if !strings.Contains(string(woven), want) {
			t.Errorf("%q isn't in\n%s", want, woven)
		}
	}
	lines := strings.Split(string(woven), "\n")
	for _, m := range all {
		first := lines[m.first-1]
		if !strings.Contains(first, m.fn+"__") || strings.Contains(strings.Join(lines[m.first:m.last], "\n"), "func ") {
			t.Errorf("mutant %d isn't at lines %d to %d", m.number, m.first, m.last)
		}
	}
}

func TestWhatDoesNotCompileIsDropped(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	all := []mutant{{number: 1, file: "a.go", first: 10, last: 12}, {number: 2, file: "a.go", first: 13, last: 20}, {number: 3, file: "b.go", first: 10, last: 12}}
	kept := drop(all, "# x\n./a.go:13:4: invalid operation\n/tmp/b.go:99:1: missing return\n")
	is.Equal(len(kept), 2)      // one of them
	is.Equal(kept[1].number, 3) // the line is in no copy of b.go
}

func TestReport(t *testing.T) {
	t.Parallel()
	m := mutant{file: "a.go", fn: "f", line: "a > b", old: ">", new: ">="}
	for _, tc := range []struct {
		name  string
		known string
		got   tally
		want  string // in the error; empty for none
	}{
		{"explained", "because: " + m.String(), tally{mutants: 10, killed: 9, survived: 1}, ""},
		{"not explained", "", tally{mutants: 10, killed: 9, survived: 1}, "explain 1 of 1"},
		{"too few killed", m.String(), tally{mutants: 10, killed: 8, survived: 1}, "less than 90"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			var out strings.Builder
			err := report(&out, []string{"a.go"}, map[string]*tally{"a.go": &tc.got}, []mutant{m}, tc.known)
			is.Equal(err == nil, tc.want == "") // whether it is good enough
			if err != nil {
				is.True(strings.Contains(err.Error(), tc.want)) // the reason
			}
			is.True(strings.Contains(out.String(), m.String())) // the survivor is named
		})
	}
}

func TestRoundsBeginWithTheQuickest(t *testing.T) {
	t.Parallel()
	here := map[int]bool{7: true}
	all := []trial{
		{"TestA", 0, here}, {"TestB", 150 * time.Millisecond, here}, {"TestElsewhere", 200 * time.Millisecond, map[int]bool{8: true}},
		{"TestC", 300 * time.Millisecond, here}, {"TestD", 400 * time.Millisecond, here}, {"TestE", time.Minute, here},
	}
	is := is.New(t)
	want := []round{
		{[]string{"TestA", "TestB"}, 150 * time.Millisecond}, {[]string{"TestC", "TestD"}, 700 * time.Millisecond}, {[]string{"TestE"}, time.Minute},
	}
	if diff := cmp.Diff(want, rounds(all, 7), cmp.AllowUnexported(round{})); diff != "" {
		t.Errorf("those that reach it (-want +got):\n%s", diff)
	}
	n := 0
	for _, r := range rounds(all, 0) {
		n += len(r.tests)
	}
	is.Equal(n, len(all))            // every test for what is no function
	is.Equal(len(rounds(all, 9)), 0) // none: it survives
}
