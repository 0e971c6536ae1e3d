package sqlstore

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// Where is a Condition as SQL, for a query of the host's own over the table: it is true on the rows of the account that a
// user of a department may be shown by it, on no others, and equals Condition.Match on each (R14). An owner's department
// is the present one, by a sub-query on the users' table. Whether a row is marked as deleted doesn't matter to it.
//
// Its arguments are numbered from first, $2, $3, … on PostgreSQL and ?2, ?3, … on SQLite, so that they follow first - 1 of
// the query's own:
//
//	where, args := deals.Where(p.Condition(view), user.ID, user.Department, 2)
//	rows, err := db.Reader().QueryContext(ctx, "SELECT id, title FROM deals WHERE title >= $1 AND "+where+" ORDER BY title LIMIT 50",
//		append([]any{"K"}, args...)...)
//
// It names the table's columns alone. In a join the table goes into a sub-query: FROM (SELECT * FROM deals WHERE …) d.
func (h *Holdings) Where(c roster.Condition, user roster.UserID, dept roster.DepartmentID, first int) (sql string, args []any) {
	w := where{Holdings: h, user: user, dept: dept}
	w.add("(")
	w.within(&w.clause)
	w.add("(")
	w.condition(c)
	w.add("))")
	return w.numbered(first), w.args
}

// where writes a condition.
type where struct {
	*Holdings
	clause
	user roster.UserID
	dept roster.DepartmentID
}

// condition writes what a part's scope reaches, for each part that has one, and for rows in none.
func (w *where) condition(c roster.Condition) {
	if w.part.column == "" || c.AnyPart && len(c.Parts) == 0 {
		w.reaches(c.Base)
		return
	}
	w.add("(" + w.part.column + " IS NULL")
	if w.part.form == formText {
		w.add(" OR " + w.part.column + " = ''")
	}
	w.add(") AND ")
	w.reaches(c.Base)
	byScope := map[roster.Scope][]string{}
	for part, scope := range c.Parts {
		byScope[scope] = append(byScope[scope], part)
	}
	if c.AnyPart {
		w.add(" OR " + w.part.column + " IS NOT NULL")
		if w.part.form == formText {
			w.add(" AND " + w.part.column + " <> ''")
		}
		w.add(" AND NOT ")
		w.among(slices.Collect(maps.Keys(c.Parts)))
		w.add(" AND ")
		w.reaches(c.Base)
	} else {
		for _, part := range c.Known {
			if _, own := c.Parts[part]; !own {
				byScope[c.Base] = append(byScope[c.Base], part)
			}
		}
	}
	for _, scope := range slices.Sorted(maps.Keys(byScope)) {
		if scope > roster.Denied {
			w.add(" OR ")
			w.among(byScope[scope])
			w.add(" AND ")
			w.reaches(scope)
		}
	}
}

// among is the condition that the row's part is one of some; none is no part.
func (w *where) among(parts []string) {
	parts = slices.DeleteFunc(w.part.values(parts), func(part string) bool { return part == "" })
	condition, list := w.db.engine.among(w.part.form, parts)
	w.add(w.part.column+condition, list)
}

// reaches is what a scope reaches.
func (w *where) reaches(s roster.Scope) {
	switch {
	case s == roster.All:
		w.add("TRUE")
	case s == roster.InDepartment && w.dept != "":
		w.add("(")
		w.own()
		w.add(" OR "+w.owner.column+w.db.engine.colleagues(w.owner.form, w.db.table("users"))+")", w.store, string(w.dept))
	case s >= roster.Own:
		w.own()
	default:
		w.add("FALSE")
	}
}

// own is what the user answers for.
func (w *where) own() {
	if w.user == "" {
		w.add("FALSE")
		return
	}
	w.names(w.owner, w.user)
}

// numbered is the text with numbers for its arguments.
func (w *where) numbered(first int) string {
	mark := "?"
	if w.db.engine.numbered {
		mark = "$"
	}
	var b strings.Builder
	for part := range strings.SplitAfterSeq(w.text.String(), "?") {
		rest, ok := strings.CutSuffix(part, "?")
		if b.WriteString(rest); ok {
			b.WriteString(mark + strconv.Itoa(first))
			first++
		}
	}
	return b.String()
}
