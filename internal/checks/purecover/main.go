// Command purecover reads a cover profile and fails unless every statement of the pure rules, the
// files that package pure lists, was run.
//
//	go test -coverprofile=cover.out . && go run ./internal/checks/purecover cover.out
package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster/internal/checks/pure"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: purecover PROFILE")
		os.Exit(2)
	}
	f, err := os.Open(os.Args[1])
	if err == nil {
		defer f.Close()
		err = check(os.Stdout, f, pure.Files())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "purecover:", err)
		os.Exit(1)
	}
}

// block is a run of statements of one file: "rights.go:31.2,34.3".
type block struct {
	file, place string
	statements  int
}

// check fails for each of names that the profile doesn't mention, and for each block of theirs that
// never ran. Names are those of files of one package.
func check(w io.Writer, profile io.Reader, names []string) error {
	ran := map[block]int{}
	lines := bufio.NewScanner(profile)
	for lines.Scan() {
		where, counts, ok := strings.Cut(lines.Text(), " ")
		name, place, _ := strings.Cut(path.Base(where), ":")
		if !ok || !slices.Contains(names, name) {
			continue
		}
		b, times := block{file: name, place: place}, 0
		if _, err := fmt.Sscan(counts, &b.statements, &times); err != nil {
			return fmt.Errorf("%s: %w", lines.Text(), err)
		}
		ran[b] += times
	}
	total, missed := map[string]int{}, map[string]int{}
	for b, times := range ran {
		total[b.file] += b.statements
		if times == 0 && b.statements > 0 {
			missed[b.file] += b.statements
			fmt.Fprintf(w, "%s:%s never ran\n", b.file, b.place)
		}
	}
	for _, name := range names {
		if total[name] == 0 {
			missed[name]++
		}
		fmt.Fprintf(w, "%-20s %d of %d statements\n", name, max(0, total[name]-missed[name]), total[name])
	}
	if len(missed) > 0 {
		return fmt.Errorf("not every statement ran in %s", strings.Join(slices.Sorted(maps.Keys(missed)), ", "))
	}
	return lines.Err()
}
