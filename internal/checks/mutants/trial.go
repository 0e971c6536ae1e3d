package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// trial is what one test does when no mutant is on.
type trial struct {
	test    string
	took    time.Duration // of the processor's
	reaches map[int]bool  // entries of functions
}

// trials runs every test by itself, and gives the quickest first. The exhaustive walk is left out: it takes longer
// than all the others together, and reaches nearly everything.
func (b *bench) trials(ctx context.Context, program string) ([]trial, error) {
	out, err := command(ctx, b.root, program, "-test.list=.")
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	var all []trial
	note := filepath.Join(b.work, "reached")
	for _, test := range strings.Fields(out) {
		if strings.HasPrefix(test, "Benchmark") || strings.Contains(test, "ByExhaustion") {
			continue
		}
		cmd := exec.CommandContext(ctx, program, "-test.run="+only(test))
		cmd.Dir, cmd.Env = b.root, append(os.Environ(), "MUTANT_REACHED="+note)
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("without any mutant: %s: %w\n%s", test, err, out)
		}
		t := trial{test: test, took: cmd.ProcessState.UserTime(), reaches: map[int]bool{}}
		text, _ := os.ReadFile(note) // none when it reaches nothing
		_ = os.Remove(note)
		for _, entry := range strings.Fields(string(text)) {
			var n int
			if _, err := fmt.Sscan(entry, &n); err != nil {
				return nil, err
			}
			t.reaches[n] = true
		}
		all = append(all, t)
	}
	slices.SortStableFunc(all, func(a, b trial) int { return int(a.took - b.took) })
	return all, nil
}

// only is the pattern of the tests named.
func only(tests ...string) string { return "^(" + strings.Join(tests, "|") + ")$" }

// round is tests that are run together.
type round struct {
	tests []string
	took  time.Duration // of the processor's, when no mutant is on
}

// rounds gives the tests that reach the function known by entry, all for 0: the quickest first, a round each
// time that they took some longer together.
func rounds(all []trial, entry int) []round {
	var out []round
	limit := 200 * time.Millisecond
	for _, t := range all {
		if entry != 0 && !t.reaches[entry] {
			continue
		}
		last := len(out) - 1
		if last < 0 || out[last].took+t.took > limit {
			if last >= 0 {
				limit *= 4
			}
			out = append(out, round{})
			last++
		}
		out[last].tests = append(out[last].tests, t.test)
		out[last].took += t.took
	}
	return out
}
