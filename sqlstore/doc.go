// Package sqlstore keeps accounts in a SQL database, SQLite or PostgreSQL, by package database/sql alone: it imports no
// driver. Packages sqlite and postgres, modules of their own, bring one each with the settings that it needs; a host that
// has a *sql.DB of its own gives it to New.
//
//	db, err := sqlite.Open(ctx, "app.db", sqlstore.Options{}) // or postgres.Open(ctx, dsn, …)
//	r, err := roster.New(db.Account("acme"), schema, roster.Config{})
//	deals, err := db.Account("acme").Table(ctx, sqlstore.Table{Name: "deals", Key: "id", Owner: "owner_id", Closed: "closed_at"})
//	desk, err := offboard.New(r, offboard.Kind{Name: "deal", Holdings: deals})
//
// The host's own tables are handed over where they are: Store.Table makes roster.Holdings of one by the names of its columns,
// on the same database. A host that assigns records calls Store.Receive in the transaction that does it; by Store.InTx a
// change of roster's is part of the host's own.
//
// Updates of one account run one after another: each begins by locking the account's row, in whatever transaction it
// runs, so that no isolation level of a host's own transaction weakens a guard. Views are one snapshot. Checks of tokens
// and permissions are one statement, and take no lock.
package sqlstore
