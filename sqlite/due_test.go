package sqlite_test

import (
	"testing"

	"github.com/seed-8e8abc8d/roster/internal/sqltest"
)

func TestL21_WhatIsDueIsWhatRunsSay(t *testing.T) {
	t.Parallel()
	sqltest.Due(t, openWith)
}
