package roster

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// How much of what can be long a plan's text shows.
const (
	shownNamed  = 5  // rules that name records, per kind
	shownRights = 12 // rights of one person
	shownUsers  = 10 // users who gain or lose sight
)

// String is the plan's text with ids for names.
func (p Plan) String() string { return p.Text(byID) }

// Text is what a person decides on (L3, L6): blockers first, then what becomes of every kind of records,
// which access ends, what is handed on, who sees more or less, the backup, and the warnings. name
// gives a user's name. Lines end in "\n"; columns are aligned for a fixed-width font.
func (p Plan) Text(name func(UserID) string) string {
	w := &planText{Plan: p, name: name}
	w.line("Deletion of %s", name(p.Leaver))
	w.line("This can't be undone. Access ends at once; nothing that was made is deleted.")
	w.findings(p.Blockers, "BLOCKED: "+count(len(p.Blockers), "thing")+" to settle first")
	w.records()
	w.access()
	w.handedOn()
	w.sights()
	w.findings(p.Warnings, "Before you confirm")
	if len(p.Blockers) > 0 {
		w.line("\nThis plan is blocked: it can't be confirmed.")
	} else {
		w.line("\nNothing stands in the way. Confirming this can't be undone.")
	}
	return w.b.String()
}

// planText writes a plan.
type planText struct {
	Plan
	name func(UserID) string
	b    strings.Builder
}

// line writes one line.
func (w *planText) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

// place names a kind and part by their titles.
func (w *planText) place(kind, part string) string {
	i := slices.IndexFunc(w.Kinds, func(k KindSummary) bool { return k.Kind == kind })
	if i < 0 {
		return place(kind, part)
	}
	return place(w.Kinds[i].Title, w.Kinds[i].part(part))
}

// part is a part's title.
func (k KindSummary) part(name string) string { return cmp.Or(k.Parts[name], name) }

// findings writes a list under a head, when there is any.
func (w *planText) findings(list []Finding, head string) {
	if len(list) == 0 {
		return
	}
	w.line("\n%s", head)
	for _, f := range list {
		w.line("  - %s", f.line(w.name, w.place))
	}
}

// row is a line of a table: a label, a number and a text.
type row struct {
	label  string
	number string
	text   string
}

// table writes rows with their columns aligned; the column of numbers is there if one row has one.
func (w *planText) table(rows []row) {
	label, number := 0, 0
	for _, r := range rows {
		label, number = max(label, utf8.RuneCountInString(r.label)), max(number, len(r.number))
	}
	for _, r := range rows {
		text := "  " + r.label + strings.Repeat(" ", label-utf8.RuneCountInString(r.label))
		if number > 0 {
			text += fmt.Sprintf("  %*s", number, r.number)
		}
		w.line("%s", strings.TrimRight(text+"  "+r.text, " "))
	}
}

// records writes the table of all kinds.
func (w *planText) records() {
	w.line("\nWhat becomes of the records")
	var rows []row
	for _, k := range w.Kinds {
		rows = append(rows, w.kind(k)...)
	}
	if len(rows) == 0 {
		rows = []row{{label: "nothing is registered"}}
	}
	w.table(rows)
}

// kind is the rows of one kind: its totals, then its steps, then what no rule covers.
func (w *planText) kind(k KindSummary) []row {
	if k.Exempt != "" {
		return []row{{k.Title, "-", "not counted: " + k.Exempt}}
	}
	if k.Unknown != "" {
		return []row{{k.Title, "?", "UNKNOWN: " + k.Unknown}}
	}
	var parts, authors []row
	var named, wide []Step
	left := maps.Clone(k.Survey.Responsible)
	for _, s := range w.Steps {
		if s.Kind != k.Kind {
			continue
		}
		r := row{"  " + s.label(k), fmt.Sprint(s.Count), w.fate(s)}
		if s.Tie == Author {
			authors = append(authors, r)
			continue
		}
		left[s.Part] -= s.Count
		switch {
		case len(s.Records) > 0:
			named = append(named, s)
		case w.byPart(s):
			parts = append(parts, r)
		default:
			wide = append(wide, s)
		}
	}
	rows := append([]row{{k.Title, fmt.Sprint(k.Survey.Total()), k.about()}}, w.named(named)...)
	rows = append(rows, parts...)
	if len(wide) > 0 {
		all := merge(wide)
		rows = append(rows, row{"  " + wideLabel(k, wide, len(rows) > 1), fmt.Sprint(all.Count), w.fate(all)})
	}
	for _, part := range slices.Sorted(maps.Keys(left)) {
		if left[part] > 0 {
			rows = append(rows, row{"  " + partLabel(k, part), fmt.Sprint(left[part]), "NO RULE COVERS THESE"})
		}
	}
	return append(rows, authors...)
}

// named is a row for each of the first rules that name records, and one for the rest of them.
func (w *planText) named(steps []Step) []row {
	var rows []row
	more := 0
	for len(steps) > 0 {
		n := 1
		for n < len(steps) && steps[n].Rule == steps[0].Rule {
			n++
		}
		all := merge(steps[:n])
		if steps = steps[n:]; len(rows) < shownNamed {
			rows = append(rows, row{"  " + all.label(KindSummary{}), fmt.Sprint(all.Count), w.fate(all)})
		} else {
			more += all.Count
		}
	}
	if more > 0 {
		rows = append(rows, row{"  more named ones", fmt.Sprint(more), "by further rules"})
	}
	return rows
}

// byPart reports whether the rule of a step names a part.
func (w *planText) byPart(s Step) bool {
	return s.Rule >= 0 && s.Rule < len(w.Request.Rules) && w.Request.Rules[s.Rule].Part != ""
}

// merge adds up the steps of one rule in several parts.
func merge(steps []Step) Step {
	all := steps[0]
	all.Count, all.Shares, all.Records = 0, nil, nil
	for _, s := range steps {
		all.Count += s.Count
		all.Records = append(all.Records, s.Records...)
		all.Shares = append(all.Shares, s.Shares...)
	}
	all.Shares = summed(all.Shares)
	return all
}

// wideLabel is the first column of what one rule disposes of in several parts: "all, in 18 parts".
func wideLabel(k KindSummary, steps []Step, rest bool) string {
	if len(steps) == 1 {
		return partLabel(k, steps[0].Part)
	}
	named := slices.DeleteFunc(slices.Clone(steps), func(s Step) bool { return s.Part == "" })
	label := "all, in " + count(len(named), "part")
	if rest {
		label = "the rest, in " + count(len(named), "part")
	}
	if len(named) < len(steps) {
		label += " or none"
	}
	return label
}

// about tells what else the survey counted.
func (k KindSummary) about() string {
	var parts []string
	if k.Acting {
		parts = append(parts, "act on their own")
	}
	if k.Survey.Open > 0 {
		parts = append(parts, fmt.Sprintf("%d open", k.Survey.Open))
	}
	if k.Survey.Authored > 0 && k.Authorship == AuthorKept {
		parts = append(parts, fmt.Sprintf("wrote %d (the author stays)", k.Survey.Authored))
	}
	if k.Survey.Named > 0 {
		parts = append(parts, fmt.Sprintf("named on %d more", k.Survey.Named))
	}
	return strings.Join(parts, ", ")
}

// label is a step's first column.
func (s Step) label(k KindSummary) string {
	switch {
	case s.Tie == Author:
		return "authorship"
	case len(s.Records) == 1:
		return "only " + s.Records[0]
	case len(s.Records) > 1:
		return fmt.Sprintf("only %s and %d more", s.Records[0], len(s.Records)-1)
	}
	return partLabel(k, s.Part)
}

// partLabel is a part's title, or what stands for none.
func partLabel(k KindSummary, part string) string {
	switch {
	case part != "":
		return k.part(part)
	case len(k.Survey.Responsible) > 1:
		return "in no part"
	}
	return "all"
}

// fate says what becomes of a step's records.
func (w *planText) fate(s Step) string {
	switch {
	case s.Tie == Author && s.Do == NoOwner:
		return "left without an author"
	case s.Do == NoOwner:
		return "left without an owner"
	case s.Do == SwitchOff:
		return "switched off"
	case len(s.Shares) == 0:
		return "NOBODY TO RECEIVE THESE"
	case len(s.Shares) == 1:
		return "to " + w.name(s.Shares[0].To)
	}
	parts := make([]string, len(s.Shares))
	for i, share := range s.Shares {
		parts[i] = fmt.Sprintf("%s %d", w.name(share.To), share.Count)
	}
	return "split: " + strings.Join(parts, ", ")
}
