package sqlite_test

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/sqltest"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

func TestMain(m *testing.M) { sqltest.Main(m, sqlite.Open) }

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

var places = sqltest.Places{
	Dialect: sqlstore.SQLite,
	Place:   func(t testing.TB) string { return filepath.Join(t.TempDir(), "roster.db") },
	Open:    sqlite.Open,
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
