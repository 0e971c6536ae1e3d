package sqltest

import (
	"context"
	"flag"
	"fmt"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

var benchRows = flag.Int("rows", 100_000, "how many rows the benchmarks of tables give their user; others have as many again")

// BenchmarkTable measures what a survey, a page and a move cost on a table of 100,000 rows of one user and as many of
// others, keyed by numbers, with a part and a mark of closing.
func BenchmarkTable(b *testing.B, d sqlstore.Dialect, db *sqlstore.DB) {
	do := func(query string) {
		b.Helper()
		if _, err := db.Writer().ExecContext(context.WithoutCancel(b.Context()), query); err != nil {
			b.Fatal(err)
		}
	}
	do("CREATE TABLE deals (id BIGINT PRIMARY KEY, owner TEXT, stage TEXT, closed_at BIGINT, title TEXT)")
	rows := fmt.Sprintf("SELECT n FROM generate_series(1, %d) n", 2**benchRows)
	if d == sqlstore.SQLite {
		rows = fmt.Sprintf("WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < %d) SELECT n FROM s", 2**benchRows)
	}
	do("INSERT INTO deals SELECT n, CASE WHEN n % 2 = 0 THEN 'leo' ELSE 'u' || n % 97 END, CASE WHEN n % 6 < 2 THEN 'new' ELSE 'won' END, CASE WHEN n % 5 = 0 THEN 1 END, 'deal ' || n FROM (" + rows + ") x")
	do("CREATE INDEX deals_owner ON deals (owner, stage, id)")
	do("ANALYZE")
	h, err := db.Account("").Table(b.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner", Part: "stage", Closed: "closed_at"})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Survey", func(b *testing.B) { benchSurvey(b, h) })
	for _, size := range []int{500, 5_000} {
		b.Run(fmt.Sprint("Page/", size), func(b *testing.B) { benchPages(b, h, size) })
		b.Run(fmt.Sprint("Move/", size), func(b *testing.B) { benchMoves(b, h, size) })
	}
}

func benchSurvey(b *testing.B, h roster.Holdings) {
	b.ReportAllocs()
	for b.Loop() {
		s, err := h.Survey(b.Context(), "leo")
		if err != nil || s.Total() != *benchRows {
			b.Fatal(s, err)
		}
	}
}

// benchPages reads page after page of a part, as a run does.
func benchPages(b *testing.B, h roster.Holdings, size int) {
	b.ReportAllocs()
	q := roster.Query{User: "leo", Tie: roster.Responsible, Part: "won", Limit: size}
	rows := 0
	for b.Loop() {
		page, err := h.Page(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		rows += len(page)
		if q.After = ""; len(page) == size {
			q.After = page[size-1].ID
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}

// benchMoves moves one chunk to and fro.
func benchMoves(b *testing.B, h roster.Holdings, size int) {
	b.ReportAllocs()
	page, err := h.Page(b.Context(), roster.Query{User: "leo", Tie: roster.Responsible, Part: "won", Limit: size})
	if err != nil {
		b.Fatal(err)
	}
	o := roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sam"}
	for _, rec := range page {
		o.IDs = append(o.IDs, rec.ID)
	}
	for b.Loop() {
		results, err := h.Move(b.Context(), o)
		if err != nil || results[0] != roster.MoveDone {
			b.Fatal(results[0], err)
		}
		o.From, o.To = o.To, o.From
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(o.IDs)), "ns/row")
	if o.From != "leo" {
		if _, err := h.Move(b.Context(), o); err != nil {
			b.Fatal(err)
		}
	}
}
