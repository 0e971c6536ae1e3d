package checks

import (
	"strings"
	"testing"
)

// TestEveryCommitPassesTheObserver wants the root package to change its store through Roster.update alone,
// which tells Config.Observe.
func TestEveryCommitPassesTheObserver(t *testing.T) {
	t.Parallel()
	found := 0
	for _, s := range sources(t) {
		if s.test() || strings.Contains(s.path, "/") {
			continue
		}
		n := strings.Count(s.text, "store.Update(")
		if found += n; n > 0 && s.path != "observe.go" {
			t.Errorf("%s calls Store.Update: call Roster.update", s.path)
		}
	}
	if found != 2 {
		t.Errorf("observe.go has %d ways into Store.Update, not one with an observer and one without", found)
	}
}
