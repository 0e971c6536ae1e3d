package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// TestMain makes a process of the test binary open a file, when it is told to, and nothing else.
func TestMain(m *testing.M) {
	place := os.Getenv("ROSTER_OPEN")
	if place == "" {
		os.Exit(m.Run())
	}
	var o sqlstore.Options
	err := json.Unmarshal([]byte(os.Getenv("ROSTER_OPTIONS")), &o)
	if err == nil {
		var db *sqlstore.DB
		if db, err = sqlite.Open(context.Background(), place, o); err == nil {
			err = db.Close()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// process opens a file in a process of its own.
func process(ctx context.Context, place string, o sqlstore.Options) error {
	return run(child(ctx, os.Args[0], place, o))
}

func child(ctx context.Context, program, place string, o sqlstore.Options) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(os.Environ(), "ROSTER_OPEN="+place, fmt.Sprintf(`ROSTER_OPTIONS={"Prefix":%q,"Schema":%q}`, o.Prefix, o.Schema))
	return cmd
}

// ordinary makes a process an ordinary user's, where it would be root's, from a copy of the program that all can read.
func ordinary(t *testing.T, cmd *exec.Cmd, home string) *exec.Cmd {
	t.Helper()
	if os.Getuid() != 0 {
		return cmd
	}
	const nobody = 65534
	text, err := os.ReadFile(cmd.Path)
	cmd.Path, cmd.Dir = filepath.Join(home, "program"), home
	if err == nil {
		err = errors.Join(os.WriteFile(cmd.Path, text, 0o755), os.Chmod(cmd.Path, 0o755), os.Chmod(home, 0o755), os.Chmod(filepath.Dir(home), 0o755))
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}

func run(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

var places = sqltest.Places{
	Dialect: sqlstore.SQLite,
	Place:   func(t testing.TB) string { return filepath.Join(t.TempDir(), "roster.db") },
	Open:    sqlite.Open,
	Process: process,
	Pool: func(t testing.TB, place, _ string) *sql.DB {
		t.Helper()
		db, err := sql.Open("sqlite", "file:"+place+"?_busy_timeout=5000")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	},
}

func TestL21_Prepare(t *testing.T) {
	t.Parallel()
	sqltest.Prepare(t, places)
}

func TestL21_BadInput(t *testing.T) {
	t.Parallel()
	sqltest.BadInput(t, places)
}
