package rostertest

import (
	"sync"
	"time"
)

// Clock is a clock that stands until a test moves it. The zero Clock stands at 09:00 UTC on Monday,
// 2 November 2026. It is safe for concurrent use and must not be copied.
type Clock struct {
	mu     sync.Mutex
	passed time.Duration
}

// Now is the time on the clock, for roster.Config.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC).Add(c.passed)
}

// Advance moves the clock, back where d is negative.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passed += d
}
