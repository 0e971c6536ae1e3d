package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// A backup that is put in a file's place while it is open is another database: no connection goes there.
func TestL21_AFileThatIsReplacedIsNoticed(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(path string) error{
		"removed": os.Remove,
		"replaced": func(path string) error {
			return errors.Join(os.WriteFile(path+"2", nil, 0o600), os.Rename(path+"2", path))
		},
	} {
		path := filepath.Join(t.TempDir(), "roster.db")
		db, err := sqlite.Open(t.Context(), path, sqlstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := take(path); err != nil {
			t.Fatal(err)
		}
		db.Writer().SetMaxIdleConns(-1) // as if a minute had passed
		db.Reader().SetMaxIdleConns(-1)
		update := db.Account("").Update(t.Context(), func(roster.Tx) error { return nil })
		for what, err := range map[string]error{"Update": update, "Ready": db.Ready(t.Context())} {
			if !errors.Is(err, roster.ErrState) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: %s: %v; want one that names the file", name, what, err)
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
