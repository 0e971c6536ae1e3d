package amocrm_test

import (
	"bytes"
	"testing"

	"github.com/seed-8e8abc8d/roster/amocrm"
	"github.com/seed-8e8abc8d/roster/internal/account"
)

// BenchmarkRecords reads the 6,000 deals of a made-up account.
func BenchmarkRecords(b *testing.B) {
	var pages [][]byte
	size := int64(0)
	for name, body := range account.Make(1, account.Size{}).Files() {
		if name[:2] == "le" {
			pages = append(pages, body)
			size += int64(len(body))
		}
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		sources := make([]amocrm.Source, len(pages))
		for i, p := range pages {
			sources[i] = amocrm.Source{Name: "leads.json", Body: bytes.NewReader(p)}
		}
		im := &amocrm.Import{}
		for _, err := range im.Records(amocrm.Leads, sources...) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
