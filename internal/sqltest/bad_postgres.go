package sqltest

// inPostgreSQL are the troubles that only PostgreSQL has, or that come otherwise there.
func inPostgreSQL() []trouble {
	return []trouble{
		{
			name: "wrong type", schema: true, reads: true,
			from:  []string{"ALTER TABLE roster_letters ALTER attempts TYPE bytea USING ''::bytea"},
			back:  []string{"ALTER TABLE roster_letters ALTER attempts TYPE bigint USING 0"},
			start: "roster_letters.attempts is BYTEA, not INT8",
			later: "attempts",
		}, {
			name: "missing key", schema: true, reads: true,
			from:  []string{"ALTER TABLE roster_letters DROP CONSTRAINT roster_letters_pkey"},
			back:  []string{"ALTER TABLE roster_letters ADD PRIMARY KEY (account, id)"},
			start: "roster_letters", later: "roster_letters",
		}, {
			name: "read-only server", reads: true, reconnect: true,
			from:  []string{`DO $$BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET default_transaction_read_only = on'; END$$`},
			back:  []string{`SET default_transaction_read_only = off`, `DO $$BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' RESET default_transaction_read_only'; END$$`},
			start: "read-only transaction", later: "read-only transaction",
		},
	}
}
