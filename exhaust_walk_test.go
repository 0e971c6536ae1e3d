package roster_test

import (
	"testing"
	"time"
)

func realms(full bool) []realm {
	return []realm{grants(full), reaches(full), houses(full), roles(full), activities(full), batches(full), invitations(full), mailboxes(full), identities(full), tokens(full)}
}

func TestR10_NobodyClimbsByExhaustion(t *testing.T) {
	t.Parallel()
	for _, r := range realms(*walkFlag == "full") {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			x := explore(t, r)
			t.Logf("%s: %d states, %d steps tried, in %v", r.name, len(x.seen), x.tried, time.Since(began))
		})
	}
}
