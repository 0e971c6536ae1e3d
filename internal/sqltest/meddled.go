package sqltest

import (
	"strings"
	"testing"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// Meddled shows that a move tells what a host's triggers and rules made of it (G23): of ten deals of leo's those from 8 on
// don't become sam's.
func Meddled(t *testing.T, d sqlstore.Dialect, open func(t *testing.T) *sqlstore.DB) {
	t.Helper()
	const done, collides, elsewhere = roster.MoveDone, roster.MoveCollides, roster.MoveElsewhere
	lite := map[string]string{
		"back":   "CREATE TRIGGER meddle AFTER UPDATE ON deals WHEN NEW.id > 7 BEGIN UPDATE deals SET owner = OLD.owner WHERE id = NEW.id; END",
		"ignore": "CREATE TRIGGER meddle BEFORE UPDATE ON deals WHEN NEW.id > 7 BEGIN SELECT RAISE(IGNORE); END",
		"third":  "CREATE TRIGGER meddle AFTER UPDATE ON deals WHEN NEW.id > 7 BEGIN UPDATE deals SET owner = 'eva' WHERE id = NEW.id; END",
		"none":   "CREATE TRIGGER meddle AFTER UPDATE ON deals BEGIN SELECT 1; END",
	}
	function := func(does string) string {
		return "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.id > 7 THEN " + does +
			" END IF; RETURN NEW; END'; CREATE TRIGGER meddle BEFORE UPDATE ON deals FOR EACH ROW EXECUTE FUNCTION meddle()"
	}
	pg := map[string]string{
		"back": function("NEW.owner = OLD.owner;"), "ignore": function("RETURN NULL;"), "third": function("NEW.owner = ''eva'';"), "none": function("NULL;"),
		"late": strings.NewReplacer("BEFORE", "AFTER").Replace(function("UPDATE deals SET owner = OLD.owner WHERE id = NEW.id AND owner = ''sam'';")),
		"rule": "CREATE RULE meddle AS ON UPDATE TO deals WHERE OLD.id > 7 DO INSTEAD NOTHING",
	}
	for name, statement := range map[sqlstore.Dialect]map[string]string{sqlstore.SQLite: lite, sqlstore.PostgreSQL: pg}[d] {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			for _, s := range append(typed("id BIGINT PRIMARY KEY, owner TEXT"), statement,
				"INSERT INTO deals VALUES (1, 'leo'), (2, 'leo'), (3, 'leo'), (4, 'leo'), (5, 'leo'), (6, 'leo'), (7, 'leo'), (8, 'leo'), (9, 'leo'), (10, 'leo')") {
				_, err := db.Writer().ExecContext(t.Context(), s)
				must(t, err)
			}
			h, err := db.Account("").Table(t.Context(), sqlstore.Table{Name: "deals", Key: "id", Owner: "owner"})
			must(t, err)
			got, err := h.Move(t.Context(), roster.MoveOrder{Tie: roster.Responsible, From: "leo", To: "sam", IDs: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}})
			must(t, err)
			last, stay := collides, 3
			if name == "third" {
				last, stay = elsewhere, 0
			} else if name == "none" {
				last, stay = done, 0
			}
			same(t, "results of Move", []roster.MoveResult{done, done, done, done, done, done, done, last, last, last}, got)
			if s, err := h.Survey(t.Context(), "leo"); err != nil || s.Total() != stay {
				t.Errorf("%d are still leo's, %v; want %d", s.Total(), err, stay)
			}
		})
	}
}
