package report_test

import (
	"runtime"
	"testing"
)

// BenchmarkReports makes each report of an account of 100,000 users. held-B is what is reachable while the value is
// kept, beyond the account itself.
func BenchmarkReports(b *testing.B) {
	c := newCrowd(b, 1, 100_000)
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	for _, m := range makers() {
		b.Run(m.name, func(b *testing.B) {
			before := heap()
			choice := c.all()
			choice.Limit = 0
			b.ReportAllocs()
			for b.Loop() {
				x, err := m.make(b.Context(), c.Roster, host, choice)
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				b.ReportMetric(heap()-before, "held-B")
				runtime.KeepAlive(x)
				b.StartTimer()
			}
		})
	}
}
