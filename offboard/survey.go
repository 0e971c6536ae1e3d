package offboard

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"unicode/utf8"

	"github.com/seed-8e8abc8d/roster"
)

// surveyPage is how many records are read at once where a plan has to look at single ones.
const surveyPage = 1_000

// maxPage is how many records a Query may ask for.
const maxPage = 10_000

// maxActing is how many acting things of one leaver are looked at one by one for tokens they hold.
const maxActing = 10_000

// stocks surveys every kind but the exempted ones. What can't be counted is told as unknown and blocks (G2);
// only a context that is done is an error.
func (d *Desk) stocks(ctx context.Context, req roster.Request) ([]roster.Stock, error) {
	return d.stocksEach(ctx, req, func(context.Context) error { return nil })
}

// stocksEach is stocks for who has something to do before each survey; what that fails by is an error too.
func (d *Desk) stocksEach(ctx context.Context, req roster.Request, before func(context.Context) error) ([]roster.Stock, error) {
	stocks := make([]roster.Stock, len(d.kinds))
	for i, k := range d.kinds {
		if k.Exempt != "" {
			stocks[i] = roster.Stock{Kind: k.Name, Exempt: k.Exempt}
			continue
		}
		if err := before(ctx); err != nil {
			return nil, err
		}
		st := roster.Stock{Kind: k.Name, Acting: k.Acting, Authorship: k.Authorship, Needs: k.Needs}
		if err := d.fill(ctx, k, req, &st); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			st.Unknown = err.Error()
		}
		stocks[i] = st
	}
	return stocks, nil
}

// fill surveys one kind: counts, and what the request's rules need to know besides.
func (d *Desk) fill(ctx context.Context, k Kind, req roster.Request, st *roster.Stock) (err error) {
	ctx, cancel := context.WithTimeout(ctx, d.set.Lease*3/4)
	defer cancel()
	if st.Survey, err = k.Holdings.Survey(ctx, req.Leaver); err != nil {
		return err
	}
	if err := st.Survey.Check(); err != nil {
		return fmt.Errorf("broken holdings: %w", err)
	}
	if st.Loads, err = loads(ctx, k, req); err != nil {
		return err
	}
	if st.Records, err = named(ctx, k, req); err != nil || !k.Acting {
		return err
	}
	for rec, err := range leaversRecords(ctx, k, req.Leaver) {
		if err != nil {
			return err
		}
		if st.IDs = append(st.IDs, rec.ID); len(st.IDs) == maxActing {
			break
		}
	}
	return nil
}

// loads counts the open records of everybody among whom a rule about k evens out.
func loads(ctx context.Context, k Kind, req roster.Request) (map[roster.UserID]int, error) {
	counted := map[roster.UserID]int{}
	for _, rule := range req.Rules {
		if rule.Do != roster.LeastLoaded || rule.Kind != k.Name && (rule.Kind != "" || k.Acting) {
			continue
		}
		for _, id := range rule.To {
			if _, done := counted[id]; done {
				continue
			}
			s, err := k.Holdings.Survey(ctx, id)
			if err != nil {
				return nil, fmt.Errorf("load of %s: %w", id, err)
			}
			counted[id] = s.Open
		}
	}
	return counted, nil
}

// named finds the leaver's records that rules name by id.
func named(ctx context.Context, k Kind, req roster.Request) ([]roster.Record, error) {
	var wanted []string
	for _, rule := range req.Rules {
		if rule.Kind == k.Name {
			wanted = append(wanted, rule.Records...)
		}
	}
	slices.Sort(wanted)
	var found []roster.Record
	for some := range slices.Chunk(slices.Compact(wanted), maxPage) {
		page, err := readPage(ctx, k, roster.Query{User: req.Leaver, Tie: roster.Responsible, AllParts: true, IDs: some, Limit: len(some)})
		if err != nil {
			return nil, err
		}
		for _, rec := range page {
			rec.Owner = req.Leaver
			found = append(found, rec)
		}
	}
	return found, nil
}

// leaversRecords yields the records that a user is responsible for, in key order, a page in memory at
// a time; the error, if any, comes last.
func leaversRecords(ctx context.Context, k Kind, user roster.UserID) iter.Seq2[roster.Record, error] {
	return func(yield func(roster.Record, error) bool) {
		q := roster.Query{User: user, Tie: roster.Responsible, AllParts: true, Limit: surveyPage}
		for {
			page, err := readPage(ctx, k, q)
			if err != nil {
				yield(roster.Record{}, err)
				return
			}
			for _, rec := range page {
				if !yield(rec, nil) {
					return
				}
				q.After = rec.ID
			}
			if len(page) < q.Limit {
				return
			}
		}
	}
}

// readPage reads a page and refuses one that breaks the contract: a page that didn't go forward would
// make a run go round for ever.
func readPage(ctx context.Context, k Kind, q roster.Query) ([]roster.Record, error) {
	page, err := k.Holdings.Page(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(page) > q.Limit {
		return nil, fmt.Errorf("broken holdings: a page of %d records, where at most %d were asked for", len(page), q.Limit)
	}
	seen := make(map[string]bool, len(page)+1)
	seen[q.After] = true
	for _, rec := range page {
		if seen[rec.ID] {
			return nil, fmt.Errorf("broken holdings: a page after %q that lists %q again, or nothing", q.After, rec.ID)
		}
		if !utf8.ValidString(rec.ID) { // stored, it would be another id
			return nil, fmt.Errorf("broken holdings: the id %q isn't UTF-8", rec.ID)
		}
		seen[rec.ID] = true
	}
	return page, nil
}
