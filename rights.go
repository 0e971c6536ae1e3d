package roster

// Rights says how far each right reaches, by the right's text: "deal:view", "deal:view@won",
// "users:manage". It is what a role or a user stores; Schema.Check tells what is wrong with it,
// and a Schema makes Permissions of it. A right that is missing says nothing. Treat Rights that
// came from this library as read-only; it copies those that it takes.
//
// Its JSON form is an object of right to scope: {"deal:view":"department","users:manage":"all"}.
type Rights map[string]Scope
