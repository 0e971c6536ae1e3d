// Package amocrm reads what amoCRM (Kommo) tells of an account through its API v4, users, roles, groups and
// records, into the terms of package roster (A1, A2), and writes roles and users as requests of that API. It
// makes no calls: a Source is a reply that was saved, or the body of one, and a Request a call for the host to make.
//
// Reading, for a host that comes from amoCRM:
//
//	im, err := amocrm.Read(roles, users) // sources: see Files. An error names every fault with its place
//	for deal, err := range im.Records(amocrm.Leads, leads...) {
//		… // put it where the host keeps its deals
//	}
//	fmt.Print(im.Findings) // what a person should know
//	changes, err := im.Prepare(ctx, r, roster.System("import"))
//	effect, err := r.Apply(ctx, roster.System("import"), changes...)
//
// # How it reads
//
// Nothing comes out wider than it was there, and nothing is left out silently. Damaged JSON and values of
// another type are refused with source, line, column and path; a field or letter that the importer doesn't
// know is told and gives nothing.
//
// Letters: A is all, G the department, M one's own, D denied. L (linked) has no counterpart and is denied,
// as is an unknown letter, and any but A where only A or D can stand (add, stages). A missing letter is D.
// Editing and exporting never reach farther than viewing, nor deleting than editing (R13). Tasks have no right
// to view: it is taken to reach as far as editing; nor one to create: denied, for an administrator to grant.
// Rights on stages and catalogues become rights on parts (R12): a deal's is "pipeline.status", a catalogue's its
// number.
//
// Users: ids are the account's numbers, as they stand in records. Active ones are invited, others inactive,
// nobody has a password. The first word of a full name is the first name, all that follows the last name. A role
// overrides the individual rights, and a role that wasn't read gives none; a free user holds neither role nor
// rights. An address that isn't one, or is another user's already, is left out. No group, null and 0 are the
// default department, "amocrm-group-0"; a group without a name is a department of its own.
//
// Roles: ids are the account's numbers with a digest of name and rights, so that a role that was changed since
// the last import is a new role (R3).
//
// What is given twice with different rights, a user, a role or a key within rights, grants nothing.
//
// # How it writes
//
// WriteRoles and WriteUsers write what rights come to, needs and parts included, in the letters above. A request
// isn't a reply: it is an array without the envelope, and has neither ids nor status nor an administrator flag, but
// passwords. When the account's next reply is read, no right reaches farther than it did, and each that reaches less
// far, or isn't there, was told by its path in what was given: "roles[0].rights[deal:edit@7.142]".
//
// Letters: only A and D can stand on stages and catalogues, and a lesser scope is D. Stages have no letter for adding,
// and other parts of deals none at all: what they limit is lowered on all deals, since leaving a limit out would widen.
// A stage that rights name and the schema doesn't know is denied. One that neither knows has the letters of deals as a
// whole, so add the account's stages to the schema first. Rights that a request has no field for are left out:
// functions but for mail:use and catalogs:access, kinds of the host's own, creating and exporting tasks.
//
// One limit is lost, and told: who sees there what a task hangs on sees the task.
//
// Users: individual rights lie over a role here and are ignored under one there, so a user who has both gets what
// they come to, without the role. The API creates users active, in a group, and never changes their rights
// afterwards: who isn't to act, or is of a department without a group, is left out. A name is the first name, a space
// and the last name.
package amocrm
