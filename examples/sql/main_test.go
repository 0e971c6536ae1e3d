package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

var update = flag.Bool("update", false, "write testdata/output.txt anew")

// TestMain lets the program start itself again, as show does: the tests' own binary is the program then.
func TestMain(m *testing.M) {
	const child = "ROSTER_EXAMPLE_SQL_CHILD"
	if os.Getenv(child) != "" {
		main()
		return
	}
	os.Setenv(child, "true")
	os.Exit(m.Run())
}

// both runs a test on both engines, with the arguments that name a database.
func both(t *testing.T, f func(t *testing.T, where ...string)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		f(t, "-db", filepath.Join(t.TempDir(), "crm.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		f(t, "-dsn", pgtest.Database(t))
	})
}

// talk runs the program and returns what it printed.
func talk(t *testing.T, interactive bool, typed string, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, terminal{in: strings.NewReader(typed), out: &out, err: &out, interactive: interactive})
	return out.String(), err
}

var (
	runID    = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	progress = regexp.MustCompile(`(?m)^ *\d+%  \d+ of \d+\n`)
	unmarked = regexp.MustCompile(`(?m)^  - .*no fingerprint.*\n`) // of SQLite's tables: PostgreSQL's have one
	leftOff  = regexp.MustCompile(`(\d+) records in \d+ chunks`)
)

// TestL21_KilledAndContinued runs the whole: the first process is killed, the second goes on. Both engines give the same
// output, but for the run's id, how large the chunks were, and fingerprints.
// go test ./examples/sql -update writes it anew.
func TestL21_KilledAndContinued(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, where ...string) {
		is := is.New(t)
		got, err := talk(t, false, "", append(where, "-rows", "3000")...)
		is.NoErr(err)
		left := leftOff.FindStringSubmatch(got)
		is.True(len(left) > 0) // the second process found a run that wasn't finished
		n, err := strconv.Atoi(left[1])
		is.NoErr(err)
		is.True(0 < n && n < 500) // the first died behind 500 moves of which the journal knows fewer
		got = runID.ReplaceAllString(got, "(id)")
		got = progress.ReplaceAllString(got, "")
		got = unmarked.ReplaceAllString(got, "")
		got = leftOff.ReplaceAllString(got, "(n) records in (n) chunks")
		const file = "testdata/output.txt"
		if *update && where[0] == "-db" {
			is.NoErr(os.WriteFile(file, []byte(got), 0o644))
		}
		want, err := os.ReadFile(file)
		is.NoErr(err)
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("output (-want +got):\n%s", diff)
		}
		if where[0] == "-dsn" {
			db, err := postgres.Open(t.Context(), where[1], sqlstore.Options{})
			is.NoErr(err)
			defer db.Close()
			n := -1
			is.NoErr(db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM pg_namespace WHERE nspname = $1", schemaName).Scan(&n))
			is.Equal(n, 0) // it cleared up after itself
		}
	})
}

// TestL21_KilledAgainAndAgain kills each process that goes on, but the last.
func TestL21_KilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, where ...string) {
		is := is.New(t)
		args := append(where, "-rows", "1500", "-die", "200", "-keep")
		deaths := 0
		for ; deaths < 10; deaths++ {
			out, err := exec.CommandContext(t.Context(), os.Args[0], args...).CombinedOutput()
			if err == nil {
				break
			}
			if err.Error() != "signal: killed" {
				t.Fatalf("%v\n%s", err, out)
			}
		}
		is.Equal(deaths, 2) // leo has 500 records: the third process has fewer than 200 left
		out, err := talk(t, false, "", append(where, "-keep")...)
		is.NoErr(err)
		is.True(strings.Contains(out, "The journal tells of 497 moves of 497 records.")) // each once; three searches stood in the way of others
		is.True(strings.Contains(out, "Leo Lang is deleted; 0 tokens open a door."))     // once more asked, the same end
	})
}

// TestL21_TheFileGoesInTheEnd runs it as newcomers do, without any flag but a smaller CRM.
func TestL21_TheFileGoesInTheEnd(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	out, err := talk(t, false, "", "-rows", "1000")
	is.NoErr(err)
	is.True(strings.Contains(out, "Leo Lang is deleted"))
	left, err := os.ReadDir(dir)
	is.NoErr(err)
	is.Equal(len(left), 0) // nothing is left in the temporary directory
	for _, wrong := range [][]string{{"-die", "5"}, {"-db", "a", "-dsn", "b"}, {"-rows", "10"}, {"go"}} {
		_, err := talk(t, false, "", wrong...)
		is.True(err != nil && strings.Contains(err.Error(), "usage")) // no work that can't be continued
	}
}

// TestL6_WithoutTheWordNothingHappens asks a person, who hesitates.
func TestL6_WithoutTheWordNothingHappens(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, where ...string) {
		is := is.New(t)
		c := fresh(t, where...)
		args := append(where, "-rows", "1000")
		for _, typed := range []string{"", "\n", "y\n", "yes\n"} {
			out, err := talk(t, true, typed, args...)
			is.True(err != nil)                                              // not confirmed
			is.True(strings.Contains(out, `Type "delete" to confirm`))       // it asked
			is.True(!strings.Contains(out, "Fenced"))                        // and fenced nobody
			is.Equal(status(t.Context(), t, c, leaver), roster.StatusActive) // who is as before
		}
		out, err := talk(t, true, "delete\n", args...)
		is.NoErr(err)
		is.True(strings.Contains(out, "Leo Lang is deleted"))
	})
}

// status is somebody's status.
func status(ctx context.Context, t *testing.T, c *crm, id roster.UserID) roster.Status {
	t.Helper()
	u, err := c.r.User(ctx, roster.System("test"), id)
	if err != nil {
		t.Fatal(err)
	}
	return u.Status
}

// fresh is a CRM that has just been filled.
func fresh(t *testing.T, where ...string) *crm {
	t.Helper()
	o := options{rows: 1_000, yes: true}
	if where[0] == "-db" {
		o.db = where[1]
	} else {
		o.dsn = where[1]
	}
	db, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	c, err := newCRM(db, o, terminal{out: t.Output()})
	if err == nil {
		err = c.fill(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestL21_WhoWaitsLearnsThatAnotherFinished waits for a run that another process has finished meanwhile.
func TestL21_WhoWaitsLearnsThatAnotherFinished(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, where ...string) {
		is := is.New(t)
		c := fresh(t, where...)
		is.NoErr(c.openDesk(t.Context()))
		c.yes = true
		run, err := c.begin(t.Context())
		is.NoErr(err)
		_, err = c.desk.Work(t.Context(), run.ID, nil) // the other process
		is.NoErr(err)
		run, err = c.goOn(t.Context(), run.ID)
		is.NoErr(err)
		is.Equal(run.State, roster.RunDone)
	})
}
