package roster

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Check holds the digest that was confirmed against the present one and returns a *StaleError with
// every difference, or nil (L6). Where drift allows n arrivals of a kind, up to n more records of it
// are no difference; counts that show that records left, or moved to another part, always are. Counts
// don't show a record that left a part for every further one that came into it. That a rule covers what
// arrived is for the plan that now comes from: it has no blockers.
func (d Digest) Check(now Digest, drift map[string]int) error {
	all := d.Diff(now)
	for _, kind := range slices.Sorted(maps.Keys(drift)) {
		if arrivals(all, kind, drift[kind]) {
			all = slices.DeleteFunc(all, func(x Difference) bool { return x.of(kind) })
		}
	}
	if len(all) == 0 {
		return nil
	}
	return &StaleError{Changed: all}
}

// of reports whether x is about which records of a kind there are.
func (x Difference) of(kind string) bool {
	rest, ok := strings.CutPrefix(x.Name, kind)
	return ok && (rest == factRecords || strings.HasPrefix(rest, factIn) || rest == factAuthored || rest == factFingerprint)
}

// arrivals reports whether all that changed about a kind is that 1 to n records came, be it that the
// leaver is responsible for them or that they wrote them.
func arrivals(all []Difference, kind string, n int) bool {
	came, inAll, inParts := false, 0, 0
	for _, x := range all {
		if !x.of(kind) || x.Name == kind+factFingerprint {
			continue
		}
		was, errWas := strconv.Atoi("0" + x.Was)
		is, errIs := strconv.Atoi("0" + x.Is)
		if errWas != nil || errIs != nil || is < was {
			return false
		}
		switch x.Name {
		case kind + factRecords:
			inAll = is - was
		case kind + factAuthored:
		default:
			inParts += is - was
			continue
		}
		if came = is-was <= n; !came {
			return false
		}
	}
	return came && inParts <= inAll // more in the parts than came at all: some moved there
}

// String tells the difference: "deal records: was 120, is 121".
func (x Difference) String() string {
	switch {
	case x.Was == "":
		return x.Name + ": is new, " + x.Is
	case x.Is == "":
		return x.Name + ": was " + x.Was + ", is gone"
	}
	return x.Name + ": was " + x.Was + ", is " + x.Is
}

// Error lists every difference.
func (e *StaleError) Error() string {
	return ErrStale.Error() + ": " + texts(e.Changed)
}

// Is reports that a StaleError is ErrStale.
func (e *StaleError) Is(target error) bool { return target == ErrStale }
