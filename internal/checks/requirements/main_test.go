package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
)

const root = "../../.."

// TestTable compares docs/requirements.md with the tests there are, both ways.
func TestTable(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(table)))
	is.NoErr(err) // the table is there
	tests, err := find(root)
	is.NoErr(err) // every test file parses
	want, faults := fill(string(b), tests)
	for _, f := range faults {
		t.Error(f)
	}
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("%s is out of date, run 'go run ./internal/checks/requirements' (-want +got):\n%s", table, diff)
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	const text = "# Title\n\n| id | what | tests |\n| --- | --- | --- |\n| J1 | joins | `TestGone` |\n| R2 | rights | later |\n| L3 | leaves |  |\n"
	got, faults := fill(text, map[string][]string{"J1": {"b.TestJ1_B", "TestJ1_A"}, "X9": {"TestX9_Y"}})
	want := "# Title\n\n| id | what | tests |\n| --- | --- | --- |\n| J1 | joins | `TestJ1_A` `b.TestJ1_B` |\n| R2 | rights | later |\n| L3 | leaves |  |\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"L3 has no test", "X9 has tests but no row: TestX9_Y"}, faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dir := t.TempDir()
	is.NoErr(os.Mkdir(filepath.Join(dir, "b"), 0o700)) // a package below the root
	const code = "package b\n\nfunc TestJ1_L2_Both() {}\nfunc FuzzJ1_Text() {}\nfunc TestJ1() {}\nfunc TestPlain_J1() {}\n"
	is.NoErr(os.WriteFile(filepath.Join(dir, "b", "b_test.go"), []byte(code), 0o600)) // its tests
	is.NoErr(os.WriteFile(filepath.Join(dir, "b", "b.go"), []byte("package b\n\nfunc TestL2_NoTest() {}\n"), 0o600))
	got, err := find(dir)
	is.NoErr(err) // it parses
	want := map[string][]string{"J1": {"b.TestJ1_L2_Both", "b.FuzzJ1_Text"}, "L2": {"b.TestJ1_L2_Both"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tests by requirement (-want +got):\n%s", diff)
	}
}
