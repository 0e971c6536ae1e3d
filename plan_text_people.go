package roster

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// access writes what the leaver loses, and the backup that there is.
func (w *planText) access() {
	w.line("\nWhat ends")
	var tokens []string
	for _, kind := range slices.Sorted(maps.Keys(w.Tokens)) {
		tokens = append(tokens, count(w.Tokens[kind], kind.String()+" token"))
	}
	rows := []row{{label: "tokens", text: cmp.Or(strings.Join(tokens, ", "), "none are live")}}
	if w.Admin {
		rows = append(rows, row{label: "status", text: "administrator"})
	}
	rows = append(rows, row{label: "role", text: cmp.Or(w.roleText(w.Role), "none")})
	rows = append(rows, row{label: "own rights", text: cmp.Or(rightsText(w.Rights), "none")})
	rows = append(rows, row{label: "paid seats", text: fmt.Sprintf("%d freed", w.Seats)})
	rows = append(rows, row{label: "backup", text: w.backup()})
	w.table(rows)
}

// roleText is a role by name and id; the leaver's is the only one that a plan is about.
func (w *planText) roleText(id RoleID) string {
	if id != w.Role || w.RoleName == "" || w.RoleName == string(id) {
		return string(id)
	}
	return fmt.Sprintf("%s (%s)", w.RoleName, id)
}

// backup tells of the last verified backup, and its age.
func (w *planText) backup() string {
	if w.Backup.IsZero() {
		return "none is known"
	}
	return w.Backup.UTC().Format("2006-01-02 15:04 UTC") + ", " + age(w.Made.Sub(w.Backup)) + " old"
}

// age writes a duration in the largest unit that fits.
func age(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return count(int(d/(24*time.Hour)), "day")
	case d >= time.Hour:
		return count(int(d/time.Hour), "hour")
	}
	return count(int(max(0, d)/time.Minute), "minute")
}

// rightsText lists rights in order.
func rightsText(r Rights) string {
	parts := r.list()
	if more := len(parts) - shownRights; more > 0 {
		parts = append(parts[:shownRights], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, ", ")
}

// handedOn writes what successors gain.
func (w *planText) handedOn() {
	if len(w.HandOn)+len(w.Roles) == 0 {
		return
	}
	w.line("\nRights handed on")
	ids := slices.Sorted(maps.Keys(w.HandOn))
	ids = slices.AppendSeq(ids, maps.Keys(w.Roles))
	slices.Sort(ids)
	var rows []row
	for _, id := range slices.Compact(ids) {
		var parts []string
		if role := w.Roles[id]; role != "" {
			parts = append(parts, "the role "+w.roleText(role))
		}
		if rights := rightsText(w.HandOn[id]); rights != "" {
			parts = append(parts, rights)
		}
		rows = append(rows, row{label: w.name(id), text: strings.Join(parts, ", ")})
	}
	w.table(rows)
}

// sights writes who sees more or less, those first who are touched most.
func (w *planText) sights() {
	if len(w.Sight) == 0 {
		return
	}
	w.line("\nWho sees more or fewer of these records")
	sums := map[UserID]Sight{}
	for _, x := range w.Sight {
		sum := sums[x.User]
		sums[x.User] = Sight{User: x.User, Gained: sum.Gained + x.Gained, Lost: sum.Lost + x.Lost}
	}
	all := slices.SortedFunc(maps.Values(sums), func(a, b Sight) int {
		return cmp.Or(cmp.Compare(b.Gained+b.Lost, a.Gained+a.Lost), cmp.Compare(a.User, b.User))
	})
	var rows []row
	for _, x := range all[:min(len(all), shownUsers)] {
		rows = append(rows, row{label: w.name(x.User), text: x.text()})
	}
	w.table(rows)
	if more := len(all) - shownUsers; more > 0 {
		w.line("  and %s", count(more, "more user"))
	}
}

// text tells what a user gains and loses sight of.
func (x Sight) text() string {
	var parts []string
	if x.Gained > 0 {
		parts = append(parts, fmt.Sprintf("%d more", x.Gained))
	}
	if x.Lost > 0 {
		parts = append(parts, fmt.Sprintf("%d fewer", x.Lost))
	}
	return strings.Join(parts, ", ")
}
