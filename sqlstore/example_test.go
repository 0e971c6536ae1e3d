package sqlstore_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// unconnected stands for a driver of the host's own.
type unconnected struct{}

func (unconnected) Connect(context.Context) (driver.Conn, error) {
	return nil, errors.New("not connected")
}
func (unconnected) Driver() driver.Driver { return nil }

func ExampleNew() {
	pool := sql.OpenDB(unconnected{}) // sql.Open("postgres", …) or the pool that the host has
	defer pool.Close()
	db, err := sqlstore.New(pool, sqlstore.PostgreSQL, sqlstore.Options{Schema: "people"})
	fmt.Println(db.Writer() == pool, err)
	_, err = sqlstore.New(pool, sqlstore.SQLite, sqlstore.Options{Schema: "people", Prefix: "Staff-"})
	fmt.Println(err)
	// Output:
	// true <nil>
	// sqlstore: new: invalid input: prefix: must be a letter and at most 31 more small letters, digits and underscores; schema: SQLite has none
}

func ExampleDB_SQL() {
	pool := sql.OpenDB(unconnected{})
	defer pool.Close()
	db, err := sqlstore.New(pool, sqlstore.PostgreSQL, sqlstore.Options{Prefix: "staff_"})
	if err != nil {
		panic(err)
	}
	first, _, _ := strings.Cut(db.SQL(), "\n")
	fmt.Println(first)
	fmt.Println(strings.Count(db.SQL(), "CREATE TABLE"), "tables")
	// Output:
	// CREATE TABLE IF NOT EXISTS staff_schema (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL);
	// 13 tables
}

// refusal is an error as PostgreSQL's drivers give it.
type refusal struct{ state string }

func (r refusal) Error() string    { return "SQLSTATE " + r.state }
func (r refusal) SQLState() string { return r.state }

func ExampleRetryable() {
	fmt.Println(sqlstore.Retryable(refusal{"40P01"}), "a deadlock: roll back, and do all of it again")
	fmt.Println(sqlstore.Retryable(refusal{"23505"}), "a key that is taken stays taken")
	// Output:
	// true a deadlock: roll back, and do all of it again
	// false a key that is taken stays taken
}
