package roster

// Kind declares a kind of record and what can be done with it (R1).
type Kind struct {
	Name    string   // "deal": a lower-case word of letters, digits and "_", ≤ 64 bytes
	Title   string   // "Deals", for people; empty: the name
	Actions []Action // at least one
	Parted  bool     // rights may name a part: "deal:view@won" (R12)
	Parts   []Part   // the parts known at start; AddParts adds more
}

// Action declares what can be done with a kind's records.
type Action struct {
	Name   string   // "view"
	Title  string   // empty: the name
	Scopes []Scope  // the scopes that may be written; nil: Denied, Own, InDepartment, All
	Needs  []string // actions of the same kind whose scope this one never exceeds (R13)
}

// Part declares a part of a kind: a pipeline stage, one catalogue.
type Part struct {
	Name  string // 1 to 128 bytes of printable ASCII without spaces and without "@"
	Title string // empty: the name
}

// Function declares something allowed or denied as a whole (R2): its scopes are Denied and All.
type Function struct {
	Name  string // "users:delete", "mail:use": two lower-case words
	Title string // empty: the name
}

// The functions that the library itself asks for. Every schema has them; none declares them.
const (
	UsersManage     = "users:manage"     // add, change and list users and departments
	UsersDeactivate = "users:deactivate" // deactivate and reactivate users
	UsersDelete     = "users:delete"     // delete users (R8); only an administrator grants it (R10)
	RolesManage     = "roles:manage"     // create, replace and delete roles
	TrailRead       = "trail:read"       // read the trail (W4)
	BackupRun       = "backup:run"       // back up and restore
	ErasureRun      = "erasure:run"      // ask for the erasure of a person's data
	ImportRun       = "import:run"       // import users
)

// Schema is what rights exist: kinds with parts and actions, and functions. It is immutable but for
// parts, which may be added while the host runs. All methods are safe for concurrent use.
type Schema struct{ _ int }

// NewSchema compiles a schema. Its error is a Faults that tells everything wrong at once: malformed
// and duplicate names, cycles in needs, needs of unknown actions, scopes that make no sense.
func NewSchema(kinds []Kind, functions []Function) (*Schema, error) { panic("stub") }

// CRMSchema is a ready-made schema of a CRM.
func CRMSchema() *Schema { panic("stub") }

// Right is a compiled right: an action on a kind or on a part of it, or a function. The zero Right
// is unknown and denied to everyone. Rights are comparable; each belongs to the Schema that made it
// and is denied by the Permissions of any other.
type Right struct{ schema *Schema }

// Right compiles "kind:action", "kind:action@part" or "area:function".
func (s *Schema) Right(text string) (Right, error) { panic("stub") }

// MustRight is like Right but panics; for rights written in the host's source.
func (s *Schema) MustRight(text string) Right { panic("stub") }

// At is r on a part of its kind; the zero Right when the part is unknown, r itself for "".
func (r Right) At(part string) Right { panic("stub") }

// String is the right's text.
func (r Right) String() string { panic("stub") }

// Known reports whether r came from a schema.
func (r Right) Known() bool { panic("stub") }

// AddParts adds parts to a kind while the host runs; parts that are there already are left alone.
func (s *Schema) AddParts(kind string, parts ...Part) error { panic("stub") }

// HasPart reports whether a part is known.
func (s *Schema) HasPart(kind, part string) bool { panic("stub") }

// Kind finds a kind with its present parts.
func (s *Schema) Kind(name string) (Kind, bool) { panic("stub") }

// Kinds lists the kinds in the order they were declared, with their present parts.
func (s *Schema) Kinds() []Kind { panic("stub") }

// Functions lists the functions, the library's own first.
func (s *Schema) Functions() []Function { panic("stub") }

// Check tells everything wrong with rights, each by its text: "rights[deal:fly]" (a Faults).
func (s *Schema) Check(r Rights) error { panic("stub") }

// Digest is a short text that changes with anything the schema says, parts included.
func (s *Schema) Digest() string { panic("stub") }
