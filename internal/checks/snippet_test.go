package checks

import (
	"encoding/json"
	"fmt"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	"os", "slices", "strconv", "strings", "testing", "time",
	module, module + "/amocrm", module + "/memstore", module + "/offboard", module + "/report", module + "/rostertest", module + "/storetest",
	module + "/sqlstore", module + "/sqlite", module + "/postgres",
}

// given are the names that a fragment finds declared.
const given = "ctx context.Context, r *roster.Roster, schema *roster.Schema, desk *offboard.Desk, " +
	"deals roster.Holdings, request roster.Request, admin roster.Actor, roles, users, leads []amocrm.Source, t *testing.T"

func parses(text string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	return err == nil
}

// program makes a fragment a package of its own. Whole files stay as they are, so do declarations
// but for the missing package clause; statements become a function's body. "…" stands for nothing.
func (s snippet) program() string {
	line := "//line " + s.place + "\n"
	text := strings.ReplaceAll(s.text, "…", "")
	if parses(text) {
		return line + text
	}
	body := line + text
	if !parses("package p\n" + text) {
		body = "func _(" + given + ") {\n{\n" + body + "\n}\n}\n" // a block: it may declare the same names
	}
	var head strings.Builder
	head.WriteString("package p\n")
	for _, path := range importable {
		if strings.Contains(body, path[strings.LastIndex(path, "/")+1:]+".") {
			fmt.Fprintf(&head, "import %q\n", path)
		}
	}
	return head.String() + body
}

func TestDocumentedCodeCompiles(t *testing.T) {
	t.Parallel()
	var programs, fragments []string
	for _, s := range documented(t) {
		if parses(s.text) {
			programs = append(programs, s.program())
		} else {
			fragments = append(fragments, s.program())
		}
	}
	if len(programs)+len(fragments) == 0 {
		t.Fatal("no document holds Go code")
	}
	for _, line := range build(t, programs, "-o", t.TempDir()) {
		t.Error(line)
	}
	for _, line := range build(t, fragments) {
		if !unused.MatchString(line) {
			t.Error(line)
		}
	}
}

// unused are faults that a fragment may have: a reader sees how a value is got, not all that is done
// with it.
var unused = regexp.MustCompile(`declared and not used: |imported and not used$`)

// build compiles each text as a package that an overlay adds to the module, and returns what the
// compiler says.
func build(t *testing.T, texts []string, flags ...string) []string {
	t.Helper()
	if len(texts) == 0 {
		return nil
	}
	is := is.New(t)
	dir, overlay := t.TempDir(), map[string]string{}
	here, err := filepath.Abs(".")
	is.NoErr(err) // there is a working directory
	var packages []string
	for i, text := range texts {
		name := fmt.Sprintf("snippet%d", i)
		file := filepath.Join(dir, name+".go")
		is.NoErr(os.WriteFile(file, []byte(text), 0o600)) // the snippet is written
		overlay[filepath.Join(here, name, "main.go")] = file
		packages = append(packages, "./"+name)
	}
	b, err := json.Marshal(map[string]any{"Replace": overlay})
	is.NoErr(err) // names are text
	list := filepath.Join(dir, "overlay.json")
	is.NoErr(os.WriteFile(list, b, 0o600)) // the overlay is written
	args := slices.Concat([]string{"build", "-buildvcs=false", "-gcflags=-e", "-overlay", list}, flags, packages)
	msg, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
	if err != nil && len(msg) == 0 {
		t.Fatal(err)
	}
	return slices.DeleteFunc(strings.Split(strings.TrimSpace(string(msg)), "\n"), func(line string) bool {
		return line == "" || strings.HasPrefix(line, "# ")
	})
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
