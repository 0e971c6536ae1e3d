// Package report answers what an administrator ought to look at now and then (W2):
//
//   - [WhoDeletes]: who may delete users, and who gave it
//   - [WhoHolds], [WhoHoldsWhat]: who holds a right and why; how many hold each
//   - [WhoDiffers]: where individual rights differ from the role
//   - [WhatSeatsCost], [WhoIsUnseen]: seats, paid and free; who wasn't seen for long, and what that costs
//   - [WhoHasEnded], [WhatIsParked]: who is past the end date; which runs wait for a person
//
// Each report is a function that gives a value: its fields are for programs, in JSON without nulls, its
// String is a table for people, aligned for a fixed-width font. Lists are in a stated order and hold
// Choice.Limit rows at most, with an exact count of those left out; totals are always of all. So a
// report's memory depends on the limit and on the account's roles and departments, not on its users.
//
// Reports read page by page through the Roster, as its own lists do: users who change meanwhile are
// counted as they were or as they are. They need users:manage, as the lists do. Whoever lacks it gets
// ErrDenied. Where a date or a giver is in the trail only, trail:read is needed as well; without it that part is
// left open and said to be, and nothing else changes. Reading the trail is itself an event.
package report
