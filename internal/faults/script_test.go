package faults_test

import (
	"path/filepath"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/google/go-cmp/cmp"
	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/internal/pgtest"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlite"
	"github.com/seed-8e8abc8d/roster/sqlstore"
	"github.com/seed-8e8abc8d/roster/storetest"
)

var _ porcupine.Model

// TestL21_EveryStoreSaysTheSame runs random scripts on the reference store and on both engines.
func TestL21_EveryStoreSaysTheSame(t *testing.T) {
	t.Parallel()
	lite, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "roster.db"), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lite.Close()
	post, err := postgres.Open(t.Context(), pgtest.Database(t), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer post.Close()
	for seed := range uint64(20) {
		want, err := storetest.Script(t.Context(), new(memstore.Store), seed, 60)
		if err != nil {
			t.Fatal(err)
		}
		account := string(rune('a' + seed))
		for name, s := range map[string]roster.Store{"SQLite": lite.Account(account), "PostgreSQL": post.Account(account)} {
			got, err := storetest.Script(t.Context(), s, seed, 60)
			if err != nil {
				t.Errorf("%s, seed %d: %v", name, seed, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s answers another way than memstore, seed %d (-want +got):\n%s", name, seed, diff)
			}
		}
	}
}
