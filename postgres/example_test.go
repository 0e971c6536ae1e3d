package postgres_test

import (
	"context"
	"log"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/postgres"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

func ExampleOpen() {
	ctx := context.Background()
	db, err := postgres.Open(ctx, "postgres://app@db.example.com/crm?sslmode=verify-full", sqlstore.Options{Schema: "people"})
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	db.Writer().SetMaxOpenConns(40) // Open's is 16
	r, err := roster.New(db.Account("acme"), roster.CRMSchema(), roster.Config{})
	if err != nil {
		log.Fatal(err)
	}
	_, _ = r.User(ctx, roster.System("example"), "anna")
}

// A host that has a pgxpool.Pool lends it.
func ExampleOpen_pgxpool() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, "postgres://app@db.example.com/crm")
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	db, err := sqlstore.New(stdlib.OpenDBFromPool(pool), sqlstore.PostgreSQL, sqlstore.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close() // before the pool
	if err := db.Prepare(ctx); err != nil {
		log.Fatal(err)
	}
}
