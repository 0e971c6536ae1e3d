// Package pure lists the files of the root package that hold the pure rules.
package pure

import (
	_ "embed"
	"strings"
)

//go:embed pure.txt
var list string

// Files are the names in pure.txt.
func Files() []string { return Read(list) }

// Read reads a list: one name a line, "#" begins a comment.
func Read(list string) []string {
	var names []string
	for line := range strings.Lines(list) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			names = append(names, line)
		}
	}
	return names
}
