package checks

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
)

// snippet is Go code in a document.
type snippet struct {
	place string // "README.md:12", the line before the first
	text  string
}

// blocks returns the fenced blocks of a Markdown document in a language, "" for none.
func blocks(path, text, language string) []snippet {
	var all []snippet
	var open *snippet
	fence := ""
	n := 0
	for line := range strings.Lines(text) {
		n++
		mark := strings.TrimSpace(line)
		switch {
		case fence == "" && strings.HasPrefix(mark, "```"):
			fence = strings.TrimPrefix(mark, "```") + "."
			if fence == language+"." {
				open = &snippet{place: fmt.Sprintf("%s:%d", path, n)}
			}
		case mark == "```":
			if open != nil {
				all = append(all, *open)
			}
			fence, open = "", nil
		case open != nil:
			open.text += line
		}
	}
	return all
}

// documented returns the Go code of the Markdown documents and of the packages' own comments.
func documented(t *testing.T) []snippet {
	t.Helper()
	var all []snippet
	files(t, func(path, text string) {
		if strings.HasSuffix(path, ".md") {
			all = append(all, blocks(path, text, "go")...)
		}
	})
	for _, s := range sources(t) {
		if s.test() || s.file.Doc == nil {
			continue
		}
		var p comment.Parser
		for _, b := range p.Parse(s.file.Doc.Text()).Content {
			if code, ok := b.(*comment.Code); ok && s.public() && !strings.HasPrefix(code.Text, "go ") {
				all = append(all, snippet{s.at(s.file.Doc.Pos()), code.Text})
			}
		}
	}
	return all
}

// importable are the packages that a fragment may use without importing them.
var importable = []string{
	"context", "crypto/rand", "database/sql", "encoding/json", "errors", "fmt", "io", "log", "maps", "net/http",
	"os", "slices", "strings", "testing", "time",
	module, module + "/amocrm", module + "/memstore", module + "/offboard", module + "/storetest", module + "/rostertest",
}

// given are the names that a fragment finds declared.
const given = "ctx context.Context, r *roster.Roster, desk *offboard.Desk, admin roster.Actor, t *testing.T"

// program makes a fragment a package of its own. Whole files stay as they are, so do declarations
// but for the missing package clause; statements become a function's body.
func (s snippet) program() (string, error) {
	line := "//line " + s.place + "\n"
	if f, err := parser.ParseFile(token.NewFileSet(), "", s.text, parser.SkipObjectResolution); err == nil && f.Name != nil {
		return line + s.text, nil
	}
	body := line + s.text
	if _, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+s.text, parser.SkipObjectResolution); err != nil {
		body = "func _(" + given + ") {\n" + body + "\n"
		f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+body+"}", parser.SkipObjectResolution)
		if err != nil {
			return "", err
		}
		body += uses(f) + "}\n"
	}
	var head strings.Builder
	head.WriteString("package p\n")
	for _, path := range importable {
		if strings.Contains(body, path[strings.LastIndex(path, "/")+1:]+".") {
			fmt.Fprintf(&head, "import %q\n", path)
		}
	}
	return head.String() + body, nil
}

// uses are assignments that use what a fragment's own statements declare: a reader sees how a value
// is got, not all that is done with it.
func uses(f *ast.File) string {
	var b strings.Builder
	for _, s := range f.Decls[0].(*ast.FuncDecl).Body.List {
		if a, ok := s.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
			for _, e := range a.Lhs {
				if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
					fmt.Fprintf(&b, "_ = %s\n", id.Name)
				}
			}
		}
	}
	return b.String()
}

// TestDocumentedCodeCompiles builds every snippet as a package that an overlay adds to the module.
func TestDocumentedCodeCompiles(t *testing.T) {
	t.Parallel()
	dir, overlay := t.TempDir(), map[string]string{}
	var packages []string
	all := documented(t)
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range all {
		text, err := s.program()
		if err != nil {
			t.Errorf("%s: %v", s.place, err)
			continue
		}
		name := fmt.Sprintf("snippet%d", i)
		file := filepath.Join(dir, name+".go")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay[filepath.Join(here, name, "main.go")] = file
		packages = append(packages, "./"+name)
	}
	if len(packages) == 0 {
		t.Fatal("no document holds Go code")
	}
	b, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	args := slices.Concat([]string{"build", "-buildvcs=false", "-o", out, "-overlay", file}, packages)
	if msg, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, msg)
	}
}

// TestReadmeProgram runs the program of README.md, which is examples/quickstart, and compares what
// it prints with the block below it.
func TestReadmeProgram(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	is.NoErr(err) // README.md is there
	program, err := os.ReadFile(filepath.Join(root, "examples", "quickstart", "main.go"))
	is.NoErr(err) // examples/quickstart is there
	code, output := blocks("README.md", string(readme), "go"), blocks("README.md", string(readme), "text")
	if len(code) == 0 || len(output) == 0 {
		t.Fatal("README.md needs a block of Go and, below it, one of text")
	}
	if diff := cmp.Diff(string(program), code[0].text); diff != "" {
		t.Errorf("README.md's program isn't examples/quickstart/main.go (-want +got):\n%s", diff)
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", "./examples/quickstart")
	cmd.Dir = root
	got, err := cmd.Output()
	is.NoErr(err) // it runs
	if diff := cmp.Diff(string(got), output[0].text); diff != "" {
		t.Errorf("README.md's output isn't what the program prints (-want +got):\n%s", diff)
	}
}
