package roster

import (
	"maps"
	"slices"
)

// Clone is a copy of u that shares nothing with it. Nil stays nil and empty stays empty, as in every
// Clone of this package.
func (u User) Clone() User {
	u.Rights = maps.Clone(u.Rights)
	return u
}

// Clone is a copy of r that shares nothing with it.
func (r Role) Clone() Role {
	r.Rights = maps.Clone(r.Rights)
	return r
}

// Clone is a copy of e that shares nothing with it.
func (e Event) Clone() Event {
	e.Fields = slices.Clone(e.Fields)
	return e
}

// Clone is a copy of e that shares nothing with it.
func (e Entry) Clone() Entry {
	e.IDs = slices.Clone(e.IDs)
	e.Skipped = slices.Clone(e.Skipped)
	return e
}

// Clone is a copy of r that shares nothing with it.
func (r Run) Clone() Run {
	r.Request = r.Request.Clone()
	r.Kinds, r.Correction.Records = slices.Clone(r.Kinds), slices.Clone(r.Correction.Records)
	r.Steps = slices.Clone(r.Steps)
	for i := range r.Steps {
		r.Steps[i].Records, r.Steps[i].Shares = slices.Clone(r.Steps[i].Records), slices.Clone(r.Steps[i].Shares)
	}
	return r
}

// Clone is a copy of r that shares nothing with it.
func (r Request) Clone() Request {
	r.Rules = slices.Clone(r.Rules)
	for i := range r.Rules {
		r.Rules[i].Records, r.Rules[i].To = slices.Clone(r.Rules[i].Records), slices.Clone(r.Rules[i].To)
	}
	r.HandOn = slices.Clone(r.HandOn)
	for i := range r.HandOn {
		r.HandOn[i].Rights = slices.Clone(r.HandOn[i].Rights)
	}
	r.With = slices.Clone(r.With)
	r.Drift = maps.Clone(r.Drift)
	return r
}
