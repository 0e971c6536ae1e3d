//go:build gates

package roster_test

import (
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/gate"
)

func TestGate_TokenCheck(t *testing.T) {
	for _, users := range []int{1_000, 20_000} {
		b := newBearers(t, users)
		gate.Compare(t, "token check against SHA-256, two look-ups and one clock", 1.5, b.check, b.floor)
		if n := testing.AllocsPerRun(100, func() { b.check(1) }); n != 0 {
			t.Errorf("a token check allocates %v times", n)
		}
	}
}
