package rostertest

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster"
)

// Letters is a roster.Sender that keeps what it is given. The zero Letters is ready, safe for concurrent use,
// and must not be copied.
type Letters struct {
	mu   sync.Mutex
	sent []roster.Message
}

// Send keeps a letter.
func (l *Letters) Send(_ context.Context, m roster.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, m)
	return nil
}

// Sent lists what was sent, oldest first.
func (l *Letters) Sent() []roster.Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.sent)
}

// Last is the last letter to an address, whatever its letter case. Where there is none the test ends:
// letters are sent by Roster.Deliver, not by what makes them due.
func (l *Letters) Last(t testing.TB, to string) roster.Message {
	t.Helper()
	sent := l.Sent()
	for _, m := range slices.Backward(sent) {
		if roster.FoldEmail(m.To) == roster.FoldEmail(to) {
			return m
		}
	}
	var others []string
	for _, m := range sent {
		others = append(others, m.To)
	}
	t.Fatalf("rostertest: no letter to %s was sent; letters went to %q. Roster.Deliver sends what is due", to, others)
	return roster.Message{}
}

// Secret is the secret of the last letter to an address, for Roster.Activate or Roster.ResetPassword; like
// Last it ends the test where there is none.
func (l *Letters) Secret(t testing.TB, to string) string {
	t.Helper()
	return l.Last(t, to).Secret.Reveal()
}
