//go:build unix

// Package pgtest gives tests a PostgreSQL server of their own, from the programs that are installed: in a temporary
// directory, on a socket there, and as another user where the tests run as root, whom the server refuses.
package pgtest

import (
	"bufio"
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

// Server is a running server. It ends, and its directory goes, with Close or with the process, however that ends: by
// kill -9 as well.
type Server struct {
	dir, bin string
	who      *syscall.Credential
	keeper   *exec.Cmd
	orders   io.WriteCloser // open as long as the directory is to be there
	answers  *bufio.Reader
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
	s := &Server{dir: dir, bin: bin}
	if err = s.drop(); err == nil {
		err = s.keep(settings)
	}
	if err == nil {
		err = s.Up()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL's server: %w", err), s.Close())
	}
	return s, nil
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
	s.who = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.dir, uid, gid)
}

// command is one of PostgreSQL's programs.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: s.who}
	return cmd
}

// script makes the cluster, starts and ends the server as it is told, and clears up when its standard input ends: with
// this process, at the latest. Its answers may find nobody who reads them.
const script = `trap '' PIPE
dir=$1 bin=$2; shift 2
end() { [ -z "$server" ] || { kill -QUIT "$server"; wait "$server"; server=; }; }
"$bin/initdb" -D "$dir/data" -U roster -A trust -E UTF8 --locale=C --no-sync >>"$dir/log" 2>&1 && echo made || echo "initdb failed"
while read -r word; do
	end
	if [ "$word" = up ]; then "$bin/postgres" -D "$dir/data" -k "$dir" "$@" >>"$dir/log" 2>&1 & server=$!; fi
	echo "$word"
done
end
cd / && rm -rf "$dir"`

// keep starts the script, in a session of its own: an interrupt from the keyboard ends the tests first, then the server.
func (s *Server) keep(settings []string) error {
	args := []string{"-c", script, "sh", s.dir, s.bin, "-c", "listen_addresses=", "-c", "max_connections=300"}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	keeper := exec.Command("/bin/sh", args...)
	keeper.Dir, keeper.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: s.who, Setsid: true}
	orders, err := keeper.StdinPipe()
	if err != nil {
		return err
	}
	answers, err := keeper.StdoutPipe()
	if err != nil {
		return err
	}
	if err := keeper.Start(); err != nil {
		return err
	}
	s.keeper, s.orders, s.answers = keeper, orders, bufio.NewReader(answers)
	return s.answer("made")
}

// order tells the script what to do, and waits until it is done.
func (s *Server) order(word string) error {
	if _, err := io.WriteString(s.orders, word+"\n"); err != nil {
		return err
	}
	return s.answer(word)
}

func (s *Server) answer(want string) error {
	is, err := s.answers.ReadString('\n')
	if is = strings.TrimSpace(is); err == nil && is != want {
		err = s.logged(errors.New(is))
	}
	return err
}

// logged adds what the programs said to an error.
func (s *Server) logged(err error) error {
	text, _ := os.ReadFile(s.dir + "/log")
	return fmt.Errorf("%w\n%s", err, text)
}

// Up starts the server, and returns when it answers. One that hasn't locked its directory within 5 s won't.
func (s *Server) Up() error {
	if err := s.order("up"); err != nil {
		return err
	}
	again := time.NewTicker(25 * time.Millisecond)
	defer again.Stop()
	for begun := time.Now(); ; <-again.C {
		err := s.psql("postgres", "SELECT 1")
		if err == nil {
			return nil
		}
		_, missing := os.Stat(s.dir + "/data/postmaster.pid")
		if waited := time.Since(begun); waited > 30*time.Second || missing != nil && waited > 5*time.Second {
			return s.logged(fmt.Errorf("it doesn't answer: %w", err))
		}
	}
}

// Kill ends the server at once, as -m immediate does: the next Up recovers from its log.
func (s *Server) Kill() error { return s.order("down") }

// Close ends the server and removes its directory.
func (s *Server) Close() error {
	var err error
	if s.keeper != nil {
		err = errors.Join(s.orders.Close(), s.keeper.Wait())
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

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
