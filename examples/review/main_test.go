package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
)

var update = flag.Bool("update", false, "write testdata/output.txt anew")

// runID is a generated id, the one thing that differs between runs of the program.
var runID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// print runs the program and returns what it printed, with x for each letter of a run's id.
func print(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, &out)
	return runID.ReplaceAllStringFunc(out.String(), func(id string) string { return strings.Repeat("x", len(id)) }), err
}

// TestW2_TheReview prints all reports: the same account gives the same output.
// go test ./examples/review -update writes it anew.
func TestW2_TheReview(t *testing.T) {
	is := is.New(t)
	got, err := print(t)
	is.NoErr(err)
	const file = "testdata/output.txt"
	if *update {
		is.NoErr(os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	is.NoErr(err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

// TestW2_TheReviewOfADepartment narrows the reports, and prints them for programs.
func TestW2_TheReviewOfADepartment(t *testing.T) {
	is := is.New(t)
	out, err := print(t, "-department", "amocrm-group-512101", "-right", "mail:use", "-rows", "2")
	is.NoErr(err)
	is.True(strings.Contains(out, "Who holds mail:use: "))  // the right asked for
	is.Equal(strings.Count(out, " - Продажи, Москва\n"), 8) // each report says of whom it tells
	is.True(strings.Contains(out, "\n  and "))              // and what it left out
	is.True(!strings.Contains(out, "Продажи, Петербург"))   // others aren't in it
	lines, err := print(t, "-json", "-seed", "3")
	is.NoErr(err)
	is.Equal(strings.Count(lines, "\n"), 8) // a line for each report
	for line := range strings.Lines(lines) {
		var fields map[string]any
		is.NoErr(json.Unmarshal([]byte(line), &fields))
	}
	_, err = print(t, "-department", "nowhere")
	is.True(err != nil) // a misspelt department isn't an empty one
	_, err = print(t, "-right", "deal:fly")
	is.True(err != nil) // nor a misspelt right
}
