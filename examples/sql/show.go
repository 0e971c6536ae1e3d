package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
)

// show has the whole done by two processes more: the first is killed in the midst of the hand-over, the second finds
// what it left and goes on.
func show(ctx context.Context, o options, t terminal) error {
	half := o.rows / 6 // leo answers for a third
	fmt.Fprintf(t.out, "=== The first process, which is to die after %d records\n", half)
	err := child(ctx, o, t, half)
	died := new(exec.ExitError)
	if !errors.As(err, &died) || died.ExitCode() == failure {
		return errors.Join(errors.New("the first process was not killed"), err)
	}
	fmt.Fprintf(t.out, "\n=== It was killed (%s). The second process, by the same command\n", died)
	return child(ctx, o, t, 0)
}

// child runs this program once more, on the same database.
func child(ctx context.Context, o options, t terminal, die int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"-rows", strconv.Itoa(o.rows), "-die", strconv.Itoa(die)}
	if o.dsn != "" {
		args = append(args, "-dsn", o.dsn)
	} else {
		args = append(args, "-db", o.db)
	}
	if o.yes {
		args = append(args, "-yes")
	}
	if o.keep {
		args = append(args, "-keep")
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = t.in, t.out, t.err
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	return cmd.Run()
}
