//go:build gates

package bench

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

var (
	accounts = flag.Int("accounts", 20, "accounts of the slice")
	users    = flag.Int("users", 100, "users of an account")
	each     = flag.Int("each", 100, "records of a user")
	own      = flag.Int("own", 1000, "further records of each who leaves in the storm")
	rest     = flag.Duration("for", time.Second, "how long each rate is measured")
)

// TestSlice measures what docs/scaling.md calculates with: accounts alike on one PostgreSQL, their sizes, and how many
// of each thing a second it does. The first account is made by the library, the others are copies of its rows.
func TestSlice(t *testing.T) {
	ctx := t.Context()
	db := engines["PostgreSQL"](t)
	defer db.Close()
	s := &slice{T: t, db: db, schema: roster.CRMSchema(), secrets: map[int]string{}}
	s.first(ctx)
	s.copies(ctx)
	s.sizes(ctx, "roster_accounts", "roster_users", "roster_departments", "roster_roles", "roster_credentials", "roster_tokens", "roster_events", "deals")
	s.rates(ctx)
	s.storm(ctx)
	s.sizes(ctx, "roster_runs", "roster_entries", "roster_letters")
	s.backlog(ctx)
}

type slice struct {
	*testing.T
	db      *sqlstore.DB
	schema  *roster.Schema
	secrets map[int]string // of the users' sessions: the same in every account
}

func account(i int) string       { return fmt.Sprintf("account-%06d", i) }
func person(i int) roster.UserID { return roster.UserID(fmt.Sprintf("user-%06d", i)) }

// open is the roster of an account, which notes no visit a second time.
func (s *slice) open(i int) *roster.Roster { return s.noting(i, 24*time.Hour) }

// noting is the roster of an account that notes visits so often.
func (s *slice) noting(i int, often time.Duration) *roster.Roster {
	r, err := roster.New(s.db.Account(account(i)), s.schema, roster.Config{SeenEvery: often})
	must(s, err)
	return r
}

// first makes account 0 through the library: departments, roles, users with rights of their own here and there, sessions.
func (s *slice) first(ctx context.Context) {
	r, host := s.open(0), roster.System("slice")
	var changes []roster.Change
	for i := range 10 {
		changes = append(changes, roster.CreateDepartment{ID: roster.DepartmentID(fmt.Sprint("department-", i)), Name: fmt.Sprint("Department ", i)},
			roster.CreateRole{ID: roster.RoleID(fmt.Sprint("role-", i)), Name: fmt.Sprint("Role ", i), Rights: roster.Rights{"deal:view": roster.InDepartment, "deal:edit": roster.Own, "contact:view": roster.All}})
	}
	for i := range *users {
		u := roster.User{
			ID: person(i), FirstName: "Anna Maria", LastName: fmt.Sprint("Kuznetsova-", i), Email: fmt.Sprintf("anna.kuznetsova.%d@example.com", i),
			Department: roster.DepartmentID(fmt.Sprint("department-", i%10)), Role: roster.RoleID(fmt.Sprint("role-", i%10)), Status: roster.StatusActive, Admin: i == 0,
		}
		if i%10 == 0 {
			u.Rights = roster.Rights{"deal:view": roster.All, "deal:edit": roster.All}
		}
		changes = append(changes, roster.ImportUser{User: u})
	}
	for len(changes) > 0 {
		n := min(500, len(changes))
		_, err := r.Apply(ctx, host, changes[:n]...)
		must(s, err)
		changes = changes[n:]
	}
	for i := range *users {
		issued, err := r.Issue(ctx, host, roster.TokenOrder{User: person(i), Kind: roster.TokenSession, TTL: 12 * time.Hour})
		must(s, err)
		s.secrets[i] = issued.Secret.Reveal()
	}
}

// copies fills the other accounts with the first one's rows, and every account with deals.
func (s *slice) copies(ctx context.Context) {
	start := time.Now()
	run := func(statement string) {
		_, err := s.db.Writer().ExecContext(ctx, statement)
		must(s, err)
	}
	run(`INSERT INTO roster_credentials (account, user_id, hash, version, set_by, set_at) SELECT account, id, '$pbkdf2-sha256$i=600000,l=32$' || repeat('s', 22) || '$' || repeat('h', 43), 1, '', 1 FROM roster_users`)
	run("UPDATE roster_tokens SET last_used = CAST(extract(epoch FROM now()) * 1000000 AS bigint)") // else the first check of each notes it
	for _, table := range []string{"accounts", "users", "departments", "roles", "credentials", "tokens", "events"} {
		run(fmt.Sprintf(`DO $$ DECLARE columns text; BEGIN
			SELECT string_agg(quote_ident(column_name), ', ') INTO columns FROM information_schema.columns WHERE table_name = 'roster_%[1]s' AND column_name <> 'account';
			EXECUTE 'INSERT INTO roster_%[1]s (account, ' || columns || ') SELECT ''account-'' || lpad(a::text, 6, ''0''), ' || columns || ' FROM generate_series(1, %[2]d) a, roster_%[1]s WHERE account = ''account-000000''';
			END $$`, table, *accounts-1))
	}
	run(`CREATE TABLE deals (account TEXT COLLATE "C" NOT NULL, id BIGINT NOT NULL, owner TEXT COLLATE "C", stage TEXT COLLATE "C" NOT NULL, title TEXT NOT NULL, PRIMARY KEY (account, id))`)
	run(fmt.Sprintf(`INSERT INTO deals SELECT 'account-' || lpad(a::text, 6, '0'), i, 'user-' || lpad((i %% %d)::text, 6, '0'), 'new', 'deal number ' || i FROM generate_series(0, %d) a, generate_series(1, %d) i`, *users, *accounts-1, *users**each))
	run("CREATE INDEX deals_owner ON deals (account, owner, id)")
	run("VACUUM ANALYZE")
	s.Logf("%d accounts of %d users and %d records each: filled in %.0f s", *accounts, *users, *users**each, time.Since(start).Seconds())
}

// sizes tells what a row of each table takes, with its part of the indexes.
func (s *slice) sizes(ctx context.Context, tables ...string) {
	for _, table := range tables {
		var rows, heap, index int64
		must(s, s.db.Reader().QueryRowContext(ctx, "SELECT (SELECT count(*) FROM "+table+"), pg_table_size('"+table+"'), pg_indexes_size('"+table+"')").Scan(&rows, &heap, &index))
		s.Logf("%-20s %9d rows, %6.0f bytes a row and %6.0f in indexes, %7.1f MiB in all", table, rows, float64(heap)/float64(max(rows, 1)), float64(index)/float64(max(rows, 1)), float64(heap+index)/(1<<20))
	}
}

// rate tells how often a second f succeeds, called by some goroutines at once.
func (s *slice) rate(ctx context.Context, name string, workers int, f func(ctx context.Context) error) {
	s.Helper()
	var n atomic.Int64
	var all sync.WaitGroup
	start := time.Now()
	for range workers {
		all.Go(func() {
			for time.Since(start) < *rest {
				if err := f(ctx); err != nil {
					s.Errorf("%s: %v", name, err)
					return
				}
				n.Add(1)
			}
		})
	}
	all.Wait()
	s.Logf("%-45s %8.0f a second, %d at once", name, float64(n.Load())/time.Since(start).Seconds(), workers)
}

// rates are what a service does all day.
func (s *slice) rates(ctx context.Context) {
	view, host := s.schema.MustRight("deal:view"), roster.System("slice")
	anybody := func() (*roster.Roster, int) { return s.open(rand.IntN(*accounts)), rand.IntN(*users) }
	for _, workers := range []int{1, 8} {
		s.rate(ctx, "token checks, any account", workers, func(ctx context.Context) error {
			r, i := anybody()
			_, err := r.Check(ctx, s.secrets[i])
			return err
		})
		s.rate(ctx, "token checks that note a visit, any account", workers, func(ctx context.Context) error {
			_, err := s.noting(rand.IntN(*accounts), time.Nanosecond).Check(ctx, s.secrets[rand.IntN(*users)])
			return err
		})
		s.rate(ctx, "Can, any account", workers, func(ctx context.Context) error {
			r, i := anybody()
			_, err := r.Can(ctx, person(i), view, roster.Record{Owner: person(i)})
			return err
		})
		s.rate(ctx, "first page of users, any account", workers, func(ctx context.Context) error {
			r, _ := anybody()
			for _, err := range r.Users(ctx, host, roster.UserFilter{}, "") {
				return err
			}
			return nil
		})
		change := func(ctx context.Context, r *roster.Roster, i int) error {
			_, err := r.Apply(ctx, host, roster.SetRights{User: person(i), Rights: roster.Rights{"deal:export": roster.Scope(2 + rand.IntN(3))}})
			return err
		}
		s.rate(ctx, "changes of rights, any account", workers, func(ctx context.Context) error {
			r, i := anybody()
			return change(ctx, r, i)
		})
		s.rate(ctx, "changes of rights, one account", workers, func(ctx context.Context) error {
			return change(ctx, s.open(0), rand.IntN(*users))
		})
		s.rate(ctx, "sessions issued, any account", workers, func(ctx context.Context) error {
			r, i := anybody()
			_, err := r.Issue(ctx, host, roster.TokenOrder{User: person(i), Kind: roster.TokenSession})
			return err
		})
	}
}

// storm starts a deletion in each of many accounts and lets eight workers carry them out.
func (s *slice) storm(ctx context.Context) {
	n, host := min(*accounts, 200), roster.System("slice")
	type open struct {
		desk *offboard.Desk
		run  roster.RunID
	}
	runs := make(chan open, n)
	_, err := s.db.Writer().ExecContext(ctx, fmt.Sprintf(`INSERT INTO deals SELECT 'account-' || lpad(a::text, 6, '0'), %d + i, 'user-000001', 'new', 'deal number ' || i FROM generate_series(0, %d) a, generate_series(1, %d) i`, *users**each, n-1, *own))
	must(s, err)
	start := time.Now()
	for i := range n {
		r := s.open(i)
		deals, err := s.db.Account(account(i)).Table(ctx, sqlstore.Table{Name: "deals", Key: "id", Owner: "owner", Account: "account"})
		must(s, err)
		kinds := []offboard.Kind{{Name: "deal", Holdings: deals}}
		for _, k := range s.schema.Kinds() {
			if k.Name != "deal" {
				kinds = append(kinds, offboard.Kind{Name: k.Name, Exempt: "not in this slice"})
			}
		}
		desk, err := offboard.New(r, kinds...)
		must(s, err)
		req := roster.Request{Leaver: person(1), Rules: []roster.Rule{{Kind: "deal", Do: roster.GiveTo, To: []roster.UserID{person(10)}}}}
		plan, err := desk.Assess(ctx, host, req)
		must(s, err)
		run, err := desk.Start(ctx, host, req, plan.Digest)
		must(s, err)
		runs <- open{desk, run.ID}
	}
	close(runs)
	s.Logf("%d deletions assessed and fenced one after another: %.1f ms each", n, time.Since(start).Seconds()*1000/float64(n))
	start = time.Now()
	wal := s.wal(ctx)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for o := range runs {
				if run, err := o.desk.Work(ctx, o.run, nil); err != nil || run.State != roster.RunDone {
					s.Errorf("a run is %v: %v", run.State, err)
				}
			}
		})
	}
	all.Wait()
	took := time.Since(start).Seconds()
	moved := float64(n * (*each + *own))
	s.Logf("%d deletions of %d records each by 8 workers: %.1f a second, %.0f records a second, %.0f bytes of WAL a record",
		n, *each+*own, float64(n)/took, moved/took, (s.wal(ctx)-wal)/moved)
}

// wal is how much the server has written into its log.
func (s *slice) wal(ctx context.Context) (bytes float64) {
	must(s, s.db.Writer().QueryRowContext(ctx, "SELECT pg_current_wal_insert_lsn() - '0/0'").Scan(&bytes))
	return bytes
}

// backlog tells what workers ask when 100,000 accounts have a run each.
func (s *slice) backlog(ctx context.Context) {
	_, err := s.db.Writer().ExecContext(ctx, "INSERT INTO roster_due (account, run, at, started) SELECT 'firm-' || lpad(i::text, 6, '0'), 'run', 1, 1 FROM generate_series(1, 100000) i")
	must(s, err)
	s.rate(ctx, "Backlog, 100,000 runs", 1, func(ctx context.Context) error { _, err := s.db.Backlog(ctx); return err })
	s.rate(ctx, "Due, a page of 100 of 100,000", 1, func(ctx context.Context) error { _, err := s.db.Due(ctx, roster.Due{}, 100); return err })
}
