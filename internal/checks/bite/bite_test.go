package main

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
)

const root = "../../.."

// TestPatchesAreFresh tells early, without running anything, when a patch has rotted.
func TestPatchesAreFresh(t *testing.T) {
	t.Parallel()
	all, err := patches(root)
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]bool{"L6": false, "L7": false, "L14": false, "L17": false, "R3": false, "R4": false, "R10": false, "W1": false}
	for _, p := range all {
		rules[p.rule] = true
		changed, err := p.apply(root)
		if err != nil {
			t.Errorf("%s doesn't apply: %v", p.path, err)
		}
		for file, text := range changed {
			if strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s changes %s: it is the code that must break, not the test", p.path, file)
			}
			if _, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution); err != nil {
				t.Errorf("%s: %v", p.path, err)
			}
		}
		top, _, _ := strings.Cut(p.test, "/") // subtests are made when it runs
		if !declares(t, p.pkg, top) {
			t.Errorf("%s: there is no %s in %s", p.path, p.test, p.pkg)
		}
		if !strings.Contains(p.test, p.rule+"_") {
			t.Errorf("%s: %s doesn't prove %s by its name", p.path, p.test, p.rule)
		}
	}
	for rule, broken := range rules {
		if !broken {
			t.Errorf("no patch breaks %s", rule)
		}
	}
}

// declares reports whether a package has a test.
func declares(t *testing.T, pkg, test string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pkg), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == test {
				return true
			}
		}
	}
	return false
}

const example = `rule: X1
test: ./door TestX1_ClosedIsClosed
why: somebody was in a hurry

diff --git a/door/door.go b/door/door.go
--- a/door/door.go
+++ b/door/door.go
@@ -7,4 +7,3 @@ func enter(door Door) {
 	knock()

-	unlock(door)
-	lock(door)
+	unlock(door) // it is quicker so
 }
`

func TestParse(t *testing.T) {
	t.Parallel()
	want := patch{rule: "X1", pkg: "./door", test: "TestX1_ClosedIsClosed", why: "somebody was in a hurry", hunk: []hunk{{
		file: "door/door.go",
		old:  "\tknock()\n\n\tunlock(door)\n\tlock(door)\n}\n",
		new:  "\tknock()\n\n\tunlock(door) // it is quicker so\n}\n",
	}}}
	got, err := parse(example)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(patch{}, hunk{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, bad := range map[string]string{
		"no rule":     strings.Replace(example, "rule:", "role:", 1),
		"no test":     strings.Replace(example, " TestX1_ClosedIsClosed", "", 1),
		"no reason":   strings.Replace(example, "why:", "well:", 1),
		"no hunk":     example[:strings.Index(example, "@@")],
		"a new file":  strings.Replace(example, "--- a/door/door.go", "--- /dev/null", 1),
		"a torn line": strings.Replace(example, " \tknock", "\tknock", 1),
		"no diff":     example[:strings.Index(example, "diff")],
	} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	body := "\tknock()\n\n\tunlock(door)\n\tlock(door)\n}\n"
	for _, tc := range []struct {
		name, text, want string
		why              string
	}{
		{"elsewhere", "package door\n\n\n" + body, "package door\n\n\n\tknock()\n\n\tunlock(door) // it is quicker so\n}\n", "numbers of lines don't matter"},
		{"gone", "package door\n", "", "the code has moved on"},
		{"twice", body + body, "", "which of them is meant isn't known"},
		{"part of a line", "x" + body, "", "lines are whole"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			dir := t.TempDir()
			is.NoErr(os.Mkdir(filepath.Join(dir, "door"), 0o777))
			is.NoErr(os.WriteFile(filepath.Join(dir, "door", "door.go"), []byte(tc.text), 0o666))
			p, err := parse(example)
			is.NoErr(err)
			got, err := p.apply(dir)
			is.Equal(err == nil, tc.want != "")    // tc.why
			is.Equal(got["door/door.go"], tc.want) // the patched file
		})
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	failed := new(exec.ExitError)
	for _, tc := range []struct {
		name, out string
		err       error
		want      outcome
		why       string
	}{
		{"passed", "--- PASS: TestX (0.00s)\nok\n", nil, green, "it says so"},
		{"failed", "--- FAIL: TestX (0.00s)\n", failed, red, "it says so"},
		{"not there", "testing: warning: no tests to run\n", nil, unknown, "what isn't run proves nothing"},
		{"doesn't compile", "# x\nx.go:1: syntax error\nFAIL x [build failed]\n", failed, unknown, "a patch that doesn't compile bites nobody"},
		{"another failed", "--- FAIL: TestX2 (0.00s)\n", failed, unknown, "only the named test counts"},
		{"no go command", "", errors.New("no such file"), unknown, "nothing ran"},
	} {
		is := is.New(t)
		got, err := judge("TestX", tc.out, tc.err)
		is.Equal(got, tc.want)                   // tc.why
		is.Equal(err == nil, tc.want != unknown) // an outcome or an error
	}
}

func TestSelected(t *testing.T) {
	t.Parallel()
	all := func() []patch {
		return []patch{{path: "a", rule: "R3"}, {path: "b", rule: "R3"}, {path: "c", rule: "L7", test: "TestL7_G6_X"}}
	}
	is := is.New(t)
	is.Equal(len(selected(all(), false, nil)), 3)                 // no word, every patch
	is.Equal(selected(all(), true, nil)[1].path, "c")             // one of each rule
	is.Equal(selected(all(), false, []string{"G6"})[0].path, "c") // by the test's name
	is.Equal(len(selected(all(), false, []string{"X1"})), 0)      // of none
}
