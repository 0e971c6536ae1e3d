package faults_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// disk is a small file system in memory, with a file on it that takes the room away.
type disk struct{ dir, ballast string }

// smallDisk mounts one that a user owns, for the rest of t. Where that isn't allowed there is none, and the log says so.
func smallDisk(t *testing.T, size, owner int) (d disk, ok bool) {
	t.Helper()
	dir, err := os.MkdirTemp("", "small")
	must(t, err)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,uid=%d,mode=700", size, owner)); err != nil {
		t.Logf("!!! NOT TESTED ON A FULL DISK, for want of the right to mount one: %v", errors.Join(err, os.Remove(dir)))
		return disk{}, false
	}
	t.Cleanup(func() {
		if err := errors.Join(syscall.Unmount(dir, 0), os.Remove(dir)); err != nil {
			t.Error(err)
		}
	})
	return disk{dir, filepath.Join(dir, "ballast")}, true
}

// fill takes all room away but a few pages, or gives it back.
func (d disk) fill(t *testing.T, room bool, pages int) {
	t.Helper()
	must(t, os.WriteFile(d.ballast, nil, 0o600))
	if room {
		return
	}
	f, err := os.OpenFile(d.ballast, os.O_WRONLY, 0)
	must(t, err)
	defer f.Close()
	page, size := make([]byte, 4096), int64(0)
	for ; err == nil; size += 4096 {
		_, err = f.Write(page)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	must(t, f.Truncate(max(0, size-4096*int64(1+pages))))
}

// TestL21_FullDisk fills the disk that SQLite's file is on.
func TestL21_FullDisk(t *testing.T) {
	t.Parallel()
	d, ok := smallDisk(t, 16<<20, os.Getuid())
	if !ok {
		return
	}
	p := place{Engine: sqlstore.SQLite, DSN: filepath.Join(d.dir, "roster.db")}
	db := hosted(t, p)
	x := newTrouble(t, p, db, db, 36)
	x.fills(t, db, func(room bool) { d.fill(t, room, x.random.IntN(40)) })
}

// TestL21_FullDiskOfTheServer fills the disk that PostgreSQL's tables are on.
func TestL21_FullDiskOfTheServer(t *testing.T) {
	t.Parallel()
	if _, ok := smallDisk(t, 4096, os.Getuid()); !ok {
		return // before a server is started in vain
	}
	server, err := pgtest.Start()
	pgtest.Need(t, err)
	info, err := os.Stat(filepath.Dir(server.Socket()))
	must(t, err)
	d, _ := smallDisk(t, 16<<20, int(info.Sys().(*syscall.Stat_t).Uid))
	t.Cleanup(func() { server.Close() }) // before the disk goes
	p := place{Engine: sqlstore.PostgreSQL, DSN: server.DSN("postgres")}
	db := hosted(t, p)
	for _, statement := range []string{
		"CREATE TABLESPACE small LOCATION '" + d.dir + "'",
		"ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE small",
		"ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE small",
	} {
		_, err := db.Writer().ExecContext(t.Context(), statement)
		must(t, err)
	}
	x := newTrouble(t, p, db, db, 60)
	x.fills(t, db, func(room bool) { d.fill(t, room, x.random.IntN(12)) })
}
