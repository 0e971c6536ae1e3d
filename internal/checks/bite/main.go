// Command bite shows that the tests bite: each patch beside it breaks one rule, as a slip would, and
// names the test that must then fail. It runs that test as the tree stands, where it must pass, and with
// the patch laid over the tree, where it must fail. Nothing in the tree is changed.
//
//	go run ./internal/checks/bite [-brief] [WORD...]
//
// Words select patches by what their path, rule or test contains, -brief the first of each rule. It exits with 1 when a patch doesn't
// apply, doesn't compile or isn't noticed by its test, and when a test fails without any patch.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"text/tabwriter"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	brief := flag.Bool("brief", false, "only the first patch of each rule")
	flag.Parse()
	if err := run(ctx, os.Stdout, ".", *brief, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "bite:", err)
		os.Exit(1)
	}
}

// result is what became of one patch.
type result struct {
	patch
	plain, bitten outcome
	took          time.Duration
	err           error // neither red nor green: doesn't apply, doesn't compile
	output        string
}

// bites reports whether the test passes without the patch and fails with it.
func (r result) bites() bool { return r.err == nil && r.plain == green && r.bitten == red }

// run tries every selected patch, as many at once as there are processors, and prints a table.
func run(ctx context.Context, w io.Writer, root string, brief bool, words []string) error {
	all, err := patches(root)
	if err != nil {
		return err
	}
	all = selected(all, brief, words)
	work, err := os.MkdirTemp("", "bite")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	results := make([]result, len(all))
	free := make(chan struct{}, runtime.NumCPU())
	var wait sync.WaitGroup
	for i, p := range all {
		wait.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			begun := time.Now()
			results[i] = try(ctx, root, work, p)
			results[i].took = time.Since(begun)
		})
	}
	wait.Wait()
	return report(w, results)
}

// report prints the table, then what went wrong.
func report(w io.Writer, results []result) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RULE\tPATCH\tTEST\tWITHOUT\tWITH\tSECONDS")
	failed := 0
	for _, r := range results {
		fmt.Fprintf(table, "%s\t%s\t%s %s\t%s\t%s\t%.1f\n", r.rule, r.path[len(dir)+1:], r.pkg, r.test, r.plain, r.bitten, r.took.Seconds())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, r := range results {
		if r.bites() {
			continue
		}
		failed++
		fmt.Fprintf(w, "\n%s (%s): %s without it, %s with it, %v\n%s", r.path, r.why, r.plain, r.bitten, r.err, r.output[max(0, len(r.output)-4000):])
	}
	if failed > 0 || len(results) == 0 {
		return fmt.Errorf("%d of %d patches don't bite", failed, len(results))
	}
	fmt.Fprintf(w, "%d patches, every one noticed by its test\n", len(results))
	return nil
}
