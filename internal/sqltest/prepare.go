package sqltest

import (
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Prepare tests that the tables are made once, whole, and as DB.SQL tells.
func Prepare(t *testing.T, p Places) {
	options := map[string]sqlstore.Options{"": {}, "prefix": {Prefix: "staff_"}}
	if p.Dialect == sqlstore.PostgreSQL {
		options["schema"] = sqlstore.Options{Schema: "user"} // a word of SQL's
	}
	for name, o := range options {
		t.Run("by hand "+name, func(t *testing.T) {
			t.Parallel()
			byHand(t, p, o)
		})
		t.Run("first starts "+name, func(t *testing.T) {
			t.Parallel()
			firstStarts(t, p, o)
		})
	}
	t.Run("a failure in the middle leaves nothing", func(t *testing.T) {
		t.Parallel()
		failure(t, p)
	})
	t.Run("a newer one is refused and left alone", func(t *testing.T) {
		t.Parallel()
		newer(t, p)
	})
	t.Run("an older one is told and brought up to date", func(t *testing.T) {
		t.Parallel()
		older(t, p)
	})
	t.Run("the catalogue has the columns that are read", func(t *testing.T) {
		t.Parallel()
		columns(t, p)
	})
}

// byHand compares what Prepare makes with what SQL makes, after which Prepare changes nothing.
func byHand(t *testing.T, p Places, o sqlstore.Options) {
	place := p.Place(t)
	prepared := p.open(t, place, o)
	pool := p.Pool(t, p.Place(t), "")
	other := p.over(t, pool, o)
	is(t, "before", other.Ready(t.Context()), sqlstore.ErrSchema)
	tx, err := pool.BeginTx(t.Context(), nil)
	must(t, err)
	_, err = tx.ExecContext(t.Context(), prepared.SQL())
	must(t, err)
	must(t, tx.Commit())
	want := p.catalogue(t, prepared.Writer())
	same(t, "made by hand", want, p.catalogue(t, pool))
	must(t, other.Prepare(t.Context()))
	same(t, "after Prepare", want, p.catalogue(t, pool))
}

// firstStarts has many begin at once, by pools of their own in this process and by processes of their own.
func firstStarts(t *testing.T, p Places, o sqlstore.Options) {
	const starts, rounds = 8, 2
	for range rounds {
		for _, processes := range []bool{false, true} {
			place := p.Place(t)
			var all sync.WaitGroup
			errs := make([]error, starts)
			for i := range errs {
				all.Go(func() {
					if processes {
						errs[i] = Run(Child(t.Context(), os.Args[0], place, o))
						return
					}
					db, err := p.Open(t.Context(), place, o)
					if err == nil {
						err = errors.Join(db.Ready(t.Context()), db.Close())
					}
					errs[i] = err
				})
			}
			all.Wait()
			must(t, errors.Join(errs...))
			must(t, p.open(t, place, o).Ready(t.Context()))
		}
	}
}

// failure finds a table in the way of the last one that a migration makes.
func failure(t *testing.T, p Places) {
	pool := p.Pool(t, p.Place(t), "")
	db := p.over(t, pool, sqlstore.Options{})
	exec(t, pool, "CREATE TABLE roster_due (somebody INTEGER)")
	before := p.catalogue(t, pool)
	err := db.Prepare(t.Context())
	if err == nil || !strings.Contains(err.Error(), "roster_due") {
		t.Errorf("error %v; want one that names roster_due", err)
	}
	same(t, "after a failure", before, p.catalogue(t, pool))
	exec(t, pool, "DROP TABLE roster_due")
	must(t, db.Prepare(t.Context()))
	must(t, db.Ready(t.Context()))
}

// newer finds a schema that a later version made, with one of its tables gone, and doesn't try to help.
func newer(t *testing.T, p Places) {
	place := p.Place(t)
	pool := p.Pool(t, place, "")
	db := p.open(t, place, sqlstore.Options{})
	exec(t, pool, "UPDATE roster_schema SET version = 99", "DROP TABLE roster_due")
	before := p.catalogue(t, pool)
	_, err := p.Open(t.Context(), place, sqlstore.Options{})
	is(t, "a newer schema", err, sqlstore.ErrSchema)
	if !strings.Contains(err.Error(), "99") {
		t.Errorf("%v doesn't tell the schema's number", err)
	}
	is(t, "Ready", db.Ready(t.Context()), sqlstore.ErrSchema)
	same(t, "afterwards", before, p.catalogue(t, pool))
	same(t, "the number", []string{"99"}, lines(t, pool, "SELECT CAST(version AS TEXT) FROM roster_schema"))
}

// older finds a schema from before the first version, the table of its number alone: Ready changes nothing and tells what is
// there, and Prepare, called by several at once, makes of it what it makes of nothing.
func older(t *testing.T, p Places) {
	want := p.catalogue(t, p.open(t, p.Place(t), sqlstore.Options{}).Writer())
	for says, number := range map[string]string{
		"they are older: 0, this is 1": "INSERT INTO roster_schema (one, version) VALUES (1, 0)",
		"none were prepared":           "DELETE FROM roster_schema",
	} {
		place := p.Place(t)
		pool := p.Pool(t, place, "")
		db := p.over(t, pool, sqlstore.Options{})
		numbers, _, _ := strings.Cut(db.SQL(), ";")
		exec(t, pool, numbers, number)
		before := p.catalogue(t, pool)
		err := db.Ready(t.Context())
		if is(t, says, err, sqlstore.ErrSchema); err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%v; want one that says %q", err, says)
		}
		same(t, "after Ready", before, p.catalogue(t, pool))
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { is(t, "Prepare where "+says, db.Prepare(t.Context()), nil) })
		}
		all.Wait()
		same(t, "after Prepare", want, p.catalogue(t, pool))
		same(t, "the number", []string{"1"}, lines(t, pool, "SELECT CAST(version AS TEXT) FROM roster_schema"))
		must(t, db.Ready(t.Context()))
		must(t, change(t.Context(), db.Account("acme"), "anna"))
	}
}

// columns compares the database's own account of its columns with what SQL defines.
func columns(t *testing.T, p Places) {
	db := p.open(t, p.Place(t), sqlstore.Options{})
	var got []string
	switch p.Dialect {
	case sqlstore.SQLite:
		got = lines(t, db.Reader(), `SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name <> 'roster_schema' ORDER BY 1`)
	case sqlstore.PostgreSQL:
		got = lines(t, db.Reader(), `SELECT table_name || '.' || column_name || ' ' || upper(data_type) FROM information_schema.columns
			WHERE table_schema = 'public' AND table_name <> 'roster_schema' ORDER BY (table_name || '.' || column_name) COLLATE "C"`)
	}
	want := Columns(db.SQL())
	if len(want) < 100 {
		t.Fatalf("SQL defines %d columns", len(want))
	}
	same(t, "columns", want, got)
}
