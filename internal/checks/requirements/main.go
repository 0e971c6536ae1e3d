// Command requirements keeps docs/requirements.md: for each requirement and guarantee the tests
// that prove it. It rewrites the last column of the tables from the names of the tests; the others
// are written by hand. A test proves what its name begins with: TestL7_AccessEndsAtTheFence.
//
//	go run ./internal/checks/requirements
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	table = "docs/requirements.md"
	later = "later" // the last column of what isn't built yet
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "requirements:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	file := filepath.Join(root, filepath.FromSlash(table))
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	tests, err := find(root)
	if err != nil {
		return err
	}
	text, faults := fill(string(b), tests)
	for _, f := range faults {
		fmt.Fprintln(os.Stderr, f)
	}
	return os.WriteFile(file, []byte(text), 0o666)
}

var (
	row    = regexp.MustCompile(`^\| ([A-Z]\d+) \| (.*) \|([^|]*)\|$`)
	proves = regexp.MustCompile(`^(?:Test|Fuzz)((?:[A-Z]\d+_)+)`)
	id     = regexp.MustCompile(`[A-Z]\d+`)
)

// find returns the tests of a tree by the requirements in their names, in the order of their names:
// "memstore.TestL7_…", those of the root package without its name.
func find(root string) (map[string][]string, error) {
	tests := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv != nil {
				continue
			}
			name := fn.Name.Name
			m := proves.FindStringSubmatch(name)
			if m == nil {
				continue
			}
			if dir != "." {
				name = filepath.ToSlash(dir) + "." + name
			}
			for _, req := range id.FindAllString(m[1], -1) {
				tests[req] = append(tests[req], name)
			}
		}
		return nil
	})
	return tests, err
}

// fill rewrites the last column of every row of text. Its faults are requirements without a test
// that aren't marked as later, and tests of requirements that no row names.
func fill(text string, tests map[string][]string) (filled string, faults []string) {
	known := map[string]bool{}
	var b strings.Builder
	for line := range strings.Lines(text) {
		m := row.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			b.WriteString(line)
			continue
		}
		req, cell := m[1], strings.TrimSpace(m[3])
		known[req] = true
		switch names := tests[req]; {
		case len(names) > 0:
			slices.Sort(names)
			cell = "`" + strings.Join(slices.Compact(names), "` `") + "`"
		case cell != later:
			cell = ""
			faults = append(faults, req+" has no test")
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", req, m[2], cell)
	}
	for req, names := range tests {
		if !known[req] {
			faults = append(faults, fmt.Sprintf("%s has tests but no row: %s", req, strings.Join(names, " ")))
		}
	}
	slices.Sort(faults)
	return b.String(), faults
}
