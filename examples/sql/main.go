// Sql is a little CRM with ten tables of its own, on SQLite or PostgreSQL, that puts them under roster in the few lines
// of roster.go and offboards one of its people. On the way its process is killed, as kill -9 does it, and another goes on.
//
//	go run ./examples/sql                           SQLite, in a file that goes in the end
//	go run ./examples/sql -dsn postgres://…         the same on PostgreSQL, in a schema that goes in the end
//	go run ./examples/sql -db crm.db                in a file that stays
//	go run ./examples/sql -db crm.db -die 1000      dies by itself after 1,000 records
//	go run ./examples/sql -db crm.db                and the same command goes on
//
// Kill it however you like: started again on the same database it goes on with what is there. On a terminal it asks before
// it deletes anybody; -yes confirms without asking.
//
// The files: roster.go puts the tables under roster, leave.go offboards, daily.go and list.go are what a CRM asks roster every day,
// crm.go has the tables, tell.go prints, show.go and die.go are the death and what comes after it, database.go opens
// either engine.
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
)

// options are the program's flags.
type options struct {
	db, dsn   string
	yes, keep bool
	die, rows int
}

// terminal is where the program talks to a person.
type terminal struct {
	in          io.Reader
	out, err    io.Writer
	interactive bool // a person sits there: ask
}

// failure is the process's exit code after an error, which no killed process has.
const failure = 3

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	t := terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr, interactive: isTerminal(os.Stdin) && isTerminal(os.Stdout)}
	if err := run(ctx, os.Args[1:], t); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "sql:", err)
		os.Exit(failure)
	}
}

// isTerminal reports whether f is a character device other than the null device, which is near enough for an example.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// run is the whole program: it goes on with what it finds in the database, or shows everything from the start.
func run(ctx context.Context, args []string, t terminal) (err error) {
	var o options
	flags := flag.NewFlagSet("sql", flag.ContinueOnError)
	flags.SetOutput(t.err)
	flags.StringVar(&o.db, "db", "", "SQLite `file`, which stays; empty: one in a temporary directory")
	flags.StringVar(&o.dsn, "dsn", "", "connection `string` of a PostgreSQL database, in which the example makes the schema "+schemaName)
	flags.BoolVar(&o.keep, "keep", false, "leave the schema in PostgreSQL in the end")
	flags.BoolVar(&o.yes, "yes", false, "confirm without asking")
	flags.IntVar(&o.die, "die", 0, "kill this process in the midst of the hand-over, after so many `records`")
	flags.IntVar(&o.rows, "rows", 30_000, "`records` in the ten tables together, about")
	if err := flags.Parse(args); err != nil {
		return err
	}
	temporary := o.db == "" && o.dsn == ""
	if flags.NArg() > 0 || o.db != "" && o.dsn != "" || temporary && o.die > 0 || o.die < 0 || o.rows < 1_000 {
		return errors.New("usage: sql [-db file | -dsn string] [-die records] [-rows 1000 or more] [-keep] [-yes]; what dies needs a -db or -dsn that stays")
	}
	if temporary {
		var dir string
		if dir, err = os.MkdirTemp("", "crm-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		o.db = dir + "/crm.db"
	}
	o.yes = o.yes || !t.interactive
	begun, err := live(ctx, o, t)
	if err == nil && !begun {
		return show(ctx, o, t)
	}
	return err
}

// live is one life of the CRM: it goes on from where an earlier one got to. Where nothing has begun it does nothing,
// and says so, unless it is to begin and to die.
func live(ctx context.Context, o options, t terminal) (begun bool, err error) {
	db, err := open(ctx, o)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	c, err := newCRM(db, o, t)
	if err != nil {
		return false, err
	}
	if begun, err = c.begun(ctx); err != nil || !begun && o.die == 0 {
		return begun, err
	}
	if !begun {
		if err := c.fill(ctx); err != nil {
			return true, err
		}
	}
	if err := c.openDesk(ctx); err != nil {
		return true, err
	}
	if !begun {
		if err := c.day(ctx); err != nil {
			return true, err
		}
	}
	if err := c.offboard(ctx); err != nil || o.dsn == "" || o.keep {
		return true, err
	}
	_, err = db.Writer().ExecContext(ctx, "DROP SCHEMA "+schemaName+" CASCADE")
	return true, err
}

// confirm asks the person, who must type the word.
func (t terminal) confirm(who string) bool {
	fmt.Fprintf(t.out, "Delete %s? Type \"delete\" to confirm: ", who)
	line, _ := bufio.NewReader(t.in).ReadString('\n')
	return line == "delete\n"
}
