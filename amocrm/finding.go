package amocrm

import (
	"fmt"
	"strconv"
	"strings"
)

// Code says what a finding is about.
type Code string

// The codes, in the order in which a report lists them.
const (
	CodeLeftOut       Code = "left-out"       // a user or role that can't be written
	CodeNoAddress     Code = "no-address"     // a user imported without the e-mail address, which is damaged or another's
	CodeDenied        Code = "denied"         // a letter without a counterpart, unknown or out of place: denied
	CodeNarrowed      Code = "narrowed"       // a right that reaches less far where it is written, for want of a letter
	CodeLowered       Code = "lowered"        // a right that reached farther than one it needs (R13)
	CodeIgnored       Code = "ignored"        // what the account says twice, and which of the two counts
	CodeMissing       Code = "missing"        // what isn't there, and what it was taken as
	CodeMissingPage   Code = "missing-page"   // a page that is linked to or skipped, or items short of the total
	CodeDuplicate     Code = "duplicate"      // the same id, stage or key twice
	CodeUnknownField  Code = "unknown-field"  // a field that the importer doesn't know
	CodeNoCounterpart Code = "no-counterpart" // a field that is known and has no place here; or, written, none there
	CodeReadAs        Code = "read-as"        // an interpretation
	CodeWrittenAs     Code = "written-as"     // another form, which gives the same rights
)

// title heads a code's findings in a report.
func (c Code) title() string {
	switch c {
	case CodeLeftOut:
		return "Not written"
	case CodeNoAddress:
		return "Imported without an e-mail address"
	case CodeDenied:
		return "Denied: no counterpart, unknown or out of place"
	case CodeNarrowed:
		return "Narrowed: no letter says it"
	case CodeLowered:
		return "Lowered to what they need"
	case CodeIgnored:
		return "Contradictions, and what counted"
	case CodeMissing:
		return "Not there, and what it was taken as"
	case CodeMissingPage:
		return "Pages missing"
	case CodeDuplicate:
		return "Told twice"
	case CodeUnknownField:
		return "Unknown fields, left out"
	case CodeNoCounterpart:
		return "Without a counterpart, left out"
	case CodeReadAs:
		return "Read as"
	case CodeWrittenAs:
		return "Written as"
	}
	return string(c)
}

// Finding is something a person should know of what was read or written. What was found several times is one
// finding with a count.
type Finding struct {
	Code   Code    `json:"code"`
	Path   string  `json:"path"` // with empty brackets, for all places: "users[].rights.leads.view"
	Text   string  `json:"text"`
	Count  int     `json:"count"`
	Places []Place `json:"places"` // the first hundred
}

// maxPlaces bounds what a finding remembers, so that reading records takes constant memory.
const maxPlaces = 100

// maxFindings bounds how many different findings there are. Further ones are counted, a finding for
// each code.
const maxFindings = 10_000

// String returns "path: text" with the first places. A finding met once shows its exact path.
func (f Finding) String() string {
	var b strings.Builder
	if f.Count == 1 && len(f.Places) == 1 {
		b.WriteString(f.Places[0].Path)
	} else {
		fmt.Fprintf(&b, "%s ×%d", f.Path, f.Count)
	}
	if f.Text != "" {
		b.WriteString(": " + f.Text)
	}
	for i, p := range f.Places {
		if i == 3 {
			fmt.Fprintf(&b, ", … %d more", f.Count-i)
			break
		}
		b.WriteString([]string{" (", ", ", ", "}[i])
		b.WriteString(p.Source)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
	}
	if len(f.Places) > 0 {
		b.WriteByte(')')
	}
	return b.String()
}

// Findings are the findings of reading or writing, in the order in which they were first met.
type Findings []Finding

// String is the report for a person: findings under a heading for each code. It is empty when
// nothing was found.
func (f Findings) String() string {
	var b strings.Builder
	for _, code := range []Code{
		CodeLeftOut, CodeNoAddress, CodeDenied, CodeNarrowed, CodeLowered, CodeIgnored, CodeMissing, CodeMissingPage,
		CodeDuplicate, CodeUnknownField, CodeNoCounterpart, CodeReadAs, CodeWrittenAs,
	} {
		lines := f.lines(code)
		if len(lines) > 0 {
			b.WriteString(code.title() + ":\n  " + strings.Join(lines, "\n  ") + "\n")
		}
	}
	return b.String()
}

// lines are the findings of one code; fields without a counterpart are put together by what holds them.
func (f Findings) lines(code Code) []string {
	var lines []string
	at := map[string]int{}
	for _, x := range f {
		dot := strings.LastIndexByte(x.Path, '.')
		switch {
		case x.Code != code:
		case code != CodeNoCounterpart || x.Text != "" || dot < 0:
			lines = append(lines, x.String())
		default:
			field := fmt.Sprintf("%s ×%d", x.Path[dot+1:], x.Count)
			if i, ok := at[x.Path[:dot]]; ok {
				lines[i] += ", " + field
				continue
			}
			at[x.Path[:dot]] = len(lines)
			lines = append(lines, x.Path[:dot]+": "+field)
		}
	}
	return lines
}

// report gathers findings.
type report struct {
	found Findings
	index map[reportKey]int
}

// reportKey tells which findings are the same one again.
type reportKey struct {
	code       Code
	path, text string
}

// add adds a finding at p.
func (r *report) add(code Code, p Place, format string, args ...any) {
	key := reportKey{code, p.pattern(), fmt.Sprintf(format, args...)}
	i, ok := r.index[key]
	if !ok && len(r.found) >= maxFindings {
		key = reportKey{code, "", "further ones, of which not all are listed"}
		i, ok = r.index[key]
	}
	if !ok {
		if r.index == nil {
			r.index = map[reportKey]int{}
		}
		i = len(r.found)
		r.index[key] = i
		r.found = append(r.found, Finding{Code: code, Path: key.path, Text: key.text})
	}
	f := &r.found[i]
	f.Count++
	if len(f.Places) < maxPlaces {
		f.Places = append(f.Places, p)
	}
}

// quote makes foreign text fit for a report: quoted, without control characters, at most 60 bytes.
func quote(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return strconv.Quote(s)
}
