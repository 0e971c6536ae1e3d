package faults_test

import (
	"context"
	"slices"
	"strings"
)

// byHand changes something in a firm that no process works on, notes it, and tells whether there was anything to change.
type byHand func(f *firm, ctx context.Context, b before, pick func(n int) int) (bool, error)

// choose chooses a plain record that was leo's: one of the journal's open entry if there is one, be it moved already or
// not, else one that still is leo's; or none, where there is none.
func (f *firm) choose(ctx context.Context, b before, pick func(n int) int) (kind, id string, err error) {
	run, _, err := f.found(ctx)
	if err != nil {
		return "", "", err
	}
	entries, err := f.journal(ctx, run.ID)
	if err != nil {
		return "", "", err
	}
	owners, _, err := f.read(ctx, b)
	if err != nil {
		return "", "", err
	}
	open := map[string]bool{}
	if n := len(entries); n > 0 && !entries[n-1].Done {
		for _, id := range entries[n-1].IDs {
			open[entries[n-1].Kind+"/"+id] = true
		}
	}
	var may, rather []string
	for record, owner := range owners {
		kind, _, _ := strings.Cut(record, "/")
		switch {
		case !slices.Contains(plain, kind) || b.owners[record] != "leo":
		case open[record]:
			rather = append(rather, record)
		case owner == "leo":
			may = append(may, record)
		}
	}
	if len(rather) > 0 {
		may = rather
	}
	if len(may) == 0 {
		return "", "", nil
	}
	slices.Sort(may)
	kind, id, _ = strings.Cut(may[pick(len(may))], "/")
	return kind, id, nil
}

// take lets a person give such a record to tom, notes it, and tells whether there was one.
func (f *firm) take(ctx context.Context, b before, pick func(n int) int) (bool, error) {
	kind, id, err := f.choose(ctx, b, pick)
	if err != nil || id == "" {
		return false, err
	}
	b.owners[kind+"/"+id], b.taken[kind+"/"+id] = "tom", true
	_, err = f.db.Writer().ExecContext(ctx, "UPDATE "+kind+" SET owner = 'tom' WHERE account = $1 AND id = $2", f.Account, id)
	return err == nil, err
}

// add lets one more record of leo's arrive right behind such a record, notes it, and tells whether it did.
func (f *firm) add(ctx context.Context, b before, pick func(n int) int) (bool, error) {
	kind, id, err := f.choose(ctx, b, pick)
	if err != nil || id == "" {
		return false, err
	}
	late := kind + "/" + id + "-late"
	if b.owners[late] != "" {
		return false, nil
	}
	b.owners[late], b.heirs[late] = "leo", b.heirs[kind+"/"+id]
	columns, values := "account, id, owner", "account, id || '-late', 'leo'"
	if kind == "lead" {
		columns, values = columns+", stage", values+", stage"
	}
	_, err = f.db.Writer().ExecContext(ctx, "INSERT INTO "+kind+" ("+columns+") SELECT "+values+" FROM "+kind+" WHERE account = $1 AND id = $2", f.Account, id)
	return err == nil, err
}
