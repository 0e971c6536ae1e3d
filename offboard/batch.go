package offboard

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

// maxBatch is how many leavers are judged together: each request names all others, and all plans are held at once.
const maxBatch = 1_000

// Confirmed is one of several deletions that were confirmed: a plan's Request and its Digest.
type Confirmed struct {
	Request roster.Request `json:"request"`
	Digest  roster.Digest  `json:"digest"`
}

// Result tells whether one of several deletions started.
type Result struct {
	Leaver roster.UserID
	Run    roster.Run // give its ID to Work; the zero Run when it didn't start
	Err    error      // why it didn't; nil when it did, or when only others kept the batch from starting
}

// AssessAll assesses several leavers at once (L2): in each request, With names the others, so that
// nobody who leaves too is anybody's successor (G21). The plans are in the order of the requests; StartAll
// starts them together, Start each by itself, with plan.Request and plan.Digest. More than 1,000 requests are a
// roster.Faults.
func (d *Desk) AssessAll(ctx context.Context, a roster.Actor, reqs ...roster.Request) ([]roster.Plan, error) {
	if len(reqs) > maxBatch {
		return nil, fail("assess", "", tooMany("requests", len(reqs)))
	}
	faults := twice("requests[%d]", reqs)
	if err := faults.Err(); err != nil {
		return nil, fail("assess", "", err)
	}
	plans := make([]roster.Plan, len(reqs))
	for i, req := range reqs {
		req.With = with(reqs, i)
		var err error
		if plans[i], err = d.Assess(ctx, a, req); err != nil {
			return nil, err
		}
	}
	return plans, nil
}

// StartAll begins several deletions that were assessed together, by AssessAll, and confirmed (L20). First all of them
// are judged as they are now: while any is stale, blocked or refused, none is started, and the error tells every
// such leaver's reason at once, as the results do. Then each is started by itself, as Start would, those who hand
// rights on last. What fails by then, because the store did, or somebody left in between, stops none of the
// others: the error is nil, and the results, in the order of the confirmed, tell of each.
//
// Like Start it may be repeated after a lost answer: what has begun is given again. More than 1,000 are a roster.Faults. Work on each run afterwards;
// none waits for another.
func (d *Desk) StartAll(ctx context.Context, a roster.Actor, confirmed ...Confirmed) ([]Result, error) {
	if err := together(confirmed); err != nil {
		return nil, fail("start", "", err)
	}
	results := make([]Result, len(confirmed))
	var reasons []error
	for i, c := range confirmed {
		results[i].Leaver = c.Request.Leaver
		survey := func(ctx context.Context) ([]roster.Stock, error) { return d.stocks(ctx, c.Request) }
		results[i].Err = d.runs.Ready(ctx, a, c.Request, survey, c.Digest)
		reasons = append(reasons, results[i].Err)
	}
	if err := errors.Join(reasons...); err != nil {
		return results, err
	}
	for _, handsOn := range []bool{false, true} { // who receives rights is another than was assessed, for those after
		for i, c := range confirmed {
			if len(c.Request.HandOn) > 0 == handsOn {
				results[i].Run, results[i].Err = d.Start(ctx, a, c.Request, c.Digest)
			}
		}
	}
	return results, nil
}

// together lists what keeps confirmed deletions from being started together, whatever the store holds.
func together(confirmed []Confirmed) error {
	if len(confirmed) > maxBatch {
		return tooMany("confirmed", len(confirmed))
	}
	reqs := make([]roster.Request, len(confirmed))
	for i, c := range confirmed {
		reqs[i] = c.Request
	}
	faults := twice("confirmed[%d].request", reqs)
	if len(faults) > 0 {
		return faults
	}
	for i, req := range reqs {
		at := fmt.Sprintf("confirmed[%d].request", i)
		for _, id := range with(reqs, i)[len(req.With):] {
			faults = append(faults, roster.Fault{Field: at + ".with", Problem: fmt.Sprintf("doesn't name %s, who leaves too: assess them together", id)})
		}
		for k, h := range req.HandOn {
			for j, other := range reqs {
				if j != i && len(other.HandOn) > 0 && names(other, h.To) {
					faults = append(faults, roster.Fault{Field: fmt.Sprintf("%s.hand_on[%d].to", at, k),
						Problem: fmt.Sprintf("confirmed[%d] hands rights on too and names %s, who is another by then: start them one after the other", j, h.To)})
				}
			}
		}
	}
	return faults.Err()
}

// tooMany refuses a batch that is too large.
func tooMany(field string, n int) error {
	return roster.Faults{{Field: field, Problem: fmt.Sprintf("%d: at most %d", n, maxBatch)}}
}

// twice tells of requests that have the same leaver; place is what a request's place is called.
func twice(place string, reqs []roster.Request) (faults roster.Faults) {
	first := map[roster.UserID]int{}
	for i, req := range reqs {
		if j, again := first[req.Leaver]; again {
			faults = append(faults, roster.Fault{Field: fmt.Sprintf(place+".leaver", i), Problem: fmt.Sprintf("is the leaver of "+place+" too", j)})
			continue
		}
		first[req.Leaver] = i
	}
	return faults
}

// with lists who leaves together with the i-th: those whom the request names, then those others that it doesn't.
func with(reqs []roster.Request, i int) []roster.UserID {
	all := slices.Clone(reqs[i].With)
	for j, other := range reqs {
		if j != i && !slices.Contains(all, other.Leaver) {
			all = append(all, other.Leaver)
		}
	}
	return all
}

// names reports whether a request names somebody as a successor.
func names(req roster.Request, id roster.UserID) bool {
	return req.Authors == id ||
		slices.ContainsFunc(req.Rules, func(r roster.Rule) bool { return slices.Contains(r.To, id) }) ||
		slices.ContainsFunc(req.HandOn, func(h roster.HandOn) bool { return h.To == id })
}
