package checks

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	root   = "../.." // the repository, from here
	module = "github.com/seed-8e8abc8d/roster"
)

// source is one parsed Go file.
type source struct {
	path string // from the root, with slashes
	text string
	fset *token.FileSet
	file *ast.File
}

func (s source) test() bool   { return strings.HasSuffix(s.path, "_test.go") }
func (s source) public() bool { return !strings.Contains("/"+s.path, "/internal/") && !s.outside() }

// outside reports whether s belongs to an example or to a module of its own.
func (s source) outside() bool {
	return strings.HasPrefix(s.path, "examples/") || strings.HasPrefix(s.path, "tools/") || strings.HasPrefix(s.path, "bench/")
}

// at names a place in s.
func (s source) at(p token.Pos) string {
	pos := s.fset.Position(p)
	pos.Filename = s.path
	return pos.String()
}

// files calls f for every file of the tree, by its path from the root.
func files(t *testing.T, f func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "dist"):
			return filepath.SkipDir
		case d.IsDir() || d.Name() == ".git": // a file in a linked worktree
			return nil
		}
		b, err := os.ReadFile(path)
		if err == nil {
			rel, _ := filepath.Rel(root, path)
			f(filepath.ToSlash(rel), string(b))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sources parses every Go file of the tree.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	files(t, func(path, text string) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		s := source{path: path, text: text, fset: token.NewFileSet()}
		var err error
		if s.file, err = parser.ParseFile(s.fset, path, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	})
	if len(all) == 0 {
		t.Fatal("the tree holds no Go file")
	}
	return all
}
