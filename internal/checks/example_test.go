package checks

import (
	"go/ast"
	"go/doc"
	"slices"
	"strings"
	"testing"
)

// shown are the types whose methods, like every function, an Example shows, by a call: the verbs of
// the library, and the stores with the holdings that they make. Other methods are shown where their types are.
var shown = []string{"Roster", "Desk", "Permissions", "DB", "Store", "Holdings"}

// unshown need no Example, each for a reason.
var unshown = []string{
	"Standing", "Bearer", // what a Roster asks of a store: hosts call Can and Check
	"Deferred",            // likewise, before it tells Config.Observe of a commit
	"Runs",                // hosts use a Desk, whose Examples show what it does
	"storetest.Run",       // takes a testing.T, which no Example has
	"rostertest.Holdings", // likewise; the package's comment shows it
}

// TestFunctionsAreShown wants every exported function, and every method of the types shown, in an
// Example whose output is checked.
func TestFunctionsAreShown(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	all := sources(t)
	for _, s := range all {
		if !s.test() {
			continue
		}
		for _, e := range doc.Examples(s.file) {
			server := strings.HasPrefix(s.path, "postgres/") // needs a server, which a reader hasn't: its tests do the same
			if e.Output == "" && !e.EmptyOutput && !server {
				t.Errorf("%s: Example%s has no checked output", s.path, e.Name)
			}
			ast.Inspect(e.Code, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
						used[sel.Sel.Name] = true
					}
				case *ast.SelectorExpr:
					if id, ok := n.X.(*ast.Ident); ok {
						used[id.Name+"."+n.Sel.Name] = true
					}
				}
				return true
			})
		}
	}
	for _, s := range all {
		if s.test() || !s.public() {
			continue
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.IsExported() && wanted(f) && !used[key(s, f)] && !slices.Contains(unshown, key(s, f)) {
				t.Errorf("%s: no Example shows %s", s.at(f.Pos()), key(s, f))
			}
		}
	}
}

// wanted reports whether an Example has to show f.
func wanted(f *ast.FuncDecl) bool { return f.Recv == nil || slices.Contains(shown, receiver(f)) }

// receiver is the name of the type that f is a method of.
func receiver(f *ast.FuncDecl) string {
	name := ""
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return true
	})
	return name
}

// key is how an Example names a function, "roster.Resolve", or a method, "Apply".
func key(s source, f *ast.FuncDecl) string {
	if f.Recv == nil {
		return s.file.Name.Name + "." + f.Name.Name
	}
	return f.Name.Name
}
