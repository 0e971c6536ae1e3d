package sqltest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"testing"

	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// parts are what a process may do with a database that it opened, besides nothing, until its standard input ends. On
// standard output they write numbers.
var parts = map[string]func(*sqlstore.DB) error{
	"work": workMeanwhile, "assign": assignMeanwhile, "late before its move": workLate(false), "late after its move": workLate(true),
}

// Main is the TestMain of an engine's package: it makes a process of the test binary that Child or start made open a place
// and play its part, and nothing else; any other runs the tests.
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
			if part := parts[os.Getenv("ROSTER_PART")]; part != nil {
				err = part(db)
			}
			err = errors.Join(err, db.Close())
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

// listen is for a part: the channel is closed when the starter lets it go on, the context done when it is to end.
func listen() (ctx context.Context, goOn <-chan struct{}) {
	ctx, stop := context.WithCancel(context.Background())
	heard := make(chan struct{})
	go func() {
		defer stop()
		_, _ = os.Stdin.Read(make([]byte, 1))
		close(heard)
		_, _ = io.Copy(io.Discard, os.Stdin)
	}()
	return ctx, heard
}

// helper is a process that plays a part.
type helper struct {
	cmd      *osexec.Cmd
	in       io.WriteCloser
	out      *bufio.Reader
	problems bytes.Buffer
}

// start starts a process that plays a part, until end or the end of t.
func start(t *testing.T, place, part string) *helper {
	t.Helper()
	h := &helper{cmd: Child(t.Context(), os.Args[0], place, sqlstore.Options{})}
	h.cmd.Env = append(h.cmd.Env, "ROSTER_PART="+part)
	h.cmd.Stderr = &h.problems
	in, err := h.cmd.StdinPipe()
	must(t, err)
	out, err := h.cmd.StdoutPipe()
	must(t, err)
	h.in, h.out = in, bufio.NewReader(out)
	must(t, h.cmd.Start())
	t.Cleanup(func() { _ = h.cmd.Wait() }) // by then it has ended, or t's context has it killed
	return h
}

// goOn lets a process go on that waits for it.
func (h *helper) goOn() { _, _ = h.in.Write([]byte{'\n'}) } // one that is dead says so in number

// number is the next number that a process tells.
func (h *helper) number(t *testing.T) (n int) {
	t.Helper()
	if _, err := fmt.Fscanln(h.out, &n); err != nil {
		t.Fatalf("a process that tells nothing (%v): %v: %s", err, h.cmd.Wait(), h.problems.String())
	}
	return n
}

// end ends a process, which tells a last number.
func (h *helper) end(t *testing.T) int {
	t.Helper()
	must(t, h.in.Close())
	n := h.number(t)
	must(t, h.cmd.Wait())
	return n
}
