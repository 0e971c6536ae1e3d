//go:build unix

package faults_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// TestL21_TornLog tears copies of the log that a killed process leaves beside SQLite's file, as a power failure does:
// cut off at a random place, or with other bytes from there on. Each copy opens as of an earlier commit, where
// all holds, and going on from there finishes.
func TestL21_TornLog(t *testing.T) {
	t.Parallel()
	k := &killer{random: rand.New(rand.NewPCG(6, 6)), place: place{Engine: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "roster.db")}}
	found, copies, shorter := map[state]int{}, 0, 0
	for i := range often(2) {
		at, b := k.newFirm(t, fmt.Sprint("torn", i))
		if killed, _ := run(t, deletion{place: at, Chunk: chunk(), Die: []point{{Call: "bury Update", N: 1, After: true}, {Call: "work Move", N: 5 + k.random.IntN(7), After: true}, {Call: "work Close", N: 1}}[i%3]}, -1); !killed {
			t.Fatal("the child wasn't killed")
		}
		whole, err := os.ReadFile(at.DSN + "-wal")
		must(t, err)
		last := 0 // Updates and moves of the copy that isn't torn
		for j := range 4 {
			torn := at
			torn.DSN = filepath.Join(t.TempDir(), "torn.db")
			must(t, errors.Join(copyFile(at.DSN, torn.DSN), os.WriteFile(torn.DSN+"-wal", k.tear(whole, j), 0o600)))
			db := pool(t, torn)
			x := &trouble{t: t, before: b, random: k.random, strike: func(string) {}, found: found}
			x.firm, err = torn.on(t.Context(), db, settings{Chunk: chunk(), Hand: j%2 == 1, now: x.now, hook: x.hook})
			must(t, err)
			whole := "" // what SQLite itself finds
			must(t, db.Reader().QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&whole))
			if whole != "ok" {
				t.Errorf("copy %d of %d: %s", j, i, whole)
			}
			commits := 0
			must(t, db.Reader().QueryRowContext(t.Context(), "SELECT updates + (SELECT count(*) FROM moves) FROM roster_accounts").Scan(&commits))
			if j == 0 {
				last = commits
			} else if copies++; commits < last {
				shorter++
			}
			x.verify(db, fmt.Sprintf("copy %d of %d", j, i))
			x.insist(func(err error) { t.Error(err) })
			if is := x.verify(db, "gone on"); is != stateBuried {
				t.Errorf("copy %d of %d ends %q", j, i, is)
			}
			found[stateBuried]--
			must(t, db.Close())
		}
	}
	t.Logf("%d torn copies and %d that aren't, by the state found in each:%s\n%d of the torn had lost commits", copies, copies/3, counts(found), shorter)
	if shorter < copies/2 {
		t.Error("the torn copies lost next to nothing")
	}
}

// tear cuts bytes off at a random place, or puts others there, to the end or a few. Way 0 leaves all as it is.
func (k *killer) tear(whole []byte, way int) []byte {
	at := k.random.IntN(live(whole))
	torn := append([]byte(nil), whole[:at]...)
	rest := append([]byte(nil), whole[at:]...)
	if way == 0 {
		return whole
	}
	switch way % 3 {
	case 0:
		return torn
	case 1:
		for i := range rest {
			rest[i] = byte(k.random.Uint32())
		}
	case 2:
		rest[0] ^= 1 << k.random.IntN(8)
	}
	return append(torn, rest...)
}

// live is how much of a log counts: frames whose salt isn't the header's are left from before it began anew.
func live(log []byte) int {
	page, end := int(binary.BigEndian.Uint32(log[8:])), 32
	for end+24+page <= len(log) && bytes.Equal(log[end+8:end+16], log[16:24]) {
		end += 24 + page
	}
	return end
}
