// Offboard imports an amoCRM account from replies of its API and offboards one of its users: an
// assessment, a confirmation, the fence, the hand-over, the verification, and the trail. Then it hands over
// what the account still has in the names of users who were deleted there.
//
//	go run ./examples/offboard                       a made-up account: 40 users, 20,000 records
//	go run ./examples/offboard -from DIR -user ID    an account's own exported replies
//
// On a terminal it asks for the confirmation; -yes confirms without asking. Without a terminal only the
// made-up account's deletion is confirmed by itself: nobody's work hangs on it.
//
// A directory holds roles*.json and users*.json and may hold leads*.json, contacts*.json,
// companies*.json, tasks*.json, one or more pages each, and integrations.json.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/account"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// options are the program's flags.
type options struct {
	from, user, to string
	split, yes     bool
	chunk          int
	seed           uint64
}

// terminal is where the program talks to a person.
type terminal struct {
	in          *bufio.Reader
	out         io.Writer
	interactive bool // a person sits there: ask, and draw a bar
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	t := terminal{in: bufio.NewReader(os.Stdin), out: os.Stdout, interactive: isTerminal(os.Stdin) && isTerminal(os.Stdout)}
	if err := run(ctx, os.Args[1:], t); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "offboard:", err)
		os.Exit(1)
	}
}

// isTerminal reports whether f is a character device other than the null device, which is near enough
// for an example.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// run is the whole program.
func run(ctx context.Context, args []string, t terminal) error {
	var o options
	flags := flag.NewFlagSet("offboard", flag.ContinueOnError)
	flags.SetOutput(t.out)
	flags.StringVar(&o.from, "from", "", "`directory` with exported replies; empty: a made-up account")
	flags.StringVar(&o.user, "user", "", "`id` of who leaves; empty: a busy manager of the made-up account")
	flags.StringVar(&o.to, "to", "", "`ids` of the successors, with commas; empty: two colleagues who may receive the records")
	flags.BoolVar(&o.split, "split", true, "split evenly among several successors; false: the least loaded receive more")
	flags.BoolVar(&o.yes, "yes", false, "confirm without asking")
	flags.IntVar(&o.chunk, "chunk", 0, "records in a chunk at most; 0: 10,000")
	flags.Uint64Var(&o.seed, "seed", 1, "of the made-up account")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if o.from == "" {
		dir, err := os.MkdirTemp("", "amocrm-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		made, err := account.Write(dir, o.seed, account.Size{})
		if err != nil {
			return err
		}
		o.from, o.yes = dir, o.yes || !t.interactive
		if o.user == "" {
			o.user = fmt.Sprint(made.Leaver)
		}
	}
	c, err := open(ctx, o.from, t)
	if err != nil {
		return err
	}
	return c.offboard(ctx, o, t)
}

// offboard takes one user from the assessment to the tombstone.
func (c *crm) offboard(ctx context.Context, o options, t terminal) error {
	actor, err := c.administrator(ctx, roster.UserID(o.user))
	if err != nil {
		return err
	}
	desk, err := offboard.New(c.r, append(c.kinds,
		offboard.Kind{Name: "note", Exempt: "notes belong to the record that they are about"},
		offboard.Kind{Name: "catalog", Exempt: "what is in catalogues has no responsible user"})...)
	if err != nil {
		return err
	}
	desk = desk.With(offboard.Settings{Chunk: o.chunk})
	access, err := c.live(ctx, roster.UserID(o.user))
	if err != nil {
		return err
	}
	request, err := c.request(ctx, desk, actor, o)
	if err != nil {
		return err
	}
	plan, err := desk.Assess(ctx, actor, request)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "\n%s\n", plan.Text(c.name))
	if len(plan.Blockers) > 0 {
		return errors.New("the plan is blocked: nothing was changed")
	}
	if !o.yes && !t.confirm(c.name(plan.Leaver)) {
		return errors.New("not confirmed: nothing was changed (-yes confirms without asking)")
	}
	started, err := desk.Start(ctx, actor, request, plan.Digest)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "Fenced: %s\n\n", access.tried(ctx, c.r))
	done, err := desk.Work(ctx, started.ID, t.progress())
	if err != nil {
		return err
	}
	if err := c.summary(ctx, t, done); err != nil {
		return err
	}
	return c.sweep(ctx, desk, actor, request.Rules, t)
}

// confirm asks the person, who must type the word.
func (t terminal) confirm(who string) bool {
	if t.interactive {
		fmt.Fprintf(t.out, "Delete %s? Type \"delete\" to confirm: ", who)
	}
	line, _ := t.in.ReadString('\n')
	return strings.TrimSpace(line) == "delete"
}

// progress draws a bar on a terminal and prints a line for every tenth elsewhere.
func (t terminal) progress() func(offboard.Progress) {
	tenth := -1
	return func(p offboard.Progress) {
		done := 10
		if p.Total > 0 {
			done = 10 * p.Moved / p.Total
		}
		switch {
		case t.interactive:
			fmt.Fprintf(t.out, "\r[%-40s] %d of %d ", strings.Repeat("=", min(4*done, 40)), p.Moved, p.Total)
		case done > tenth:
			fmt.Fprintf(t.out, "%3d%%  %d of %d\n", 10*done, p.Moved, p.Total)
		}
		tenth = max(tenth, done)
	}
}
