package sqltest

// inSQLite are the troubles that only SQLite has, or that come otherwise there: a type and a key change with the table.
func inSQLite() []trouble {
	aside := "ALTER TABLE roster_letters RENAME TO aside"
	back := []string{"DROP TABLE roster_letters", "ALTER TABLE aside RENAME TO roster_letters"}
	letters := func(attempts, key string) string {
		return "CREATE TABLE roster_letters (account TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL, kind INTEGER NOT NULL, created INTEGER, due INTEGER, attempts " +
			attempts + " NOT NULL, sent INTEGER, void INTEGER NOT NULL, problem TEXT NOT NULL" + key + ") STRICT"
	}
	return []trouble{
		{
			name: "wrong type", schema: true, reads: true,
			from: []string{aside, letters("BLOB", ", PRIMARY KEY (account, id)")}, back: back,
			start: "roster_letters.attempts is BLOB, not INTEGER", later: "roster_letters.attempts",
		}, {
			name: "missing key", schema: true, reads: true,
			from: []string{aside, letters("INTEGER", "")}, back: back,
			start: "roster_letters", later: "roster_letters",
		},
	}
}
