package main

import (
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/exp/apidiff"
)

const before = `package p

import "io"

const C = 1

var V error

type (
	T[E any] struct {
		A, b int
		io.Reader
	}
	I interface {
		io.Writer
		M(int) error
		hidden()
	}
	A = map[string]I
)

func (t *T[E]) Do(e E) {}
func (T[E]) hidden()  {}
func F(xs ...int) (io.Reader, error) { return nil, nil }
`

// check types source by way of its declarations, which must type-check themselves.
func check(t *testing.T, source string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	std := importer.ForCompiler(fset, "source", nil)
	cfg := types.Config{Importer: std}
	p, err := cfg.Check("p", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := declare(p)
	if err != nil {
		t.Fatal(err)
	}
	u := universe{loaded: map[string]*types.Package{}, texts: map[string]string{"p": text}}
	for _, i := range p.Imports() {
		u.loaded[i.Path()] = i
	}
	q, err := u.Import("p")
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return q
}

func TestDeclareSeesChanges(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, new, want string }{
		{"nothing", "", "", ""},
		{"a body", "return nil, nil", "return nil, io.EOF", ""},
		{"constant", "C = 1", "C = 2", "C: value changed"},
		{"field", "A, b int", "a, b int", "T.A: removed"},
		{"parameter", "Do(e E)", "Do(e *E)", "(*T[E]).Do: changed"},
		{"method added to a sealed interface", "M(int) error", "M(int) error; N()", "I.N: added"},
		{"variadic", "xs ...int", "xs []int", "F: changed"},
		{"alias", "map[string]I", "map[int]I", "A: changed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			r := apidiff.Changes(check(t, before), check(t, strings.Replace(before, tt.old, tt.new, 1)))
			if err := r.Text(&got); err != nil {
				t.Fatal(err)
			}
			if tt.want == "" && got.Len() > 0 || !strings.Contains(got.String(), tt.want) {
				t.Errorf("report is %q, want %q", got.String(), tt.want)
			}
		})
	}
}
