package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// mutant is one small change of the code: one operator or word, exchanged for another.
type mutant struct {
	number   int // from 1; 0 for what stands outside of functions
	file, fn string
	line     string // of the source, without space around it
	nth      int    // of those in the function that read the same, from 1
	at       int    // offset of what is exchanged
	old, new string

	entry       int // the number of the function's first mutant, by which the function is known
	first, last int // lines of its copy in the woven file
}

// String names m: "scope.go, func reaches: `if s > Own {`: `>` → `>=`".
func (m mutant) String() string {
	text := m.file
	if m.fn != "" {
		text += ", func " + m.fn
	}
	text += fmt.Sprintf(": `%s`: `%s` → `%s`", m.line, m.old, m.new)
	if m.nth > 1 {
		text += fmt.Sprintf(" (no. %d)", m.nth)
	}
	return text
}

// exchanges says what becomes of each token of an expression with two operands, of an assignment, and of
// a statement that is one word. The set is that of go-gremlins, all of its operators switched on.
var exchanges = map[token.Token][]token.Token{
	// the bound of a comparison, and its sense
	token.LSS: {token.LEQ, token.GEQ}, token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	// arithmetic
	token.ADD: {token.SUB}, token.SUB: {token.ADD}, token.MUL: {token.QUO}, token.QUO: {token.MUL}, token.REM: {token.MUL},
	token.INC: {token.DEC}, token.DEC: {token.INC},
	token.AND: {token.OR}, token.OR: {token.AND}, token.XOR: {token.AND}, token.AND_NOT: {token.AND},
	token.SHL: {token.SHR}, token.SHR: {token.SHL},
	// assignments: another operation, and none
	token.ADD_ASSIGN: {token.SUB_ASSIGN, token.ASSIGN}, token.SUB_ASSIGN: {token.ADD_ASSIGN, token.ASSIGN},
	token.MUL_ASSIGN: {token.QUO_ASSIGN, token.ASSIGN}, token.QUO_ASSIGN: {token.MUL_ASSIGN, token.ASSIGN},
	token.REM_ASSIGN: {token.MUL_ASSIGN, token.ASSIGN}, token.AND_ASSIGN: {token.OR_ASSIGN, token.ASSIGN},
	token.OR_ASSIGN: {token.AND_ASSIGN, token.ASSIGN}, token.XOR_ASSIGN: {token.AND_ASSIGN, token.ASSIGN},
	token.SHL_ASSIGN: {token.SHR_ASSIGN, token.ASSIGN}, token.SHR_ASSIGN: {token.SHL_ASSIGN, token.ASSIGN},
	// control
	token.BREAK: {token.CONTINUE}, token.CONTINUE: {token.BREAK},
}

// find lists what can be exchanged in a node itself: gremlins' operators, and besides a "!" that is left
// out, and min for max.
func find(n ast.Node, found func(at token.Pos, old, new string)) {
	both := func(at token.Pos, tok token.Token) {
		for _, to := range exchanges[tok] {
			found(at, tok.String(), to.String())
		}
	}
	switch n := n.(type) {
	case *ast.BinaryExpr:
		both(n.OpPos, n.Op)
	case *ast.IncDecStmt:
		both(n.TokPos, n.Tok)
	case *ast.AssignStmt:
		both(n.TokPos, n.Tok)
	case *ast.BranchStmt:
		both(n.TokPos, n.Tok)
	case *ast.UnaryExpr:
		switch n.Op {
		case token.SUB:
			found(n.OpPos, "-", "+")
		case token.NOT:
			found(n.OpPos, "!", "")
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "min" {
			found(f.Pos(), "min", "max")
		} else if ok && f.Name == "max" {
			found(f.Pos(), "max", "min")
		}
	}
}

// source is a parsed file.
type source struct {
	name string
	text []byte
	fset *token.FileSet
	file *ast.File
}

func parse(name string, text []byte) (source, error) {
	s := source{name: name, text: text, fset: token.NewFileSet()}
	var err error
	s.file, err = parser.ParseFile(s.fset, name, text, parser.SkipObjectResolution)
	return s, err
}

func (s source) offset(p token.Pos) int { return s.fset.Position(p).Offset }

// mutants lists the mutants of s, in the order of the text.
func (s source) mutants() []mutant {
	var all []mutant
	for _, d := range s.file.Decls {
		within, fn := ast.Node(d), ""
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			within, fn = f.Body, f.Name.Name
		}
		ast.Inspect(within, func(n ast.Node) bool {
			find(n, func(at token.Pos, old, new string) {
				m := mutant{file: s.name, fn: fn, at: s.offset(at), old: old, new: new}
				from := bytes.LastIndexByte(s.text[:m.at], '\n') + 1
				line, _, _ := strings.Cut(string(s.text[from:]), "\n")
				m.line = strings.TrimSpace(line)
				all = append(all, m)
			})
			return true
		})
	}
	slices.SortStableFunc(all, func(a, b mutant) int { return a.at - b.at })
	seen := map[string]int{}
	for i, m := range all {
		text := m.String()
		seen[text]++
		all[i].nth = seen[text]
	}
	return all
}

// edit exchanges n bytes of a text.
type edit struct {
	at, n int
	text  string
}

// edited applies edits to text; they don't overlap.
func edited(text []byte, edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.at - b.at })
	var out []byte
	last := 0
	for _, e := range edits {
		out = append(append(out, text[last:e.at]...), e.text...)
		last = e.at + e.n
	}
	return append(out, text[last:]...)
}

// weave gives s in which each function begins by calling its copy with the mutant whose number is chosen,
// if that is one of its own. One build holds all mutants so; which is on is said when the tests run.
func (s source) weave(mutants []mutant) []byte {
	var edits []edit
	var copies []byte
	line := bytes.Count(s.text, []byte("\n")) + 1
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		begin, end := s.offset(f.Pos()), s.offset(f.End())
		if f.Doc != nil {
			begin = s.offset(f.Type.Func)
		}
		var cases strings.Builder
		entry := 0
		named, call := s.forward(f)
		for i := range mutants {
			m := &mutants[i]
			if m.number == 0 || m.at < begin || m.at >= end {
				continue
			}
			if entry == 0 {
				entry = m.number
			}
			m.entry = entry
			copied := edited(s.text[:end], []edit{
				{s.offset(f.Name.End()), 0, fmt.Sprintf("__%d", m.number)}, {m.at, len(m.old), m.new},
			})[begin:]
			m.first = line + 1
			m.last = m.first + bytes.Count(copied, []byte("\n"))
			line = m.last
			copies = append(append(copies, '\n'), copied...)
			fmt.Fprintf(&cases, " case %d: %s;", m.number, fmt.Sprintf(call, m.number))
		}
		if cases.Len() > 0 {
			edits = append(append(edits, named...), edit{s.offset(f.Body.Lbrace) + 1, 0, fmt.Sprintf(" switch chosen(%d) {%s };", entry, &cases)})
		}
	}
	return append(edited(s.text, edits), copies...)
}

// forward gives what must be edited so that f can hand its parameters on, each of which needs a name for
// that, and the call of a copy, with %d for its number.
func (s source) forward(f *ast.FuncDecl) (edits []edit, call string) {
	n := 0
	names := func(fields *ast.FieldList) (all []string) {
		if fields == nil {
			return nil
		}
		for _, field := range fields.List {
			if len(field.Names) == 0 {
				n++
				all = append(all, fmt.Sprintf("p%d__", n))
				edits = append(edits, edit{s.offset(field.Type.Pos()), 0, all[len(all)-1] + " "})
			}
			for _, name := range field.Names {
				if name.Name == "_" {
					n++
					all = append(all, fmt.Sprintf("p%d__", n))
					edits = append(edits, edit{s.offset(name.Pos()), 1, all[len(all)-1]})
					continue
				}
				all = append(all, name.Name)
			}
			if _, variadic := field.Type.(*ast.Ellipsis); variadic {
				all[len(all)-1] += "..."
			}
		}
		return all
	}
	call = f.Name.Name + "__%d"
	if f.Recv != nil {
		call = names(f.Recv)[0] + "." + call
	}
	if types := names(f.Type.TypeParams); len(types) > 0 {
		call += "[" + strings.Join(types, ", ") + "]"
	}
	call += "(" + strings.Join(names(f.Type.Params), ", ") + ")"
	if f.Type.Results == nil {
		return edits, call + "; return"
	}
	return edits, "return " + call
}
