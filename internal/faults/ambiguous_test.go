package faults_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"testing"

	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// rolledBack is an error by which PostgreSQL says that a transaction did nothing.
type rolledBack struct{}

func (rolledBack) Error() string    { return "could not serialize access" }
func (rolledBack) SQLState() string { return "40001" }

// terminated is the error of a server that ends a connection, which may come after a COMMIT was carried out.
type terminated struct{}

func (terminated) Error() string    { return "terminating connection due to administrator command" }
func (terminated) SQLState() string { return "57P01" }

var errCable = errors.New("cable cut")

// TestL21_G8_EveryStatementMayFail fails a statement of a deletion after the other, by an error that tells nothing, one that the
// connection is gone, and one that the transaction was rolled back, alone and with all later ones; and every COMMIT, before it happened
// and after. Going on ends as if nothing had failed: one run, each deal moved once, one event of each doing.
func TestL21_G8_EveryStatementMayFail(t *testing.T) {
	t.Parallel()
	want := undisturbed(t)
	eachLine(t, func(t *testing.T, _ place, whole, over *sqlstore.DB, l *line) {
		type way struct {
			name        string
			which       string
			err         error
			after, down bool
			every       int // one of how many is tried
		}
		every := max(1, stride / *much)
		walked := map[string]int{}
		for i, way := range []way{
			{"COMMIT fails", "commit", errCable, false, false, thin},
			{"COMMIT fails, and all after it", "commit", errCable, false, true, thin},
			{"COMMIT's answer is lost", "commit", errCable, true, false, thin},
			{"COMMIT's answer is lost with the connection", "commit", driver.ErrBadConn, true, false, thin},
			{"COMMIT is carried out, and the server says that it ends the connection", "commit", terminated{}, true, false, thin},
			{"COMMIT's answer is lost, and all after it", "commit", errCable, true, true, thin},
			{"COMMIT is refused", "commit", rolledBack{}, false, false, thin},
			{"a call fails", "call", errCable, false, false, every},
			{"a call's answer is lost with the connection", "call", driver.ErrBadConn, true, false, every},
			{"a call is refused", "call", rolledBack{}, false, false, every},
			{"everything fails from a call on", "call", errCable, false, true, every},
		} {
			for n := 1 + i%way.every; ; n += way.every {
				account := fmt.Sprint(i, " ", n)
				w := newWorld(t, over.Account(account), whole.Account(account), nil)
				l.arm(way.which, n, way.err, way.after, way.down)
				err := w.attempt(t.Context())
				failed := l.mend()
				if failed == "" {
					break
				}
				walked[way.which]++
				w.survives(want, err, fmt.Sprintf("%s, %d (%s)", way.name, n, failed))
			}
		}
		if walked["commit"]*thin < 45 || walked["call"]*every < 350 {
			t.Errorf("failed: %v; that is no whole deletion", walked)
		}
	})
}
