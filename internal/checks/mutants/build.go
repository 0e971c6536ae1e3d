package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// chooser tells the woven code which mutant is on, and notes which functions are reached. It ends a run that
// needs too much: processor time, so that a busy machine makes no difference, or memory.
const chooser = `package %s

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

var reachedName = os.Getenv("MUTANT_REACHED")

var reached [1 << 16]atomic.Bool

func chosen(entry int) int {
	if reachedName != "" && !reached[entry].Swap(true) {
		f, _ := os.OpenFile(reachedName, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
		fmt.Fprintln(f, entry)
		f.Close()
	}
	return chosenMutant
}

var chosenMutant = func() int {
	n, _ := strconv.Atoi(os.Getenv("MUTANT"))
	limit, _ := strconv.Atoi(os.Getenv("MUTANT_SECONDS"))
	if n != 0 {
		go func() {
			for range time.Tick(100 * time.Millisecond) {
				var use syscall.Rusage
				var memory runtime.MemStats
				runtime.ReadMemStats(&memory)
				if syscall.Getrusage(syscall.RUSAGE_SELF, &use) == nil && int(use.Utime.Sec) > limit || memory.HeapAlloc > 1<<30 {
					os.Exit(%d)
				}
			}
		}()
	}
	return n
}()
`

// exhausted is the exit code of a run that needed too much.
const exhausted = 77

// build weaves the mutants of functions into one test program of the package in dir, and returns those of
// them that compile, numbered.
func build(ctx context.Context, dir, work string, sources []source, all []mutant) (program string, viable []mutant, err error) {
	program = filepath.Join(work, "tests")
	for {
		for i := range all {
			all[i].number = i + 1
		}
		files := map[string][]byte{}
		for _, s := range sources {
			from, to := span(all, s.name)
			files[s.name] = s.weave(all[from:to])
		}
		overlay, err := lay(dir, work, sources[0].file.Name.Name, files)
		if err != nil {
			return "", nil, err
		}
		out, err := command(ctx, dir, "go", "build", "-gcflags=-e", overlay, ".")
		if err == nil {
			out, err = command(ctx, dir, "go", "test", "-c", "-vet=off", overlay, "-o", program, ".")
			if err != nil {
				err = fmt.Errorf("%w\n%s", err, out)
			}
			return program, all, err
		}
		kept := drop(all, out)
		if len(kept) == len(all) {
			return "", nil, fmt.Errorf("%w\n%s", err, out)
		}
		all = kept
	}
}

// buildAlone makes a test program with the one mutant in it, and reports whether it compiles.
func buildAlone(ctx context.Context, dir, work string, s source, m mutant) (program string, compiles bool, err error) {
	text := edited(s.text, []edit{{m.at, len(m.old), m.new}})
	overlay, err := lay(dir, work, s.file.Name.Name, map[string][]byte{s.name: text})
	if err != nil {
		return "", false, err
	}
	program = filepath.Join(work, "alone")
	_, err = command(ctx, dir, "go", "test", "-c", "-vet=off", overlay, "-o", program, ".")
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		return "", false, nil
	}
	return program, err == nil, err
}

func command(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// lay writes files into work, and gives the flag that puts them in the place of dir's own.
func lay(dir, work, pkg string, files map[string][]byte) (flag string, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	files["chosen_mutant.go"] = fmt.Appendf(nil, chooser, pkg, exhausted)
	var list struct{ Replace map[string]string }
	list.Replace = map[string]string{}
	for name, text := range files {
		to := filepath.Join(work, name)
		list.Replace[filepath.Join(dir, name)] = to
		err = errors.Join(err, os.WriteFile(to, text, 0o666))
	}
	b, _ := json.Marshal(list)
	overlay := filepath.Join(work, "overlay.json")
	return "-overlay=" + overlay, errors.Join(err, os.WriteFile(overlay, b, 0o666))
}

// span is the range of a file's mutants in all, where they stand together.
func span(all []mutant, file string) (from, to int) {
	for from < len(all) && all[from].file != file {
		from++
	}
	for to = from; to < len(all) && all[to].file == file; to++ {
	}
	return from, to
}

var complaint = regexp.MustCompile(`(?m)([\w.]+\.go):(\d+):\d+: `)

// drop takes out the mutants of whose copies the compiler complains.
func drop(all []mutant, out string) []mutant {
	bad := map[int]bool{}
	for _, c := range complaint.FindAllStringSubmatch(out, -1) {
		line, _ := strconv.Atoi(c[2])
		for _, m := range all {
			if m.file == c[1] && m.first <= line && line <= m.last {
				bad[m.number] = true
			}
		}
	}
	var kept []mutant
	for _, m := range all {
		if !bad[m.number] {
			kept = append(kept, m)
		}
	}
	return kept
}
