// Package roster knows who works in an application, what each person may do, and what becomes of
// their work when they leave.
//
// # Joining
//
// A Roster works on a Store, which keeps one account, and a Schema, which says what rights there are:
//
//	r, err := roster.New(new(memstore.Store), roster.CRMSchema(), roster.Config{})
//
// Mutations are values of type Change. Apply carries them out, all or none; Preview runs the same path
// and tells the effect without storing it. Who asks is an Actor: As(user), or System(reason) for the
// host itself.
//
//	effect, err := r.Apply(ctx, admin,
//		roster.CreateDepartment{ID: "sales", Name: "Sales"},
//		roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{"deal:view": roster.InDepartment}},
//	)
//
// A user who is added gets a letter when the host calls Deliver, activates with the secret in it, and
// signs in. Hosts with their own sign-in use identities, their own tokens or none of this.
//
// # Rights
//
// A right is an action on a kind of record, on a part of it, or a function: "deal:view",
// "deal:view@won", "users:delete". A Role is a set of rights that never changes; individual rights lie over
// it. Can answers for one record, Permissions for many; Condition says what a query may return. Denied is an
// answer; an error means that there is none, and that the caller should refuse.
//
//	decision, err := r.Can(ctx, "ben", schema.MustRight("deal:edit"), roster.Record{Owner: "eva"})
//
// # Leaving
//
// Deactivating ends access and can be undone. Deleting is a run that package offboard carries out: an
// assessment that changes nothing, a confirmation bound to it, a fence after which no token of the leaver
// works, the hand-over of every record, a second count, a tombstone. The host's records take part through
// Holdings; what rules cover is planned by PlanHandover, which is pure.
//
// # Errors
//
// Errors wrap one of this package's sentinels, for errors.Is. What was typed wrong comes back all at once
// as Faults, with the fields' names; a refusal as a Denial that says what is missing. Every change and every
// refusal leaves an Event in the trail, whose head can be anchored elsewhere and verified.
//
// Requirements are cited by number (J1, R10, L7) in comments; docs/requirements.md lists them with the tests
// that prove them.
package roster
