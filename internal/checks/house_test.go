package checks

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// The limits of style: what is longer wants to be several.
const (
	maxFile     = 400
	maxFunction = 60
)

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if n := strings.Count(s.text, "\n"); n > maxFile {
			t.Errorf("%s has %d lines, above %d", s.path, n, maxFile)
		}
		if s.test() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncDecl); ok {
				if n := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1; n > maxFunction {
					t.Errorf("%s: %s has %d lines, above %d", s.at(f.Pos()), f.Name.Name, n, maxFunction)
				}
			}
			return true
		})
	}
}

func TestExportedNamesAreExplained(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test() || s.file.Name.Name == "main" {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d))) {
					explained(t, s, d.Name, d.Doc)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					specExplained(t, s, d, spec)
				}
			}
		}
	}
}

// specExplained checks a type by its own comment, a value by its own, its line's or its group's.
func specExplained(t *testing.T, s source, d *ast.GenDecl, spec ast.Spec) {
	t.Helper()
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if spec.Name.IsExported() {
			doc := spec.Doc
			if doc == nil {
				doc = d.Doc
			}
			explained(t, s, spec.Name, doc)
		}
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if name.IsExported() && spec.Doc == nil && spec.Comment == nil && d.Doc == nil {
				t.Errorf("%s: %s has no comment", s.at(name.Pos()), name.Name)
			}
		}
	}
}

// explained wants a comment that begins with the name, an article before it at most.
func explained(t *testing.T, s source, name *ast.Ident, doc *ast.CommentGroup) {
	t.Helper()
	text := doc.Text()
	for _, article := range []string{"A ", "An ", "The "} {
		text = strings.TrimPrefix(text, article)
	}
	rest, ok := strings.CutPrefix(text, name.Name)
	if !ok || rest == "" || token.IsIdentifier("x"+rest[:1]) {
		t.Errorf("%s: the comment of %s doesn't begin with its name", s.at(name.Pos()), name.Name)
	}
}

// The words are written in pieces, so that this file doesn't find itself.
var forbidden = []struct {
	pattern *regexp.Regexp
	where   string // a path's ending
	why     string
}{
	{regexp.MustCompile(`(^|[^\w./])/(wo` + `rk|ho` + `me|ro` + `ot|Us` + `ers)/`), "", "a path of one machine"},
	{regexp.MustCompile(`panic\("st` + `ub"\)`), ".go", "code that isn't written"},
	{regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`), "", "an open end: write an issue"},
	{regexp.MustCompile(`\bt\.Sk` + `ip(f|Now)?\(`), "_test.go", "a test that doesn't run"},
	{regexp.MustCompile(`\btime\.Sl` + `eep\(`), ".go", "waiting without a reason: pass the clock"},
	{regexp.MustCompile(`^func in` + `it\(\)`), ".go", "an effect of importing"},
}

func TestTreeSpeaksOfItselfAlone(t *testing.T) {
	t.Parallel()
	files(t, func(path, text string) {
		n := 0
		for line := range strings.Lines(text) {
			n++
			for _, f := range forbidden {
				if strings.HasSuffix(path, f.where) && f.pattern.MatchString(line) {
					t.Errorf("%s:%d: %s: %s", path, n, f.why, strings.TrimSpace(line))
				}
			}
		}
	})
}
