// Command mutants measures how much of the pure rules the tests hold: it makes one small change at a time in
// the files that internal/checks/purecover lists, and counts the changes that the root package's tests notice.
//
//	go run ./internal/checks/mutants [-workers N] [FILE...]
//
// It prints a table and the mutants that survived, as docs/mutants.md has them, and exits with 1 when less
// than 90 in 100 are killed, or when that page doesn't tell why a survivor lives.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/seed-8e8abc8d/roster/internal/checks/pure"
)

const page = "docs/mutants.md"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	workers := flag.Int("workers", runtime.NumCPU(), "how many mutants are tried at once")
	flag.Parse()
	if err := run(ctx, os.Stdout, ".", flag.Args(), *workers); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// tally is a file's line in the table.
type tally struct {
	file                           string
	mutants                        int
	killed, survived, timed, other int // other: doesn't compile
}

func (t *tally) note(o outcome) {
	switch o {
	case killed:
		t.killed++
	case survived:
		t.survived++
	case timedOut:
		t.timed++
	}
}

func run(ctx context.Context, w io.Writer, root string, files []string, workers int) error {
	if len(files) == 0 {
		files = pure.Files()
	}
	work, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	tallies := map[string]*tally{}
	var sources []source
	var within, outside []mutant
	for _, name := range files {
		s, err := read(root, name)
		if err != nil {
			return err
		}
		sources = append(sources, s)
		tallies[name] = &tally{file: name}
		for _, m := range s.mutants() {
			tallies[name].mutants++
			if m.fn == "" {
				outside = append(outside, m)
			} else {
				within = append(within, m)
			}
		}
	}
	var survivors []mutant
	note := func(m mutant, became outcome) {
		tallies[m.file].note(became)
		if became == survived {
			survivors = append(survivors, m)
		}
		if became != killed {
			fmt.Fprintln(os.Stderr, m, became)
		}
	}
	b := bench{root: root, work: work, workers: workers}
	if err := b.tryWithin(ctx, sources, within, note); err != nil {
		return err
	}
	if err := b.tryOutside(ctx, sources, outside, note); err != nil {
		return err
	}
	known, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(page)))
	if err != nil {
		return err
	}
	return report(w, files, tallies, survivors, string(known))
}

func read(root, name string) (source, error) {
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		return source{}, err
	}
	return parse(name, text)
}

// report prints the table and the survivors, those without a reason marked.
func report(w io.Writer, files []string, tallies map[string]*tally, survivors []mutant, known string) error {
	table := tabwriter.NewWriter(w, 0, 0, 1, ' ', tabwriter.AlignRight|tabwriter.Debug)
	row := func(t tally) {
		t.other = t.mutants - t.killed - t.survived - t.timed
		percent := "-"
		if n := t.killed + t.survived; n > 0 {
			percent = fmt.Sprintf("%.1f", 100*float64(t.killed)/float64(n))
		}
		fmt.Fprintf(table, "\t %s \t %d \t %d \t %d \t %d \t %d \t %s \t\n", t.file, t.mutants, t.killed, t.survived, t.timed, t.other, percent)
	}
	fmt.Fprintln(table, "\t file \t mutants \t killed \t survived \t timed out \t don't compile \t killed, % \t")
	fmt.Fprintln(table, "\t --- \t ---: \t ---: \t ---: \t ---: \t ---: \t ---: \t")
	sum := tally{file: "all"}
	for _, name := range files {
		t := *tallies[name]
		row(t)
		sum.mutants, sum.killed, sum.survived, sum.timed = sum.mutants+t.mutants, sum.killed+t.killed, sum.survived+t.survived, sum.timed+t.timed
	}
	row(sum)
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	unexplained := 0
	for _, m := range slices.Clip(survivors) {
		mark := ""
		if !strings.Contains(known, m.String()) {
			unexplained++
			mark = " (no reason given)"
		}
		fmt.Fprintf(w, "- %s%s\n", m, mark)
	}
	switch {
	case unexplained > 0:
		return fmt.Errorf("%s doesn't explain %d of %d survivors", page, unexplained, len(survivors))
	case 100*sum.killed < 90*(sum.killed+sum.survived):
		return fmt.Errorf("less than 90 in 100 mutants are killed")
	}
	return nil
}
