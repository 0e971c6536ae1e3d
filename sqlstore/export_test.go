package sqlstore

// Pack and Unpack keep an entry's ids.
var Pack, Unpack = pack, unpack

// Layout is what the package reads and writes: "table.column TYPE" in the engine's words.
func (db *DB) Layout() (all []string) {
	for _, l := range db.layouts() {
		for i, column := range l.columns {
			all = append(all, db.table(l.name)+"."+column+" "+db.engine.types[l.kinds[i]])
		}
	}
	return all
}
