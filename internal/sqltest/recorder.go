package sqltest

import (
	"database/sql"
	"database/sql/driver"
	"slices"
	"sync"

	"github.com/seed-8e8abc8d/roster/internal/wire"
)

// Statement is what a pool sent to its engine: a statement, or "BEGIN", "BEGIN READ ONLY", "COMMIT", "ROLLBACK".
type Statement struct {
	Query string
	Args  []any
}

// Recorder keeps what its pools send. It is safe for concurrent use.
type Recorder struct {
	mu   sync.Mutex
	sent []Statement
}

// Pool opens a pool whose statements are recorded, with a driver and its name of the database.
func (r *Recorder) Pool(d driver.Driver, dsn string) *sql.DB {
	return wire.Pool(d, dsn, func(query string, args []driver.NamedValue, send func() (int64, error)) error {
		r.add(query, args)
		_, err := send()
		return err
	})
}

// Take are the statements since the last Take.
func (r *Recorder) Take() []Statement {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := r.sent
	r.sent = nil
	return sent
}

func (r *Recorder) add(query string, args []driver.NamedValue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Statement{Query: query}
	for _, a := range args {
		if b, ok := a.Value.([]byte); ok {
			a.Value = slices.Clone(b)
		}
		s.Args = append(s.Args, a.Value)
	}
	r.sent = append(r.sent, s)
}
