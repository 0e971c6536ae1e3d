package checks

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// graph says which packages of this module each package may import: the drawing of docs/design.md.
// "internal" stands for every package below the root's internal, examples import what they like.
var graph = map[string][]string{
	"":           {"internal"},
	"memstore":   {""},
	"offboard":   {""},
	"storetest":  {""},
	"amocrm":     {""},
	"report":     {""},
	"rostertest": {"", "memstore"},
	"sqlstore":   {""},

	"internal/sqltest": {"", "sqlstore", "offboard", "memstore", "storetest", "rostertest"},
}

// testOnly are the two modules that tests may import besides the standard library.
var testOnly = []string{"github.com/google/go-cmp", "github.com/matryer/is"}

type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// list asks the go command for the packages of the root module.
func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// inside returns a path's rest below the module.
func inside(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path+"/", module+"/")
	return strings.TrimSuffix(rest, "/"), ok
}

func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// layer is the name under which graph knows a package.
func layer(rest string) string {
	first, _, _ := strings.Cut(rest, "/")
	return first
}

func TestImportGraph(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		from, _ := inside(p.ImportPath)
		allowed, known := graph[from]
		free := layer(from) == "examples" || strings.HasPrefix(from, "internal/checks")
		if !known && !free && layer(from) != "internal" {
			t.Errorf("%s isn't in the graph: add it here and to docs/design.md", p.ImportPath)
		}
		for _, path := range p.Imports {
			to, ours := inside(path)
			switch {
			case !ours && !standard(path):
				t.Errorf("%s imports %s: production code imports the standard library only", p.ImportPath, path)
			case ours && !free && !slices.Contains(allowed, layer(to)) && (layer(from) != "internal" || layer(to) != "internal"):
				t.Errorf("%s imports %s against the graph", p.ImportPath, path)
			}
		}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			_, ours := inside(path)
			if !ours && !standard(path) && !slices.ContainsFunc(testOnly, func(m string) bool { return strings.HasPrefix(path+"/", m+"/") }) {
				t.Errorf("tests of %s import %s", p.ImportPath, path)
			}
		}
	}
}

func TestRootModuleRequiresTestLibrariesOnly(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct{ Require []struct{ Path string } }
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range mod.Require {
		got = append(got, r.Path)
	}
	if diff := cmp.Diff(testOnly, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Errorf("go.mod requires (-want +got):\n%s", diff)
	}
}
