package main

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster/internal/checks/pure"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	const ok = "mode: set\nexample.org/m/a.go:1.1,2.2 3 1\nexample.org/m/b.go:1.1,2.2 1 0\n"
	tests := []struct{ name, profile, list, want, why string }{
		{"all ran", ok, "a.go", "", "b.go isn't listed"},
		{"one missed", ok, "a.go\nb.go # a comment", "b.go", "its only statement never ran"},
		{"no such file", ok, "a.go\nc.go", "c.go", "a file that the profile doesn't know was renamed or holds no statement"},
		{"nothing", "mode: set\n", "a.go", "a.go", "an empty profile proves nothing"},
		{"damaged", "mode: set\nm/a.go:1.1,2.2 x\n", "a.go", "m/a.go:1.1,2.2 x", "what can't be read isn't skipped"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			err := check(t.Output(), strings.NewReader(tt.profile), pure.Read(tt.list))
			if tt.want == "" {
				is.NoErr(err) // every listed statement ran
				return
			}
			is.True(err != nil)                             // it fails
			is.True(strings.Contains(err.Error(), tt.want)) // and names the culprit
		})
	}
}
