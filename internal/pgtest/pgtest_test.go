//go:build unix

package pgtest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
)

// TestMain makes a process of the test binary start a server, when it is told to, and wait to be killed.
func TestMain(m *testing.M) {
	if os.Getenv("PGTEST_START") == "" {
		os.Exit(m.Run())
	}
	s, err := pgtest.Start("fsync=off")
	if err == nil && os.Getenv("PGTEST_START") == "down" {
		err = s.Kill()
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(filepath.Dir(s.Socket()))
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// TestServerEndsWithItsProcess kills processes that have a server, one that is up and one that is down.
func TestServerEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	pgtest.Database(t) // skips t where there is no PostgreSQL
	for _, state := range []string{"up", "down"} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			cmd := child(t, state)
			in, err := cmd.StdinPipe()
			is.NoErr(err) // a pipe
			defer in.Close()
			out, err := cmd.StdoutPipe()
			is.NoErr(err)         // a pipe
			is.NoErr(cmd.Start()) // it starts
			said, err := bufio.NewReader(out).ReadString('\n')
			is.NoErr(err) // it tells its directory
			dir := strings.TrimSpace(said)
			server := 0
			if text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid")); err == nil {
				first, _, _ := strings.Cut(string(text), "\n")
				server, err = strconv.Atoi(first)
				is.NoErr(err) // a number
			}
			is.Equal(server != 0, state == "up")                  // its server runs, or doesn't
			is.True(state == "down" || alive(server))             // the process is there
			is.NoErr(cmd.Process.Kill())                          // kill -9
			is.True(cmd.Wait() != nil)                            // it was killed
			is.True(becomes(func() bool { return gone(dir) }))    // its directory goes
			is.True(state == "down" || !alive(server))            // and its server has gone before
			_, err = os.Stat(filepath.Join(dir, ".s.PGSQL.5432")) // the socket
			is.True(errors.Is(err, fs.ErrNotExist))               // went, too
		})
	}
}

// child is a process that starts a server; root's is an ordinary user's, to whom the server doesn't change the user.
func child(t *testing.T, state string) *exec.Cmd {
	t.Helper()
	program := os.Args[0]
	cmd := exec.CommandContext(t.Context(), program)
	if os.Getuid() == 0 && state == "up" {
		dir := t.TempDir()
		text, err := os.ReadFile(program)
		if err == nil {
			err = errors.Join(os.WriteFile(dir+"/pgtest", text, 0o755), os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(dir), 0o755))
		}
		if err != nil {
			t.Fatal(err)
		}
		const nobody = 65534
		cmd = exec.CommandContext(t.Context(), dir+"/pgtest")
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	cmd.Env = append(os.Environ(), "PGTEST_START="+state)
	return cmd
}

func gone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func alive(process int) bool { return syscall.Kill(process, 0) == nil }

// becomes waits for something that another process does.
func becomes(done func() bool) bool {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-again.C {
		if done() {
			return true
		}
	}
	return false
}

// TestServerRestarts keeps what was written over a Kill, and leaves nothing behind a Close.
func TestServerRestarts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s, err := pgtest.Start()
	pgtest.Need(t, err)
	var database string
	t.Run("a database for a test", func(t *testing.T) {
		database = s.Database(t)
		is.NoErr(s.Kill()) // at once
		is.NoErr(s.Up())   // it recovers; the end of this test drops the database, which is an error if it isn't there
	})
	is.True(strings.Contains(database, filepath.Dir(s.Socket()))) // it was on this server
	is.NoErr(s.Close())                                           // ends
	is.True(gone(filepath.Dir(s.Socket())))                       // and nothing stays
}

// TestServerThatCannotStart tells why, and leaves nothing.
func TestServerThatCannotStart(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	pgtest.Database(t)
	_, err := pgtest.Start("shared_buffers=a lot")
	is.True(err != nil)                                      // refused
	is.True(strings.Contains(err.Error(), "shared_buffers")) // the log says why
}
