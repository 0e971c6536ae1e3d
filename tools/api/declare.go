package main

import (
	"fmt"
	"go/format"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// declarer writes down what one package exports, as Go source without bodies or comments.
type declarer struct {
	pkg     *types.Package
	imports map[string]bool
	out     strings.Builder
}

// declare returns p's exported declarations in the order of their names. Unexported fields appear
// as "_", so that adding the first of them, or one that makes a type incomparable, is seen.
func declare(p *types.Package) (string, error) {
	d := &declarer{pkg: p, imports: map[string]bool{}}
	scope := p.Scope()
	for _, name := range scope.Names() {
		if o := scope.Lookup(name); o.Exported() {
			d.object(o)
		}
	}
	var head strings.Builder
	fmt.Fprintf(&head, "package %s\n\n", p.Name())
	for _, path := range slices.Sorted(maps.Keys(d.imports)) {
		fmt.Fprintf(&head, "import %q\n", path)
	}
	b, err := format.Source([]byte(head.String() + d.out.String()))
	if err != nil {
		return "", fmt.Errorf("%s: %w", p.Path(), err)
	}
	return string(b), nil
}

// qualify names another package and remembers to import it.
func (d *declarer) qualify(p *types.Package) string {
	if p == d.pkg {
		return ""
	}
	d.imports[p.Path()] = true
	return p.Name()
}

func (d *declarer) typ(t types.Type) string { return types.TypeString(t, d.qualify) }

// signature is a function's type without the word func.
func (d *declarer) signature(t types.Type) string { return strings.TrimPrefix(d.typ(t), "func") }

func (d *declarer) object(o types.Object) {
	w := &d.out
	switch o := o.(type) {
	case *types.Const:
		typ := d.typ(o.Type())
		if b, ok := o.Type().(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			typ = ""
		}
		fmt.Fprintf(w, "\nconst %s %s = %s\n", o.Name(), typ, o.Val().ExactString())
	case *types.Var:
		fmt.Fprintf(w, "\nvar %s %s\n", o.Name(), d.typ(o.Type()))
	case *types.Func:
		fmt.Fprintf(w, "\nfunc %s%s\n", o.Name(), d.signature(o.Type()))
	case *types.TypeName:
		d.typeName(o)
	}
}

func (d *declarer) typeName(o *types.TypeName) {
	w := &d.out
	if o.IsAlias() {
		fmt.Fprintf(w, "\ntype %s = %s\n", o.Name(), d.typ(types.Unalias(o.Type())))
		return
	}
	named := o.Type().(*types.Named)
	fmt.Fprintf(w, "\ntype %s%s ", o.Name(), d.params(named.TypeParams()))
	switch u := named.Underlying().(type) {
	case *types.Struct:
		d.fields(u)
	case *types.Interface:
		d.methods(u)
	default:
		fmt.Fprintln(w, d.typ(u))
	}
	var own []*types.Func
	for m := range named.Methods() {
		if m.Exported() {
			own = append(own, m)
		}
	}
	slices.SortFunc(own, func(a, b *types.Func) int { return strings.Compare(a.Name(), b.Name()) })
	for _, m := range own {
		fmt.Fprintf(w, "func (%s) %s%s\n", d.typ(m.Signature().Recv().Type()), m.Name(), d.signature(m.Type()))
	}
}

func (d *declarer) params(list *types.TypeParamList) string {
	if list.Len() == 0 {
		return ""
	}
	var parts []string
	for p := range list.TypeParams() {
		parts = append(parts, p.Obj().Name()+" "+d.typ(p.Constraint()))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (d *declarer) fields(s *types.Struct) {
	w := &d.out
	fmt.Fprintln(w, "struct {")
	hidden := false
	for i := range s.NumFields() {
		f := s.Field(i)
		if !f.Exported() {
			hidden = true
			continue
		}
		name := f.Name()
		if f.Embedded() {
			name = ""
		}
		tag := ""
		if t := s.Tag(i); t != "" {
			tag = strconv.Quote(t)
		}
		fmt.Fprintf(w, "%s %s %s\n", name, d.typ(f.Type()), tag)
	}
	switch {
	case hidden && !types.Comparable(s):
		fmt.Fprintln(w, "_ [0]func()")
	case hidden:
		fmt.Fprintln(w, "_ struct{}")
	}
	fmt.Fprintln(w, "}")
}

func (d *declarer) methods(i *types.Interface) {
	w := &d.out
	fmt.Fprintln(w, "interface {")
	for e := range i.EmbeddedTypes() {
		fmt.Fprintln(w, d.typ(e))
	}
	for m := range i.ExplicitMethods() {
		if m.Exported() {
			fmt.Fprintf(w, "%s%s\n", m.Name(), d.signature(m.Type()))
		} else {
			fmt.Fprintf(w, "%s()\n", m.Name())
		}
	}
	fmt.Fprintln(w, "}")
}
