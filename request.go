package roster

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// How much a request may name: its run's row, which holds it, is written anew with every chunk.
const (
	maxRules      = 1_000
	maxRecords    = 10_000
	maxSuccessors = 10_000 // of all rules
	maxNamed      = 1_000  // in each other list
)

// target is what a rule that names no records is about. No two such rules of a request have the same.
type target struct{ kind, part string }

// target is what r is about.
func (r Rule) target() target { return target{r.Kind, r.Part} }

// Check lists everything malformed about r by field, "rules[2].to[1]", as Faults; nil for nothing. What
// takes more than the request to know, whether a successor exists, say, is for PlanHandover.
func (r Request) Check() error {
	var f Faults
	f.check("leaver", idProblem(string(r.Leaver)))
	r.checkRules(&f)
	r.checkHandOn(&f)
	if f.most("with", len(r.With)) {
		for i, id := range r.With {
			f.check(fmt.Sprintf("with[%d]", i), idProblem(string(id)))
		}
	}
	if r.Authors != "" {
		f.check("authors", idProblem(string(r.Authors)))
	}
	if f.most("drift", len(r.Drift)) {
		for _, kind := range slices.Sorted(maps.Keys(r.Drift)) {
			if r.Drift[kind] < 0 {
				f.add("drift["+kind+"]", "must not be negative")
			}
		}
	}
	f.check("reason", textProblem(r.Reason, maxReason))
	return f.Err()
}

// most refuses a list that is longer than a request may hold, and whose parts aren't worth a look then.
func (f *Faults) most(field string, n int) bool {
	if n > maxNamed {
		f.add(field, "holds %d, at most %d", n, maxNamed)
	}
	return n <= maxNamed
}

// checkRules lists what is malformed about the rules, alone and together.
func (r Request) checkRules(f *Faults) {
	records, successors := 0, 0
	for _, rule := range r.Rules {
		records += len(rule.Records)
		successors += len(rule.To)
	}
	if len(r.Rules) > maxRules || records > maxRecords || successors > maxSuccessors {
		f.add("rules", "%d rules that name %d records and %d successors: at most %d, %d and %d",
			len(r.Rules), records, successors, maxRules, maxRecords, maxSuccessors)
		return
	}
	first, named := make(map[target]int, len(r.Rules)), make(map[[2]string]string, records)
	for i, rule := range r.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		rule.check(at, f)
		for k, id := range rule.Records {
			place, key := fmt.Sprintf("%s.records[%d]", at, k), [2]string{rule.Kind, id}
			if other, twice := named[key]; twice {
				f.add(place, "the same as %s", other)
			} else if named[key] = place; id == "" {
				f.add(place, "missing")
			}
		}
		if len(rule.Records) > 0 {
			continue
		}
		if j, ok := first[rule.target()]; ok {
			f.add(at, "covers the same as rules[%d]", j)
			continue
		}
		first[rule.target()] = i
	}
}

// check lists what is malformed about a rule at a path.
func (r Rule) check(at string, f *Faults) {
	switch {
	case r.Kind == "" && r.Part != "":
		f.add(at+".part", "needs a kind")
	case r.Kind == "" && len(r.Records) > 0:
		f.add(at+".records", "need a kind")
	case r.Part != "" && len(r.Records) > 0:
		f.add(at+".part", "a rule that names records names no part")
	}
	switch n := len(r.To); r.Do {
	case GiveTo:
		if n != 1 {
			f.add(at+".to", "needs exactly one successor, has %d", n)
		}
	case SplitEvenly, LeastLoaded:
		if n < 2 {
			f.add(at+".to", "needs two successors or more, has %d", n)
		}
	case ToHead, NoOwner, SwitchOff:
		if n > 0 {
			f.add(at+".to", "names nobody for %q", r.Do)
		}
	default:
		f.add(at+".do", "missing or unknown")
	}
	checkUsers(at+".to", r.To, f)
}

// checkUsers lists malformed and repeated ids.
func checkUsers(at string, ids []UserID, f *Faults) {
	seen := make(map[UserID]bool, len(ids))
	for i, id := range ids {
		f.check(fmt.Sprintf("%s[%d]", at, i), idProblem(string(id)))
		if seen[id] {
			f.add(fmt.Sprintf("%s[%d]", at, i), "named twice")
		}
		seen[id] = true
	}
}

// checkHandOn lists what is malformed about the rights handed on.
func (r Request) checkHandOn(f *Faults) {
	if !f.most("hand_on", len(r.HandOn)) {
		return
	}
	seen := make(map[UserID]bool, len(r.HandOn))
	for i, h := range r.HandOn {
		at := fmt.Sprintf("hand_on[%d]", i)
		f.check(at+".to", idProblem(string(h.To)))
		if seen[h.To] {
			f.add(at+".to", "named twice")
		}
		seen[h.To] = true
		if !h.Role && len(h.Rights) == 0 {
			f.add(at, "hands nothing on")
		}
		f.most(at+".rights", len(h.Rights))
	}
}

// ParseRequest reads a request's JSON form and checks it. Unknown fields, unknown words and anything
// after the request are refused; every error is a Faults.
func ParseRequest(data []byte) (Request, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var r Request
	if err := d.Decode(&r); err != nil {
		return Request{}, requestFaults(data, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Request{}, Faults{{Field: "request", Problem: "more than one JSON value"}}
	}
	if err := r.Check(); err != nil {
		return Request{}, err
	}
	return r, nil
}

// requestFaults tells why a request could not be read, by field where that is known.
func requestFaults(data []byte, err error) Faults {
	var form struct {
		Rules []struct {
			Do string `json:"do"`
		} `json:"rules"`
	}
	var f Faults
	if json.Unmarshal(data, &form) == nil {
		for i, rule := range form.Rules {
			if _, ok := disposalNames.number(rule.Do); !ok {
				f.add(fmt.Sprintf("rules[%d].do", i), "%q is none of %s", rule.Do, disposalNames.list())
			}
		}
	}
	var kind *json.UnmarshalTypeError
	switch {
	case len(f) > 0:
	case errors.As(err, &kind) && kind.Field != "":
		f.add(kind.Field, "is a JSON %s", kind.Value)
	default:
		f.add("request", "%v", err)
	}
	return f
}

// normal is a copy of r whose empty lists and maps are nil, so that equal requests have equal digests,
// whichever way they came.
func (r Request) normal() Request {
	r = r.Clone()
	for i := range r.Rules {
		r.Rules[i].Records, r.Rules[i].To = unempty(r.Rules[i].Records), unempty(r.Rules[i].To)
	}
	for i := range r.HandOn {
		r.HandOn[i].Rights = unempty(r.HandOn[i].Rights)
	}
	r.Rules, r.HandOn, r.With = unempty(r.Rules), unempty(r.HandOn), unempty(r.With)
	if len(r.Drift) == 0 {
		r.Drift = nil
	}
	return r
}

// unempty is s, or nil when it is empty.
func unempty[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return s
}
