package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
)

// outcome is what became of a mutant.
type outcome int

const (
	survived outcome = iota
	killed
	timedOut
)

// bench is where mutants are tried.
type bench struct {
	root, work string
	workers    int
	tests      []trial
}

// tryWithin tries the mutants of functions, several at once, and tells note what became of each that compiles.
func (b *bench) tryWithin(ctx context.Context, sources []source, all []mutant, note func(mutant, outcome)) error {
	program, viable, err := build(ctx, b.root, b.work, sources, all)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d of %d mutants of functions compile\n", len(viable), len(all))
	if b.tests, err = b.trials(ctx, program); err != nil {
		return err
	}
	var mutex sync.Mutex // around note and fault
	var fault error
	next := make(chan mutant)
	var wait sync.WaitGroup
	for range b.workers {
		wait.Go(func() {
			for m := range next {
				became, err := b.try(ctx, program, m)
				mutex.Lock()
				if fault = errors.Join(fault, err); err == nil {
					note(m, became)
				}
				mutex.Unlock()
			}
		})
	}
	for _, m := range viable {
		if ctx.Err() != nil {
			break
		}
		next <- m
	}
	close(next)
	wait.Wait()
	return cmp.Or(ctx.Err(), fault)
}

// tryOutside tries the mutants of constants and variables, each in a build of its own.
func (b *bench) tryOutside(ctx context.Context, sources []source, all []mutant, note func(mutant, outcome)) error {
	for _, m := range all {
		s := sources[slices.IndexFunc(sources, func(s source) bool { return s.name == m.file })]
		program, compiles, err := buildAlone(ctx, b.root, b.work, s, m)
		if err != nil {
			return err
		}
		if !compiles {
			continue
		}
		m.number = -1
		became, err := b.try(ctx, program, m)
		if err != nil {
			return err
		}
		note(m, became)
	}
	return nil
}

// try runs the tests that reach m's function with m on, the quick ones first, until one notices it.
func (b *bench) try(ctx context.Context, program string, m mutant) (outcome, error) {
	for _, r := range rounds(b.tests, m.entry) {
		if became, err := b.run(ctx, program, m, r); became != survived || err != nil {
			return became, err
		}
	}
	return survived, nil
}

// run runs a round with m on, up to the first test that fails. It may take some times as long as without.
func (b *bench) run(ctx context.Context, program string, m mutant, r round) (outcome, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, program, "-test.failfast", "-test.timeout=1h", "-test.run="+only(r.tests...))
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), fmt.Sprint("MUTANT=", m.number), fmt.Sprint("MUTANT_SECONDS=", int(5*r.took.Seconds())+10))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return survived, err
	}
	if err := cmd.Start(); err != nil {
		return survived, err
	}
	failed := false
	for lines := bufio.NewScanner(out); lines.Scan() && !failed; {
		failed = strings.HasPrefix(strings.TrimSpace(lines.Text()), "--- FAIL")
	}
	if failed {
		stop()
	} else {
		_, _ = io.Copy(io.Discard, out) // a line was too long: the exit code tells the rest
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	switch {
	case failed:
		return killed, nil
	case err == nil:
		return survived, nil
	case errors.As(err, &exit) && exit.ExitCode() == exhausted:
		return timedOut, nil
	case errors.As(err, &exit) && exit.Exited():
		return killed, nil
	}
	return survived, err
}

// String is the outcome in a word.
func (o outcome) String() string { return [...]string{"survived", "killed", "timed out"}[o] }
