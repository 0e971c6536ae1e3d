package bench

import (
	"context"
	"testing"

	"github.com/seed-8e8abc8d/roster"
)

// BenchmarkHandOver is a whole journaled hand-over; the gates hold it against bare statements.
func BenchmarkHandOver(b *testing.B) {
	for engine := range engines {
		b.Run(engine, func(b *testing.B) {
			w := newWorld(b, engine, *records, 0)
			at := 0
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				w.hire(at + 2)
				b.StartTimer()
				w.handOver(b.Context(), user(at), user(at+1))
				at++
			}
			b.ReportMetric(float64(*records), "records/op")
		})
	}
}

// BenchmarkCheck is what every request asks: whose token is this, and what may they do?
func BenchmarkCheck(b *testing.B) {
	for engine := range engines {
		b.Run(engine, func(b *testing.B) {
			w := newWorld(b, engine, 1, 0)
			ctx := context.Background()
			issued, err := w.roster.Issue(ctx, roster.System("bench"), roster.TokenOrder{User: user(5), Kind: roster.TokenSession})
			must(b, err)
			secret, view := issued.Secret.Reveal(), w.roster.Schema().MustRight("deal:view")
			b.Run("token", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_, err := w.roster.Check(ctx, secret)
					must(b, err)
				}
			})
			b.Run("right", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_, err := w.roster.Can(ctx, user(5), view, roster.Record{Owner: user(5)})
					must(b, err)
				}
			})
			b.Run("bare", func(b *testing.B) {
				one := w.args("SELECT owner FROM deals WHERE id = ?")
				b.ReportAllocs()
				for b.Loop() {
					var owner string
					must(b, w.db.Reader().QueryRowContext(ctx, one, 1).Scan(&owner))
				}
			})
			b.Run("change", func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					_, err := w.roster.Apply(ctx, roster.System("bench"), roster.SetRights{User: user(6), Rights: roster.Rights{"deal:edit": roster.Scope(2 + i%3)}})
					must(b, err)
				}
			})
		})
	}
}
