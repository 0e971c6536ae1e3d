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
// Rights on stages and catalogues become rights on parts (R12), "pipeline.status" of deals and the catalogue's
// number of catalogues.
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
// WriteRoles and WriteUsers write what rights come to, needs and parts included, in the letters above. Nothing
// reaches farther there than here, and what reaches less far, or is left out, is told by its path in what was
// given: "roles[0].rights[deal:edit@7.142]". A request isn't a reply: it is an array without the envelope, has
// no ids, status or administrator flag, and has passwords. What Read makes of the account's next reply is what
// Findings promise, and that is how both are tested against one another.
//
// On stages and catalogues only A and D can stand, and a lesser scope is D; stages have no letter for adding. A limit on a part that is neither, "won", say, lowers the
// whole kind, since leaving it out would widen. A stage that the schema doesn't know has its kind's letters there, so
// add the account's stages to the schema first. Tasks have no letter to view: who sees there what a task hangs on sees
// the task, whatever is written. Rights without a field in a request are left out: functions but for mail:use and
// catalogs:access, kinds of the host's own, creating and exporting tasks.
//
// Individual rights lie over a role here and are ignored under one there: a user who has both gets what they come to
// as rights of their own. The API creates users active and never changes their rights: who isn't to act is left out.
package amocrm
