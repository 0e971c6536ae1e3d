package roster

import (
	"maps"
	"slices"
)

// dealer deals the records of one kind to successors. Its cost depends on the number of successors,
// never on the number of records.
type dealer struct {
	loads map[UserID]int // open records of each successor, those dealt included
	dealt map[int]int    // by rule: records dealt so far
}

// newDealer makes a dealer for a kind; loads stays the caller's.
func newDealer(loads map[UserID]int) *dealer {
	d := &dealer{loads: maps.Clone(loads), dealt: map[int]int{}}
	if d.loads == nil {
		d.loads = map[UserID]int{}
	}
	return d
}

// deal deals n records under a rule, in key order: who comes first receives the lowest keys. Those
// who receive nothing are left out.
func (d *dealer) deal(do Disposal, to []UserID, rule, n int) []Share {
	counts := make([]int, len(to))
	switch {
	case len(to) == 0:
		return nil
	case do == LeastLoaded:
		loads := make([]int, len(to))
		for i, id := range to {
			loads[i] = d.loads[id]
		}
		level(counts, loads, n)
	default:
		split(counts, d.dealt[rule], n)
	}
	d.dealt[rule] += n
	var shares []Share
	for i, id := range to {
		d.loads[id] += counts[i]
		if counts[i] > 0 {
			shares = append(shares, Share{To: id, Count: counts[i]})
		}
	}
	return shares
}

// split divides n so that no two counts differ by more than one, going on after the dealt ones
// before: so a rule's shares over all parts of a kind differ by at most one as well.
func split(counts []int, dealt, n int) {
	k := len(counts)
	for i := range counts {
		counts[i] = n / k
		if (i-dealt%k+k)%k < n%k {
			counts[i]++
		}
	}
}

// level divides n as if each record in turn went to whoever has the fewest then, the first of equals.
func level(counts, loads []int, n int) {
	sorted := slices.Sorted(slices.Values(loads))
	height, rest := sorted[0], n
	for k := 1; ; k++ { // the k lowest stand at height
		if k == len(sorted) || (sorted[k]-height)*k > rest {
			height, rest = height+rest/k, rest%k
			break
		}
		rest -= (sorted[k] - height) * k
		height = sorted[k]
	}
	for i, load := range loads {
		counts[i] = max(0, height-load)
		if load <= height && rest > 0 {
			counts[i]++
			rest--
		}
	}
}

// summed adds up shares: one for each who receives, in order of id.
func summed(shares []Share) []Share {
	sums := map[UserID]int{}
	for _, x := range shares {
		sums[x.To] += x.Count
	}
	var all []Share
	for _, to := range slices.Sorted(maps.Keys(sums)) {
		all = append(all, Share{To: to, Count: sums[to]})
	}
	return all
}
