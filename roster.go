package roster

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"runtime"
	"sync"
	"time"
)

// Config is what a host may set. The zero Config is complete and safe; where 0 stands for a default, a negative
// number does too. All functions in it are called by many goroutines at once.
type Config struct {
	Now    func() time.Time // the clock; nil: time.Now. Times are kept in UTC and microseconds
	Sender Sender           // sends letters; nil: letters stay in the outbox, and Deliver fails when one is due
	Hasher Hasher           // hashes passwords; nil: PBKDF2-HMAC-SHA256, 600,000 iterations

	HashWorkers int // passwords hashed at once; 0: the number of processors
	HashQueue   int // callers that may wait for a worker; one more gets ErrBusy; 0: 64

	MinPassword int // in characters; 0: 15 (NIST SP 800-63B-4)
	// CheckPassword is the host's own check of new passwords, against a list of leaked ones, say; nil: none.
	// Its error's text is shown to the person.
	CheckPassword func(ctx context.Context, password string) error

	SignInAttempts int           // failures for one address in a window before sign-in is refused; 0: 10
	SignInWindow   time.Duration // 0: 15 minutes

	ActivationTTL time.Duration // 0: 72 hours (J3)
	ResetTTL      time.Duration // 0: 1 hour
	SessionTTL    time.Duration // 0: 12 hours
	AccessTTL     time.Duration // 0: 1 hour
	RefreshTTL    time.Duration // 0: 90 days
	PersonalTTL   time.Duration // the longest a personal token may last; 0: 1 year

	SeenEvery    time.Duration // how exact LastSeen and LastUsed are; 0: 1 hour
	LocalDomains bool          // allow addresses without a dotted domain: "anna@localhost"

	// LastBackup tells when the last verified backup was made (B4); nil, an error or the zero time: unknown,
	// which every plan then says. It blocks nothing.
	LastBackup func(ctx context.Context) (time.Time, error)

	// Observe is told every event of the trail that a commit of this Roster added, one after another, after the
	// commit and outside any transaction; nil: nobody is. It is never told of what was rolled back or is a Preview.
	// It runs in the goroutine of the call that made the event, with that call's context, which may be done by
	// then, and before the call returns: be quick, hand on what takes time. A panic in it reaches the caller and
	// takes the call's later events with it; what was committed stays. It may use the Roster, and is told of what
	// it makes happen: what makes an event for each event, as reading the trail as a user does, never ends. Read as
	// the System.
	//
	// It is a wake-up, not a queue: events come to it at most once, those of concurrent commits in any order, and
	// are lost to it in a crash, or when a commit's answer is. Of what a host's own transaction commits it isn't told (Deferred).
	// Events, after the last number handled, misses none.
	Observe func(ctx context.Context, e Event)
}

// Roster knows who works here and what each may do. Make one with New; all methods are safe for
// concurrent use, by many Rosters in many processes over one store as well.
type Roster struct {
	store   Store
	checker Checker // store, when it has the upgrade; else nil
	silent  bool    // store is Deferred: Config.Observe isn't told
	schema  *Schema
	cfg     Config
	queued  chan struct{}          // one place per password being hashed or waiting
	hashed  chan struct{}          // one place per password being hashed
	dummy   func() (string, error) // a hash that no password makes, for sign-ins that have none
}

// New makes a Roster over a store. It reads and writes nothing, and fails only without a store or a schema.
func New(store Store, schema *Schema, cfg Config) (*Roster, error) {
	if store == nil || schema == nil {
		return nil, wrap("new", "", errors.New("a store and a schema are needed"))
	}
	cfg = cfg.withDefaults()
	r := &Roster{
		schema: schema, cfg: cfg,
		queued: make(chan struct{}, cfg.HashWorkers+cfg.HashQueue),
		hashed: make(chan struct{}, cfg.HashWorkers),
		dummy:  sync.OnceValues(func() (string, error) { return cfg.Hasher.Hash(rand.Text()) }),
	}
	return r.On(store), nil
}

// On is the same Roster over another store, which must not be nil: same schema, settings and queue for passwords. It
// costs nothing. It is for a host with many accounts, whose passwords then wait in one queue, and for one that carries
// a change out in a transaction of its own (InTx of package sqlstore): of what a store that is Deferred does, the Roster's
// Config.Observe isn't told.
func (r *Roster) On(store Store) *Roster {
	on := *r
	on.store = store
	on.checker, _ = store.(Checker)
	d, ok := store.(Deferred)
	on.silent = ok && d.Deferred()
	return &on
}

// withDefaults fills in what c leaves open; a negative number counts as open.
func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Hasher == nil {
		c.Hasher = PBKDF2{}
	}
	positive(&c.HashWorkers, runtime.GOMAXPROCS(0))
	positive(&c.HashQueue, 64)
	positive(&c.MinPassword, 15)
	positive(&c.SignInAttempts, 10)
	positive(&c.SignInWindow, 15*time.Minute)
	positive(&c.ActivationTTL, 72*time.Hour)
	positive(&c.ResetTTL, time.Hour)
	positive(&c.SessionTTL, 12*time.Hour)
	positive(&c.AccessTTL, time.Hour)
	positive(&c.RefreshTTL, 90*24*time.Hour)
	positive(&c.PersonalTTL, 365*24*time.Hour)
	positive(&c.SeenEvery, time.Hour)
	return c
}

// positive sets v to d unless it is above zero.
func positive[T int | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// Schema is the schema that the Roster was made with.
func (r *Roster) Schema() *Schema { return r.schema }

// now is the present instant as it is stored: UTC, microseconds.
func (r *Roster) now() time.Time { return r.cfg.Now().UTC().Truncate(time.Microsecond) }

// newID makes a UUIDv7 (RFC 9562): ids made later sort later, to the microsecond, which lists in the order of
// their ids promise. 62 bits are random.
func (r *Roster) newID() string {
	var b [16]byte
	rand.Read(b[8:])
	now := r.now()
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	fraction := now.Nanosecond() / 1000 % 1000 * 4096 / 1000 // of the millisecond, in 12 bits (§6.2, method 3)
	binary.BigEndian.PutUint16(b[6:8], 0x7000|uint16(fraction))
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
