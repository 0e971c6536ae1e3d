// Package roster knows who works in an application, what each person may do, and what becomes of
// their work when they leave.
//
// # Map
//
// The nouns:
//
//   - people: [User], [Department], [Role]; an [Actor] is who asks
//   - rights: [Schema] declares them; [Right], [Rights], [Scope]; [Permissions] is what comes of them for one
//     user, [Decision], [Explanation] and [Condition] are its answers about a [Record]
//   - access: [Token], [Secret], [Issued]; a [Letter] waits in the outbox, a [Message] goes to the [Sender]
//   - the trail: [Event], [Head]
//   - leaving: [Request] and [Rule]; [Plan]; [Run], [Step] and [Entry]; the host's [Holdings]
//
// The verbs, methods of [Roster] but for the last:
//
//   - change: Apply and Preview with values of type [Change]; Bootstrap makes the first administrator
//   - ask: Can, Explain, Permissions, MayReceive; Verbs, for a page's buttons
//   - look up: User, UserByEmail, UserByIdentity, Users, Profile, Departments, Roles
//   - sign in: Activate, SignIn, SignInIdentity, ChangePassword, RequestReset, ResetPassword
//   - tokens: Issue, Check, CheckEpoch, Rotate, Tokens, Revoke, RevokeSecret
//   - trail: Events, Latest, Head, Verify
//   - upkeep, which the host calls regularly: Deliver, Tidy
//   - leave: Assess, Start, Work and the rest of a Desk, in package offboard. [PlanHandover], [Runs] and [Hold]
//     are what it is built on
//
// Packages beside this one: offboard deletes people; report makes tables for administrators; rostertest is for the
// tests of a host, the application that embeds the library; amocrm reads and writes what an account there has.
// [Store], [Tx] and [Checker] are for those who write a store; package memstore is one, storetest.Run is their
// contract.
//
// # Words
//
//   - responsible for a record is its owner, one user or nobody; who wrote it is its author
//   - an actor covers a user when none of the user's rights reaches farther than the actor's own; of one that reaches
//     a department that is so only within the actor's (R10)
//   - an acting thing is an integration, schedule, webhook or bot that works on its own in a user's name (L10)
//   - a fence ends all access of a leaver in one transaction, in every process; a tombstone is the row that stays of
//     a deleted user; a parked run has stopped and waits for a person
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
// A user who is added gets a letter when the host calls Deliver, activates the account with the secret in it,
// and signs in. Hosts with their own sign-in use identities, their own tokens (CheckEpoch) or none of this.
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
// Methods that take an Actor check that actor's rights. Those that take none (Can, Explain, Permissions,
// MayReceive, Head, Verify, Deliver, Tidy, Bootstrap, a Desk's Work) answer and obey whoever calls them: call them
// for the application, not for a person who asks.
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
// Errors that a caller can act on wrap one of this package's sentinels, for errors.Is. What was typed wrong
// comes back all at once as Faults, with the fields' names; a refusal as a Denial that says what is missing.
// Every change and every refused attempt at one leaves an Event in the trail; so do sign-ins, refused
// tokens and readings of the trail. Its head can be anchored elsewhere, and the trail verified against it.
//
// # Watching
//
// Config.Observe is told of each event after its commit. It may miss one, in a crash; Events after the last
// number dealt with misses none, and so is the feed for caches, metrics and webhooks. Given to log/slog,
// errors, events, runs, users and tokens show ids, codes and counts, no personal data; LogValue does the same
// for an error that something else wraps.
//
// Requirements are cited by number (J1, R10, L7) in comments; docs/requirements.md lists them with the tests
// that prove them.
package roster
