// Command api keeps a record of what the module exports, one file of declarations for each package
// in the directory api, and tells how the present code differs from it.
//
//	GOWORK=off go -C tools run ./api           fails when the record is out of date, and says what changed
//	GOWORK=off go -C tools run ./api -write    records the present state
//
// Whether a change breaks callers is judged by golang.org/x/exp/apidiff.
package main

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/exp/apidiff"
	"golang.org/x/tools/go/packages"
)

const module = "github.com/seed-8e8abc8d/roster"

func main() {
	root := flag.String("root", "..", "the repository's root")
	write := flag.Bool("write", false, "record the present state")
	flag.Parse()
	if err := run(*root, *write); err != nil {
		fmt.Fprintln(os.Stderr, "api:", err)
		os.Exit(1)
	}
}

func run(root string, write bool) error {
	loaded, err := load(root)
	if err != nil {
		return err
	}
	now := map[string]string{}
	for path, p := range loaded {
		if public(path) && p.Name() != "main" {
			if now[path], err = declare(p); err != nil {
				return err
			}
		}
	}
	dir := filepath.Join(root, "api")
	if write {
		return record(dir, now)
	}
	was, err := recorded(dir)
	if err != nil {
		return err
	}
	return compare(loaded, was, now)
}

// load type-checks every package of the workspace and returns them with all they import.
func load(root string) (map[string]*types.Package, error) {
	cfg := &packages.Config{
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps | packages.NeedSyntax,
		Dir:  root,
		Env:  append(os.Environ(), "GOWORK="),
	}
	roots, err := packages.Load(cfg, "work")
	if err != nil {
		return nil, err
	}
	loaded := map[string]*types.Package{}
	var faults []error
	packages.Visit(roots, nil, func(p *packages.Package) {
		loaded[p.PkgPath] = p.Types
		for _, e := range p.Errors {
			faults = append(faults, e)
		}
	})
	return loaded, errors.Join(faults...)
}

// public reports whether a package is there for others to import.
func public(path string) bool {
	rest, ours := strings.CutPrefix(path+"/", module+"/")
	return ours && !strings.Contains("/"+rest, "/internal/") && !strings.HasPrefix(rest, "examples/")
}

// file is where a package is recorded: "offboard.txt"; the root package under its own name.
func file(path string) string {
	rest := strings.Trim(strings.TrimPrefix(path, module), "/")
	if rest == "" {
		rest = "roster"
	}
	return strings.ReplaceAll(rest, "/", "-") + ".txt"
}

func record(dir string, now map[string]string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for path, text := range now {
		if err := os.WriteFile(filepath.Join(dir, file(path)), []byte("// "+path+"\n"+text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// recorded reads the record; each file's first line is its package's path.
func recorded(dir string) (map[string]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	was := map[string]string{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		head, text, _ := strings.Cut(string(b), "\n")
		was[strings.TrimPrefix(head, "// ")] = text
	}
	return was, err
}

// compare prints what differs and fails when anything does.
func compare(loaded map[string]*types.Package, was, now map[string]string) error {
	stale := 0
	older, newer := universe{loaded, was, nil}, universe{loaded, now, nil}
	for _, path := range slices.Sorted(maps.Keys(merged(was, now))) {
		switch {
		case was[path] == now[path]:
			continue
		case was[path] == "":
			fmt.Println(path, "is new")
		case now[path] == "":
			fmt.Println(path, "is gone: incompatible")
		default:
			if err := report(path, &older, &newer); err != nil {
				return err
			}
		}
		stale++
	}
	if stale > 0 {
		return fmt.Errorf("the record of %d packages is out of date: run 'GOWORK=off go -C tools run ./api -write' and tell it in CHANGELOG.md", stale)
	}
	fmt.Printf("%d packages export what is recorded\n", len(now))
	return nil
}

func merged(a, b map[string]string) map[string]string {
	m := maps.Clone(a)
	maps.Copy(m, b)
	return m
}

// report tells which changes break callers and which don't.
func report(path string, older, newer *universe) error {
	o, err := older.Import(path)
	if err != nil {
		return fmt.Errorf("recorded %s: %w", path, err)
	}
	n, err := newer.Import(path)
	if err != nil {
		return fmt.Errorf("present %s: %w", path, err)
	}
	fmt.Println(path)
	changes := apidiff.Changes(o, n)
	if len(changes.Changes) == 0 {
		fmt.Println("only what callers can't break on (tags, names of parameters)")
	}
	return changes.Text(os.Stdout)
}

// universe imports packages from their declarations, and all others as they were loaded.
type universe struct {
	loaded map[string]*types.Package
	texts  map[string]string
	done   map[string]*types.Package
}

// Import implements types.Importer.
func (u *universe) Import(path string) (*types.Package, error) {
	text, ours := u.texts[path]
	if p := u.done[path]; p != nil || !ours {
		if !ours {
			p = u.loaded[path]
		}
		if p == nil {
			return nil, fmt.Errorf("no package %s", path)
		}
		return p, nil
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file(path), text, 0)
	if err != nil {
		return nil, err
	}
	cfg := types.Config{Importer: u, IgnoreFuncBodies: true}
	p, err := cfg.Check(path, fset, []*ast.File{f}, nil)
	if u.done == nil {
		u.done = map[string]*types.Package{}
	}
	u.done[path] = p
	return p, err
}
