package roster

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Kind declares a kind of record and what can be done with it (R1).
type Kind struct {
	Name    string   `json:"name"`            // "deal": a lower-case word of letters, digits and "_", ≤ 64 bytes
	Title   string   `json:"title,omitzero"`  // "Deals", for people; empty: the name
	Actions []Action `json:"actions"`         // at least one
	Parted  bool     `json:"parted,omitzero"` // rights may name a part: "deal:view@won" (R12)
	Parts   []Part   `json:"parts,omitzero"`  // the parts known at start; AddParts adds more
}

// Action declares what can be done with a kind's records.
type Action struct {
	Name   string   `json:"name"`            // "view": a word like a kind's name
	Title  string   `json:"title,omitzero"`  // empty: the name
	Scopes []Scope  `json:"scopes,omitzero"` // the scopes that may be written, Denied among them; nil: Denied, Own, InDepartment, All
	Needs  []string `json:"needs,omitzero"`  // actions of the same kind whose scope this one never exceeds (R13)
}

// Part declares a part of a kind: a pipeline stage, one catalogue (R12).
type Part struct {
	Name  string `json:"name"`           // 1 to 128 bytes of printable ASCII without spaces and without "@"
	Title string `json:"title,omitzero"` // empty: the name
}

// Function declares something allowed or denied as a whole (R2): its scopes are Denied and All.
type Function struct {
	Name  string `json:"name"`           // "users:delete", "mail:use": two lower-case words; the first is no kind's name
	Title string `json:"title,omitzero"` // empty: the name
}

// The functions that the library itself asks for. Every schema has them; none needs to declare them. Nothing
// asks for BackupRun and ErasureRun yet: their verbs are still to come.
const (
	UsersManage     = "users:manage"     // add, change and list users and departments
	UsersDeactivate = "users:deactivate" // deactivate and reactivate users
	UsersDelete     = "users:delete"     // delete users (R8); only an administrator grants it (R10)
	RolesManage     = "roles:manage"     // create, replace and delete roles (R3)
	TrailRead       = "trail:read"       // read the trail (W4)
	BackupRun       = "backup:run"       // back up and restore (B1)
	ErasureRun      = "erasure:run"      // ask for the erasure of a person's data (L16)
	ImportRun       = "import:run"       // import users (A1)
)

// libraryFunctions declares the functions that every schema has, in the order of their constants.
func libraryFunctions() []Function {
	return []Function{
		{Name: UsersManage, Title: "Manage users"},
		{Name: UsersDeactivate, Title: "Deactivate users"},
		{Name: UsersDelete, Title: "Delete users"},
		{Name: RolesManage, Title: "Manage roles"},
		{Name: TrailRead, Title: "Read the trail"},
		{Name: BackupRun, Title: "Back up and restore"},
		{Name: ErasureRun, Title: "Ask for erasure"},
		{Name: ImportRun, Title: "Import users"},
	}
}

// Schema is what rights exist: kinds with parts and actions, and functions (R1, R2). It is immutable
// but for parts, which may be added while the host runs. The zero Schema knows no right. All methods
// are safe for concurrent use.
type Schema struct {
	kinds     []kind
	functions []Function        // the library's own first
	rules     []rule            // one for each right: the functions, then the kinds' actions, as declared
	index     map[string]uint32 // a right's text → its place in rules
	order     []uint32          // places in rules, each after those it needs

	adding sync.Mutex // held by AddParts
	parts  atomic.Pointer[partTable]
}

// kind is a compiled Kind.
type kind struct {
	Kind           // without Parts: those are in the partTable
	order []uint32 // its actions' places in rules, each after those it needs
}

// rule is a compiled action or function.
type rule struct {
	text   string
	kind   int // place in kinds; -1 for a function
	scopes scopeSet
	needs  []uint32
}

// NewSchema compiles a schema. Its error is a Faults that tells everything wrong at once: malformed
// and duplicate names, cycles in needs, needs of unknown actions, scopes that make no sense. Faults
// name their place: "kinds[0].actions[2].needs[0]".
//
// What another schema's Kinds and Functions list may be declared as it is, the library's own functions
// included: that is how a ready-made schema is extended.
func NewSchema(kinds []Kind, functions []Function) (*Schema, error) {
	if err := checkDeclaration(kinds, functions).Err(); err != nil {
		return nil, err
	}
	s := &Schema{functions: libraryFunctions(), index: map[string]uint32{}}
	for _, f := range functions {
		if !isOwn(f.Name) {
			s.functions = append(s.functions, f)
		}
	}
	for i, f := range s.functions {
		s.functions[i].Title = cmp.Or(f.Title, f.Name)
		s.order = append(s.order, s.addRule(rule{text: f.Name, kind: -1, scopes: setOf(Denied, All)}))
	}
	table := &partTable{}
	for i, k := range kinds {
		s.kinds = append(s.kinds, s.addKind(i, k))
		s.order = append(s.order, s.kinds[i].order...)
		table = table.with(i, k.Parts)
	}
	s.parts.Store(table)
	return s, nil
}

// addRule appends a rule and gives its place.
func (s *Schema) addRule(r rule) uint32 {
	at := uint32(len(s.rules))
	s.rules = append(s.rules, r)
	s.index[r.text] = at
	return at
}

// addKind compiles the actions of a sound kind.
func (s *Schema) addKind(at int, k Kind) kind {
	k = Kind{Name: k.Name, Title: cmp.Or(k.Title, k.Name), Actions: slices.Clone(k.Actions), Parted: k.Parted}
	for i, a := range k.Actions {
		a.Title = cmp.Or(a.Title, a.Name)
		a.Scopes, a.Needs = a.scopes().list(), slices.Clone(a.Needs)
		k.Actions[i] = a
		s.addRule(rule{text: k.Name + ":" + a.Name, kind: at, scopes: a.scopes()})
	}
	for _, a := range k.Actions {
		r := &s.rules[s.index[k.Name+":"+a.Name]]
		for _, n := range a.Needs {
			r.needs = append(r.needs, s.index[k.Name+":"+n])
		}
	}
	compiled := kind{Kind: k}
	order, _ := needsOrder(k.Actions)
	for _, i := range order {
		compiled.order = append(compiled.order, s.index[k.Name+":"+k.Actions[i].Name])
	}
	return compiled
}

// Kind finds a kind with its present parts.
func (s *Schema) Kind(name string) (Kind, bool) {
	i := s.kindAt(name)
	if i < 0 {
		return Kind{}, false
	}
	return s.kindWith(i, s.parts.Load()), true
}

// Kinds lists the kinds in the order they were declared, with their present parts in the order they
// were added.
func (s *Schema) Kinds() []Kind {
	table := s.parts.Load()
	kinds := make([]Kind, len(s.kinds))
	for i := range s.kinds {
		kinds[i] = s.kindWith(i, table)
	}
	return kinds
}

// kindAt is a kind's place, or -1.
func (s *Schema) kindAt(name string) int {
	return slices.IndexFunc(s.kinds, func(k kind) bool { return k.Name == name })
}

// kindWith copies the kind at i with its parts in table.
func (s *Schema) kindWith(i int, table *partTable) Kind {
	k := s.kinds[i].Kind
	k.Actions = slices.Clone(k.Actions)
	for j, a := range k.Actions {
		k.Actions[j].Scopes, k.Actions[j].Needs = slices.Clone(a.Scopes), slices.Clone(a.Needs)
	}
	k.Parts = table.of(i)
	return k
}

// Functions lists the functions, the library's own first.
func (s *Schema) Functions() []Function { return slices.Clone(s.functions) }

// Digest is a short text that changes with anything the schema says, parts included. The order in
// which parts were added doesn't matter to it, so that processes which learnt of them in a different
// order agree.
func (s *Schema) Digest() string {
	h := sha256.New()
	say := func(texts ...string) {
		for _, t := range append(texts, "") { // an empty text ends a line
			h.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(t))), t...))
		}
	}
	for _, f := range s.functions {
		say("function", f.Name, f.Title)
	}
	for _, k := range s.Kinds() {
		say("kind", k.Name, k.Title, map[bool]string{true: "parted"}[k.Parted])
		for _, a := range k.Actions {
			say("action", a.Name, a.Title, setOf(a.Scopes...).String(), strings.Join(a.Needs, ","))
		}
		slices.SortFunc(k.Parts, func(a, b Part) int { return strings.Compare(a.Name, b.Name) })
		for _, p := range k.Parts {
			say("part", p.Name, p.Title)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
