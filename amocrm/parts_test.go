package amocrm

import (
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"
)

// TestA1_ManyPartsAreAddedInOnePass adds 64 times as many stages in less than 600 times the time:
// comparing each with each takes thousands.
func TestA1_ManyPartsAreAddedInOnePass(t *testing.T) {
	is := is.New(t)
	took := func(n int) time.Duration {
		parts := partSet{}
		for i := range n {
			parts.add(kindDeal, fmt.Sprint(i))
		}
		im := new(Import)
		from := time.Now()
		im.addParts(parts)
		im.addParts(parts) // again: nothing to add
		is.Equal(len(im.Parts[kindDeal]), n)
		return time.Since(from)
	}
	few := max(took(1_000), took(1_000), took(1_000))
	is.True(took(64_000) < 600*few) // about as many times longer as there are more
}
