package amocrm

import (
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"
)

// TestA1_ManyPartsAreAddedInOnePass adds 32,000 stages in less than 50 times the time that noting them takes,
// the best of three tries each: comparing each with each takes hundreds of times as long.
func TestA1_ManyPartsAreAddedInOnePass(t *testing.T) {
	is := is.New(t)
	const n = 32_000
	noting, adding := time.Hour, time.Hour
	for range 3 {
		parts := partSet{}
		from := time.Now()
		for i := range n {
			parts.add(kindDeal, fmt.Sprint(i))
		}
		noting = min(noting, time.Since(from))
		im := new(Import)
		from = time.Now()
		im.addParts(parts)
		im.addParts(parts) // again: nothing to add
		adding = min(adding, time.Since(from))
		is.Equal(len(im.Parts[kindDeal]), n) // each once
	}
	t.Logf("noting %v, adding %v: %.1f times", noting, adding, float64(adding)/float64(noting))
	is.True(adding < 50*noting) // one pass
}
