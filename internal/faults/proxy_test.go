//go:build unix

package faults_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// proxy stands before PostgreSQL's socket and cuts connections.
type proxy struct {
	dir, server string
	listener    net.Listener
	carried     sync.WaitGroup

	mu      sync.Mutex
	random  *rand.Rand
	left    int // cuts that are still to come
	answers int // cut at a random byte
	lost    int // commits whose answer was cut, so that nobody knew
	unsent  int // commits that were cut on their way
}

// newProxy begins to listen, and cuts nothing yet. Its directory is short, as a socket's must be.
func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	dir, err := os.MkdirTemp("", "px")
	must(t, err)
	x := &proxy{dir: dir, server: server, random: rand.New(rand.NewPCG(2, 7))}
	x.listener, err = net.Listen("unix", filepath.Join(dir, filepath.Base(server)))
	must(t, err)
	x.carried.Go(func() {
		for {
			client, err := x.listener.Accept()
			if err != nil {
				return
			}
			x.carried.Go(func() { x.carry(client) })
		}
	})
	t.Cleanup(func() {
		if err := errors.Join(x.listener.Close(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
		x.carried.Wait()
	})
	return x
}

// begin begins to cut, so many times.
func (x *proxy) begin(cuts int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.left = cuts
}

// cut counts a cut of a sort, once in n times, unless there were enough.
func (x *proxy) cut(n int, sort *int) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.left <= 0 || x.random.IntN(n) > 0 {
		return false
	}
	x.left--
	*sort++
	return true
}

// some is a random number below n.
func (x *proxy) some(n int) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.random.IntN(n)
}

// carry carries questions and answers until it cuts the connection, or somebody else ends it.
func (x *proxy) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", x.server)
	if err != nil {
		return
	}
	defer server.Close()
	commit := make(chan bool, 1) // its answer is to be lost
	x.carried.Go(func() {
		defer server.Close()
		b := make([]byte, 1<<16)
		for {
			n, err := client.Read(b)
			if n > 0 && bytes.Contains(b[:n], []byte("commit\x00")) {
				if x.cut(12, &x.unsent) {
					client.Close()
					return
				}
				if x.cut(12, &x.lost) {
					commit <- true
				}
			}
			if _, failed := server.Write(b[:n]); failed != nil || err != nil {
				return
			}
		}
	})
	b := make([]byte, 1<<16)
	for {
		n, err := server.Read(b)
		select {
		case <-commit:
			client.Write(b[:x.some(n+1)/2])
			return
		default:
		}
		if n > 0 && x.cut(40, &x.answers) {
			client.Write(b[:x.some(n)])
			return
		}
		if _, failed := client.Write(b[:n]); failed != nil || err != nil {
			return
		}
	}
}

// TestL21_AnswersAreCut cuts connections at random bytes of an answer, and at commits: before the server has them, and
// after it has carried them out.
func TestL21_AnswersAreCut(t *testing.T) {
	t.Parallel()
	p := place{Engine: sqlstore.PostgreSQL, DSN: pgtest.Database(t)}
	calm := hosted(t, p)
	server := strings.TrimPrefix(strings.Fields(p.DSN)[0], "host=")
	x := newProxy(t, filepath.Join(server, ".s.PGSQL.5432"))
	by := place{Engine: p.Engine, DSN: strings.Replace(p.DSN, server, x.dir, 1)}
	work := newTrouble(t, p, calm, pool(t, by), 60)
	x.begin(often(30))
	work.insist(func(error) {})
	work.ended(calm)
	t.Logf("%d answers cut at random bytes, %d answers to a commit, %d commits on their way; %d attempts failed, the run parked %d times",
		x.answers, x.lost, x.unsent, work.failures, work.parked)
	if min(x.answers, x.lost, x.unsent, work.failures) == 0 {
		t.Error("one of these never happened")
	}
}
