package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// dir is where the patches are, from the repository's root; subdirectories count.
const dir = "internal/checks/bite"

// patch breaks one rule. Its file is lines "rule: R10", "test: ./offboard TestR10_HandingOnIsGranting"
// and "why: …", then what git diff prints.
type patch struct {
	path string // from the root, with slashes
	rule string // the requirement that it breaks
	pkg  string // of the test
	test string
	why  string // the slip, in words
	hunk []hunk
}

// hunk is lines of one file that are replaced by others. Their number doesn't matter, only that they
// are there once.
type hunk struct {
	file     string
	old, new string
}

// patches reads every patch below the root, in the order of their paths.
func patches(root string) ([]patch, error) {
	var all []patch
	err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(dir)), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".patch" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		p, err := parse(string(text))
		if err != nil {
			return fmt.Errorf("%s: %w", rel, err)
		}
		p.path = filepath.ToSlash(rel)
		all = append(all, p)
		return nil
	})
	return all, err
}

// parse reads a patch.
func parse(text string) (patch, error) {
	var p patch
	at := max(0, strings.Index(text, "diff --git "))
	for line := range strings.Lines(text[:at]) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "rule":
			p.rule = value
		case "test":
			p.pkg, p.test, _ = strings.Cut(value, " ")
		case "why":
			p.why = value
		}
	}
	if p.rule == "" || p.pkg == "" || p.test == "" || p.why == "" {
		return p, fmt.Errorf("rule, test (package and name) and why are needed before the diff")
	}
	var file string
	for line := range strings.Lines(text[at:]) {
		body := line[min(1, len(line)):]
		h := len(p.hunk) - 1
		switch {
		case strings.HasPrefix(line, "+++ b/"):
			file = strings.TrimSpace(strings.TrimPrefix(line, "+++ b/"))
		case strings.HasPrefix(line, "@@ "):
			p.hunk = append(p.hunk, hunk{file: file})
		case strings.HasPrefix(line, "diff "), strings.HasPrefix(line, "index "), strings.HasPrefix(line, "--- a/"):
			file = ""
		case file == "" || h < 0:
			return p, fmt.Errorf("unexpected line %q", line)
		case line[0] == ' ':
			p.hunk[h].old += body
			p.hunk[h].new += body
		case line == "\n": // an editor took the space away
			p.hunk[h].old += line
			p.hunk[h].new += line
		case line[0] == '-':
			p.hunk[h].old += body
		case line[0] == '+':
			p.hunk[h].new += body
		default:
			return p, fmt.Errorf("unexpected line %q", line)
		}
	}
	if len(p.hunk) == 0 {
		return p, fmt.Errorf("no hunk")
	}
	return p, nil
}

// apply gives the files that p changes, by their paths from the root, as they are when it is applied.
func (p patch) apply(root string) (map[string]string, error) {
	changed := map[string]string{}
	for _, h := range p.hunk {
		text, ok := changed[h.file]
		if !ok {
			b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(h.file)))
			if err != nil {
				return nil, err
			}
			text = "\n" + string(b)
		}
		at := strings.Index(text, "\n"+h.old)
		if at < 0 || strings.Contains(text[at+1:], "\n"+h.old) {
			return nil, fmt.Errorf("%s: these lines aren't there exactly once:\n%s", h.file, h.old)
		}
		changed[h.file] = text[:at+1] + h.new + text[at+1+len(h.old):]
	}
	for file := range changed {
		changed[file] = changed[file][1:]
	}
	return changed, nil
}

// selected keeps the patches whose path, rule or test contains one of words, all when there are none; if
// brief, the first of each rule.
func selected(all []patch, brief bool, words []string) []patch {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(p patch) bool {
		named := len(words) == 0 || slices.ContainsFunc(words, func(w string) bool {
			return strings.Contains(p.path+" "+p.rule+" "+p.test, w)
		})
		if !named || brief && seen[p.rule] {
			return true
		}
		seen[p.rule] = true
		return false
	})
}
