//go:build unix

// Package pgtest gives tests a PostgreSQL server of their own, from the programs that are installed: in a temporary
// directory, on a socket there, and as another user where the tests run as root, whom the server refuses.
package pgtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Server is a running server. It ends, and its directory goes, with Close or with the process, however that ends.
type Server struct {
	dir, bin string
	settings []string
	who      *syscall.SysProcAttr
	keeper   *exec.Cmd
	hold     io.Closer // open as long as the server is to run
}

var shared = sync.OnceValues(func() (*Server, error) { return Start("fsync=off") })

// Database makes an empty database, for t alone, on a server that all tests of the process share, and returns its
// connection string. Where PostgreSQL isn't installed t is skipped, loudly; with CI=true that is a failure.
func Database(t testing.TB) string {
	t.Helper()
	s, err := shared()
	Need(t, err)
	return s.Database(t)
}

// Need ends t when there is no server: a missing installation skips it.
func Need(t testing.TB, err error) {
	t.Helper()
	switch {
	case errors.Is(err, errNotInstalled) && os.Getenv("CI") != "true":
		t.Skip("!!! NOT TESTED ON POSTGRESQL: ", err)
	case err != nil:
		t.Fatal(err)
	}
}

var errNotInstalled = errors.New("PostgreSQL's server programs (initdb, postgres, psql) are not installed")

// programs finds the newest directory that holds the server's programs.
func programs() (string, error) {
	dirs := filepath.SplitList(os.Getenv("PATH"))
	if found, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(found); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@*/bin"} {
		found, _ := filepath.Glob(pattern)
		slices.Reverse(found)
		dirs = append(dirs, found...)
	}
	for _, dir := range dirs {
		missing := false
		for _, name := range []string{"initdb", "postgres", "psql"} {
			_, err := exec.LookPath(filepath.Join(dir, name))
			missing = missing || err != nil
		}
		if !missing {
			return dir, nil
		}
	}
	return "", errNotInstalled
}

// Start makes a cluster and starts its server, with settings such as "fsync=off".
func Start(settings ...string) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, bin: bin, settings: settings}
	if err := s.drop(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	out, err := s.command("initdb", "-D", s.dir+"/data", "-U", "roster", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), os.RemoveAll(dir))
	}
	return s, s.Up()
}

// drop picks whom the server runs as: the user postgres, or nobody, when the tests are root's.
func (s *Server) drop() error {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return err
		}
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	s.who = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return os.Chown(s.dir, uid, gid)
}

// command is one of PostgreSQL's programs.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.who
	return cmd
}

// keep runs the server until its own standard input ends: with this process, at the latest.
const keep = `"$0" "$@" & server=$!; cat >/dev/null; kill -QUIT $server; wait $server`

// Up starts the server, and returns when it answers.
func (s *Server) Up() error {
	args := []string{"-c", keep, filepath.Join(s.bin, "postgres"), "-D", s.dir + "/data", "-k", s.dir, "-c", "listen_addresses=", "-c", "max_connections=300"}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	s.keeper = exec.Command("/bin/sh", args...)
	s.keeper.Dir, s.keeper.SysProcAttr = s.dir, s.who
	file, err := os.OpenFile(s.dir+"/log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	s.keeper.Stderr, s.keeper.Stdout = file, file
	if s.hold, err = s.keeper.StdinPipe(); err != nil {
		return err
	}
	if err := s.keeper.Start(); err != nil {
		return err
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if err = s.psql("postgres", "SELECT 1"); err == nil {
			return nil
		}
	}
	text, _ := os.ReadFile(s.dir + "/log")
	return fmt.Errorf("the server doesn't answer: %w\n%s", err, text)
}

// Kill ends the server at once, as -m immediate does: the next Up recovers from its log.
func (s *Server) Kill() error {
	s.hold.Close()
	err := s.keeper.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = nil // it was killed
	}
	return err
}

// Close ends the server and removes its directory.
func (s *Server) Close() error { return errors.Join(s.Kill(), os.RemoveAll(s.dir)) }

// psql runs SQL as the server's superuser.
func (s *Server) psql(database, text string) error {
	cmd := s.command("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", s.dir, "-U", "roster", "-d", database, "-c", text)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("psql: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// DSN is the connection string of a database.
func (s *Server) DSN(database string) string {
	return "host=" + s.dir + " user=roster dbname=" + database + " sslmode=disable"
}

// Socket is the path of the server's socket.
func (s *Server) Socket() string { return filepath.Join(s.dir, ".s.PGSQL.5432") }

var names struct {
	sync.Mutex
	n int
}

// Database makes an empty database for t alone and drops it at its end.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	names.Lock()
	names.n++
	database := "t" + strconv.Itoa(names.n)
	names.Unlock()
	if err := s.psql("postgres", "CREATE DATABASE "+database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.psql("postgres", "DROP DATABASE "+database+" WITH (FORCE)"); err != nil && !strings.Contains(err.Error(), "connect") {
			t.Error(err)
		}
	})
	return s.DSN(database)
}
