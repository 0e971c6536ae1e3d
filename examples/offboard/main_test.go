package main

import (
	"bufio"
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster/internal/account"
)

var update = flag.Bool("update", false, "write testdata/output.txt anew")

// talk runs the program and returns what it printed.
func talk(t *testing.T, interactive bool, typed string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, terminal{in: bufio.NewReader(strings.NewReader(typed)), out: &out, interactive: interactive})
	return out.String(), err
}

// TestL12_TheMainJob runs the made-up account's deletion: the same account gives the same output.
// go test ./examples/offboard -update writes it anew.
func TestL12_TheMainJob(t *testing.T) {
	is := is.New(t)
	got, err := talk(t, false, "")
	is.NoErr(err)
	const file = "testdata/output.txt"
	if *update {
		is.NoErr(os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	is.NoErr(err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

// TestA2_DanglingOwnersAreHandedOver finds what the account has in the name of a user who was deleted there, and
// hands it over through the desk.
func TestA2_DanglingOwnersAreHandedOver(t *testing.T) {
	is := is.New(t)
	out, err := talk(t, false, "", "-seed", "5")
	is.NoErr(err)
	_, found, ok := strings.Cut(out, "records of the kind deal name user ")
	is.True(ok) // found
	gone, _, _ := strings.Cut(found, ",")
	_, swept, ok := strings.Cut(out, "Run done: what named user "+gone+", who is gone, is handed over.\n")
	is.True(ok)                                  // by a run that is done
	is.Equal(strings.Count(swept, "\n"), 4)      // in every kind that had some
	is.True(strings.Contains(swept, "  deal  ")) // deals among them
}

func TestL6_WithoutTheWordNothingHappens(t *testing.T) {
	for _, typed := range []string{"", "\n", "y\n", "yes\n"} {
		is := is.New(t)
		out, err := talk(t, true, typed)
		is.True(err != nil)                        // not confirmed
		is.True(strings.Contains(out, "Type"))     // it asked
		is.True(!strings.Contains(out, "Fenced:")) // and fenced nobody
	}
	is := is.New(t)
	out, err := talk(t, true, "delete\n", "-seed", "7", "-chunk", "100")
	is.NoErr(err)
	is.True(strings.Contains(out, "\r["))       // a bar on a terminal
	is.True(strings.Contains(out, "Run done:")) // and the end
}

func TestA1_AnAccountsOwnFiles(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	made, err := account.Write(dir, 3, account.Size{Users: 12, Records: 400})
	is.NoErr(err)
	_, err = talk(t, false, "", "-from", dir, "-user", "1")
	is.True(err != nil && strings.Contains(err.Error(), `no user "1"`)) // it names some to choose from
	_, err = talk(t, false, "", "-from", dir, "-user", itoa(made.Leaver), "-to", itoa(made.Inactive))
	is.True(err != nil && strings.Contains(err.Error(), "blocked")) // a successor who may not receive
	_, err = talk(t, false, "", "-from", dir, "-user", itoa(made.Leaver))
	is.True(err != nil && strings.Contains(err.Error(), "not confirmed")) // somebody's own account asks for -yes
	out, err := talk(t, false, "", "-from", dir, "-user", itoa(made.Leaver), "-to", itoa(made.Deputy), "-yes")
	is.NoErr(err)
	is.True(strings.Contains(out, "Run done:"))
	is.NoErr(os.Remove(filepath.Join(dir, "integrations.json"))) // amoCRM's API doesn't tell of them
	out, err = talk(t, false, "", "-from", dir, "-user", itoa(made.Leaver), "-to", itoa(made.Deputy), "-yes")
	is.NoErr(err)
	is.True(strings.Contains(out, "Run done:"))
	_, err = talk(t, false, "", "-from", t.TempDir(), "-user", "1")
	is.True(err != nil && strings.Contains(err.Error(), "no users*.json")) // an empty directory isn't an empty account
}

// itoa is a user's id.
func itoa(id int64) string { return strconv.FormatInt(id, 10) }
