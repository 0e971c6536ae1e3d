package roster

// LinkForTest is the hash of an event after another: what somebody who writes a trail anew computes.
func LinkForTest(e Event, prev Hash) Hash { return e.link(prev) }

// BeyondForTest is what covers asks: by which right p's holder could do more than q's, and why.
func BeyondForTest(p, q *Permissions, colleagues bool) (right, reason string) {
	return p.beyond(q, colleagues)
}

// PlanCorrectionForTest is planCorrection.
func PlanCorrectionForTest(s Snapshot, run Run, c Correction) ([]Step, []Finding) {
	return planCorrection(s, run, c)
}

// PlanMoreForTest is planMore.
func PlanMoreForTest(s Snapshot, req Request, since int, replaced ...int) ([]Step, []Finding) {
	return planMore(s, req, since, replaced...)
}
