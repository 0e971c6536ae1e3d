package roster

// LinkForTest is the hash of an event after another: what somebody who writes a trail anew computes.
func LinkForTest(e Event, prev Hash) Hash { return e.link(prev) }
