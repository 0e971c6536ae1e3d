package roster

import (
	"fmt"
	"slices"
	"strings"
)

// declaration gathers the faults of what a host declares for a schema.
type declaration struct {
	faults Faults
	areas  map[string]bool // the first words of functions
}

// checkDeclaration tells everything wrong with a schema's declaration, in its order.
func checkDeclaration(kinds []Kind, functions []Function) Faults {
	d := &declaration{areas: map[string]bool{}}
	for _, f := range slices.Concat(libraryFunctions(), functions) {
		d.areas[area(f.Name)] = true
	}
	seen := map[string]bool{}
	for i, k := range kinds {
		at := fmt.Sprintf("kinds[%d]", i)
		d.name(at+".name", k.Name, seen)
		if d.areas[k.Name] {
			d.faults.add(at+".name", "%q is the first word of a function", k.Name)
		}
		d.kind(at, k)
	}
	for i, f := range functions {
		d.function(fmt.Sprintf("functions[%d]", i), f, seen)
	}
	return d.faults
}

// area is the first word of a function's name.
func area(function string) string {
	word, _, _ := strings.Cut(function, ":")
	return word
}

// name checks a word that must be well-formed and new.
func (d *declaration) name(at, name string, seen map[string]bool) {
	switch {
	case !isWord(name):
		d.faults.add(at, "%q is not a lower-case word of at most 64 letters, digits and \"_\"", name)
	case seen[name]:
		d.faults.add(at, "%q is declared twice", name)
	}
	seen[name] = true
}

// isWord reports whether s is a lower-case word that begins with a letter.
func isWord(s string) bool {
	for i, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// isPart reports whether s may name a part.
func isPart(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' || c == '@' {
			return false
		}
	}
	return s != "" && len(s) <= 128
}

// function checks a function. The library's own may be declared as they are: another schema lists them.
func (d *declaration) function(at string, f Function, seen map[string]bool) {
	first, second, two := strings.Cut(f.Name, ":")
	switch {
	case !two || !isWord(first) || !isWord(second):
		d.faults.add(at+".name", "%q is not two lower-case words with \":\" between them", f.Name)
	case seen[f.Name]:
		d.faults.add(at+".name", "%q is declared twice", f.Name)
	case isOwn(f.Name) && !slices.Contains(libraryFunctions(), f):
		d.faults.add(at+".title", "%q is the library's own: leave it out, or leave its title", f.Name)
	}
	seen[f.Name] = true
}

// isOwn reports whether a function is the library's own.
func isOwn(name string) bool {
	return slices.ContainsFunc(libraryFunctions(), func(f Function) bool { return f.Name == name })
}

// kind checks what a kind holds.
func (d *declaration) kind(at string, k Kind) {
	if len(k.Actions) == 0 {
		d.faults.add(at+".actions", "at least one is needed")
	}
	seen := map[string]bool{}
	for i, a := range k.Actions {
		action := fmt.Sprintf("%s.actions[%d]", at, i)
		d.name(action+".name", a.Name, seen)
		d.scopes(action+".scopes", a)
		d.needs(action, a, k.Actions)
	}
	if _, circle := needsOrder(k.Actions); circle != "" {
		d.faults.add(at+".actions", "needs go in a circle: %s", circle)
	}
	if len(k.Parts) > 0 && !k.Parted {
		d.faults.add(at+".parts", "the kind isn't parted")
	}
	seen = map[string]bool{}
	for i, p := range k.Parts {
		part := fmt.Sprintf("%s.parts[%d].name", at, i)
		if checkPart(&d.faults, part, p); seen[p.Name] {
			d.faults.add(part, "%q is declared twice", p.Name)
		}
		seen[p.Name] = true
	}
}

// checkPart checks a part's name.
func checkPart(f *Faults, at string, p Part) {
	if !isPart(p.Name) {
		f.add(at, "%q is not 1 to 128 bytes of printable ASCII without spaces and \"@\"", p.Name)
	}
}

// scopes checks the scopes that an action allows.
func (d *declaration) scopes(at string, a Action) {
	for i, s := range a.Scopes {
		if s == Unset || s > All {
			d.faults.add(fmt.Sprintf("%s[%d]", at, i), "%s can't be allowed", s)
		} else if slices.Index(a.Scopes, s) < i {
			d.faults.add(fmt.Sprintf("%s[%d]", at, i), "%s stands twice", s)
		}
	}
	if set := a.scopes(); !set.has(Denied) {
		d.faults.add(at, "denied is missing: every right can be denied")
	} else if set.max() == Denied {
		d.faults.add(at, "nothing but denied: the action could never be given")
	}
}

// needs checks what an action needs: that it is there, and that what it is lowered to is a scope
// that the action allows.
func (d *declaration) needs(at string, a Action, all []Action) {
	for i, name := range a.Needs {
		at := fmt.Sprintf("%s.needs[%d]", at, i)
		j := slices.IndexFunc(all, func(b Action) bool { return b.Name == name })
		if j < 0 {
			d.faults.add(at, "the kind has no action %q", name)
			continue
		}
		if slices.Index(a.Needs, name) < i {
			d.faults.add(at, "%q stands twice", name)
		}
		mine, needed := a.scopes(), all[j].scopes()
		if needed.max() < mine.max() {
			d.faults.add(at, "%s can never be reached: %q goes no farther than %s", mine.max(), name, needed.max())
		}
		for _, s := range needed.list() {
			if s < mine.max() && !mine.has(s) {
				d.faults.add(at, "%q can lower it to %s, which isn't among its scopes", name, s)
			}
		}
	}
}

// needsOrder gives the places of actions, each after those it needs; where needs go in a circle, some places
// are missing and the circle is told: "edit → view → edit". Needs of no action don't count.
func needsOrder(actions []Action) (order []int, circle string) {
	left := map[string][]string{} // the needs of the actions without a place
	for _, a := range actions {
		left[a.Name] = a.Needs
	}
	waits := func(name string) bool { _, waiting := left[name]; return waiting }
	for placed := -1; placed < len(order); {
		placed = len(order)
		for i, a := range actions {
			if waits(a.Name) && !slices.ContainsFunc(a.Needs, waits) {
				delete(left, a.Name)
				order = append(order, i)
			}
		}
	}
	i := slices.IndexFunc(actions, func(a Action) bool { return waits(a.Name) })
	if i < 0 {
		return order, ""
	}
	path := []string{actions[i].Name} // each waits for the next
	for {
		needs := left[path[len(path)-1]]
		next := needs[slices.IndexFunc(needs, waits)]
		if i := slices.Index(path, next); i >= 0 {
			return order, strings.Join(append(path[i:], next), " → ")
		}
		path = append(path, next)
	}
}
