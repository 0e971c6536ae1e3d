//go:build gates && linux

package bench

import (
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

// TestGateMemory compares the most memory that a process held resident during a hand-over of 10,000 records with that of a
// large one; each is a child of its own.
func TestGateMemory(t *testing.T) {
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			small, large := peak(t, engine, 10_000), peak(t, engine, *records)
			report := t.Logf
			if large-small > 16<<10 {
				report = t.Errorf
			}
			report("resident at most %d KiB for 10,000 records, %d KiB for %d: %d KiB more, allowed 16,384", small, large, *records, large-small)
		})
	}
}

// peak runs a hand-over in a child and reads what it tells, in KiB.
func peak(t *testing.T, engine string, records int) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMemoryChild$", "-records="+strconv.Itoa(records))
	cmd.Env = append(os.Environ(), "BENCH_ENGINE="+engine)
	out, err := cmd.CombinedOutput()
	must(t, err)
	for line := range strings.Lines(string(out)) {
		if told, ok := strings.CutPrefix(line, "peak "); ok {
			n, err := strconv.Atoi(strings.TrimSpace(told))
			must(t, err)
			return n
		}
	}
	t.Fatalf("the child tells nothing:\n%s", out)
	return 0
}

// TestMemoryChild is the child: without BENCH_ENGINE it has nothing to do.
func TestMemoryChild(t *testing.T) {
	engine := os.Getenv("BENCH_ENGINE")
	if engine == "" {
		return
	}
	w := newWorld(t, engine, *records, 0)
	debug.FreeOSMemory()
	must(t, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)) // the peak counts from here
	w.handOver(t.Context(), user(0), user(1))
	status, err := os.ReadFile("/proc/self/status")
	must(t, err)
	for line := range strings.Lines(string(status)) {
		if told, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			fmt.Println("peak", strings.Fields(told)[0])
		}
	}
}
