package postgres_test

import (
	"flag"
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/sqltest"
)

// The whole story is -leavers=200 -records=5000.
var (
	leavers = flag.Int("leavers", 40, "who leaves at once while workers of two processes work")
	records = flag.Int("records", 200, "what each of them has")
)

func TestL17_ManyWorkersAndLateArrivals(t *testing.T) {
	t.Parallel()
	sqltest.Workers(t, places, *leavers, *records)
}

func TestL21_LateWorkerChangesNothing(t *testing.T) {
	t.Parallel()
	sqltest.LateWorker(t, engine())
}

func TestL21_LateProcessChangesNothing(t *testing.T) {
	t.Parallel()
	sqltest.LateProcess(t, places)
}
