package roster

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// digest lists what a plan rests on (L6, G3): schema, request, actor, leaver, successors, department
// head, rights handed on and unfinished runs in the store; counts and fingerprints in the holdings.
func digest(s Snapshot, req Request, plan Plan) Digest {
	d := Digest{Store: []Fact{{"schema", s.Schema.Digest()}, {"request", requestSum(req)}}}
	if s.System == "" {
		d.Store = append(d.Store, Fact{"actor " + string(s.Actor.User.ID), personFact(s.Actor.User)})
	}
	d.Store = append(d.Store, Fact{"leaver " + string(req.Leaver), personFact(s.Leaver.User)})
	for _, id := range slices.Sorted(maps.Keys(s.People)) {
		d.Store = append(d.Store, Fact{"successor " + string(id), personFact(s.People[id].User)})
	}
	d.Store = append(d.Store, Fact{"head of the department", string(s.Department.Head)})
	for _, id := range slices.Sorted(maps.Keys(s.People)) {
		if rights, role := plan.HandOn[id], plan.Roles[id]; len(rights) > 0 || role != "" {
			d.Store = append(d.Store, Fact{"handed on to " + string(id), handOnFact(rights, role)})
		}
	}
	named := map[UserID]bool{}
	for id := range s.People {
		named[id] = true
	}
	runs := slices.SortedFunc(slices.Values(s.Runs), func(a, b Run) int { return strings.Compare(string(a.ID), string(b.ID)) })
	for _, r := range runs {
		if r.Leaver != req.Leaver && !r.names(req.Leaver) && !named[r.Leaver] {
			continue // another run may give to the same successors
		}
		d.Store = append(d.Store, Fact{"unfinished run " + string(r.ID), "of " + string(r.Leaver)})
	}
	for _, st := range s.Stocks {
		d.Holdings = append(d.Holdings, stockFacts(st)...)
	}
	return d
}

// requestSum identifies a request by the SHA-256 of its JSON form, whose order of fields and keys is fixed.
func requestSum(req Request) string {
	text, err := json.Marshal(req.normal())
	if err != nil {
		return "malformed" // a disposal that doesn't exist: the plan is blocked
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// personFact tells in what state a user was seen.
func personFact(u User) string {
	if u.ID == "" {
		return "absent"
	}
	text := "v" + strconv.FormatUint(u.Version, 10) + " " + u.Status.String()
	if u.Admin {
		text += " administrator"
	}
	if u.Role != "" {
		text += " role " + string(u.Role)
	}
	if u.Department != "" {
		text += " department " + string(u.Department)
	}
	return text
}

// handOnFact tells what a successor gains.
func handOnFact(rights Rights, role RoleID) string {
	var parts []string
	if role != "" {
		parts = append(parts, "role "+string(role))
	}
	return strings.Join(append(parts, rights.list()...), ", ")
}

// The names of a kind's facts, after the kind.
const (
	factRecords     = " records"
	factIn          = " records in "
	factAuthorship  = " authorship"
	factAuthored    = " authored"
	factFingerprint = " fingerprint"
	factUnknown     = " source"
	factExempt      = " exempt"
)

// stockFacts tell what one kind's Holdings told. Who wrote records matters only where that is changed.
func stockFacts(st Stock) []Fact {
	if st.Exempt != "" {
		return []Fact{{st.Kind + factExempt, st.Exempt}}
	}
	if uncounted(st) != "" {
		return []Fact{{st.Kind + factUnknown, "unknown"}}
	}
	facts := []Fact{{st.Kind + factRecords, strconv.Itoa(st.Survey.Total())}}
	for _, part := range slices.Sorted(maps.Keys(st.Survey.Responsible)) {
		if n := st.Survey.Responsible[part]; part != "" && n > 0 {
			facts = append(facts, Fact{st.Kind + factIn + part, strconv.Itoa(n)})
		}
	}
	if st.Authorship != AuthorKept {
		facts = append(facts, Fact{st.Kind + factAuthorship, st.Authorship.String()}, Fact{st.Kind + factAuthored, strconv.Itoa(st.Survey.Authored)})
	}
	if st.Survey.Fingerprint != "" {
		facts = append(facts, Fact{st.Kind + factFingerprint, st.Survey.Fingerprint})
	}
	return facts
}

// Sum is a short text that stands for all of d: 32 hexadecimal digits of a SHA-256.
func (d Digest) Sum() string {
	h := sha256.New()
	for _, facts := range [][]Fact{d.Store, d.Holdings} {
		fmt.Fprintf(h, "%d;", len(facts))
		for _, f := range facts {
			fmt.Fprintf(h, "%d:%s%d:%s", len(f.Name), f.Name, len(f.Value), f.Value)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Equal reports whether both rest on the same facts.
func (d Digest) Equal(now Digest) bool {
	return slices.Equal(d.Store, now.Store) && slices.Equal(d.Holdings, now.Holdings)
}

// Diff lists every fact that differs between d and now, those of the store first. It is empty only
// when they are equal.
func (d Digest) Diff(now Digest) []Difference {
	all := slices.Concat(diffFacts(d.Store, now.Store), diffFacts(d.Holdings, now.Holdings))
	if len(all) == 0 && !d.Equal(now) { // the same facts in another order, or twice: not what a plan gave
		return []Difference{{Name: "digest", Was: d.Sum(), Is: now.Sum()}}
	}
	return all
}

// diffFacts lists the facts that differ, in their order.
func diffFacts(was, is []Fact) []Difference {
	var all []Difference
	old, present := factMap(was), factMap(is)
	for _, f := range was {
		if v, ok := present[f.Name]; !ok || v != f.Value {
			all = append(all, Difference{Name: f.Name, Was: f.Value, Is: v})
		}
	}
	for _, f := range is {
		if _, ok := old[f.Name]; !ok {
			all = append(all, Difference{Name: f.Name, Is: f.Value})
		}
	}
	return all
}

// factMap indexes facts by name.
func factMap(facts []Fact) map[string]string {
	m := make(map[string]string, len(facts))
	for _, f := range facts {
		m[f.Name] = f.Value
	}
	return m
}
