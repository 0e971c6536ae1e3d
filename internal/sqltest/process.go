package sqltest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	osexec "os/exec"
	"testing"

	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Main is the TestMain of an engine's package: it makes a process of the test binary that Child made open a place, and
// nothing else; any other runs the tests.
func Main(m *testing.M, open func(ctx context.Context, place string, o sqlstore.Options) (*sqlstore.DB, error)) {
	place := os.Getenv("ROSTER_OPEN")
	if place == "" {
		os.Exit(m.Run())
	}
	var o sqlstore.Options
	err := json.Unmarshal([]byte(os.Getenv("ROSTER_OPTIONS")), &o)
	if err == nil {
		var db *sqlstore.DB
		if db, err = open(context.Background(), place, o); err == nil {
			err = db.Close()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Child is a process of a test binary that opens a place and ends.
func Child(ctx context.Context, program, place string, o sqlstore.Options) *osexec.Cmd {
	cmd := osexec.CommandContext(ctx, program)
	cmd.Env = append(os.Environ(), "ROSTER_OPEN="+place, fmt.Sprintf(`ROSTER_OPTIONS={"Prefix":%q,"Schema":%q}`, o.Prefix, o.Schema))
	return cmd
}

// Run runs a process; what it says is in the error.
func Run(cmd *osexec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
