package faults_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// children are what this test binary does in place of tests when a test started it again, by the name of the part.
var children = map[string]func(ctx context.Context, order []byte) error{
	"leave": leave,
}

const (
	childPart  = "ROSTER_FAULTS_PART"
	childOrder = "ROSTER_FAULTS_ORDER"
)

func TestMain(m *testing.M) {
	part, ok := os.LookupEnv(childPart)
	if !ok {
		os.Exit(m.Run())
	}
	if err := children[part](context.Background(), []byte(os.Getenv(childOrder))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// child is a process that plays a part, not yet started. Its output goes to standard error's.
func child(t testing.TB, part string, order any) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childPart+"="+part, childOrder+"="+string(text))
	return cmd
}
