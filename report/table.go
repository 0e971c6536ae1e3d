package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// widest is how wide a cell may be before it is cut.
const widest = 48

// table is rows of cells in aligned columns. A head that begins with ">" aligns its column to the right;
// columns in which every cell is empty are left out.
type table struct {
	head []string
	rows [][]string
	more int // rows that were left out
}

// row adds a row; values are shown as fmt shows them.
func (t *table) row(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = cell(fmt.Sprint(c))
	}
	t.rows = append(t.rows, row)
}

// cell is a text that stays on its line, and isn't too wide.
func cell(s string) string {
	s = strings.Join(strings.FieldsFunc(s, breaks), " ")
	if width(s) <= widest {
		return s
	}
	cut, wide := 0, 0
	for i, c := range s {
		if wide += runeWidth(c); wide > widest-1 {
			break
		}
		cut = i + len(string(c))
	}
	return s[:cut] + "…"
}

// breaks reports whether c would end a line or turn the direction of what follows it in the row.
func breaks(c rune) bool {
	return unicode.IsControl(c) || unicode.In(c, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// write writes t, with "none" for one without rows.
func (t *table) write(b *strings.Builder) {
	if len(t.rows) == 0 {
		b.WriteString("  none\n")
		return
	}
	widths := make([]int, len(t.head))
	for _, row := range t.rows {
		for i, c := range row {
			widths[i] = max(widths[i], width(c))
		}
	}
	heads := make([]string, len(t.head))
	for i, h := range t.head {
		if heads[i] = strings.TrimPrefix(h, ">"); widths[i] > 0 {
			widths[i] = max(widths[i], width(heads[i]))
		}
	}
	t.line(b, heads, widths)
	for _, row := range t.rows {
		t.line(b, row, widths)
	}
	if t.more > 0 {
		fmt.Fprintf(b, "  and %s more\n", number(t.more))
	}
}

// line writes one row.
func (t *table) line(b *strings.Builder, row []string, widths []int) {
	var line strings.Builder
	for i, c := range row {
		if widths[i] == 0 {
			continue
		}
		space := strings.Repeat(" ", widths[i]-width(c))
		if strings.HasPrefix(t.head[i], ">") {
			line.WriteString("  " + space + c)
		} else {
			line.WriteString("  " + c + space)
		}
	}
	b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}

// width is how many columns of a fixed-width font s takes.
func width(s string) int {
	n := 0
	for _, c := range s {
		n += runeWidth(c)
	}
	return n
}

// runeWidth is 0 for what combines with the letter before it or isn't seen, 2 for wide letters of East
// Asia, and 1 for all others.
func runeWidth(c rune) int {
	switch {
	case unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.In(c, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), 0xFF01 <= c && c <= 0xFF60:
		return 2
	}
	return 1
}

// heading writes a report's first line.
func heading(b *strings.Builder, about, format string, args ...any) {
	fmt.Fprintf(b, format, args...)
	if about != "" {
		b.WriteString(" - " + about)
	}
	b.WriteString("\n")
}

// within names p's department, unless the whole report is about it.
func within(about string, p Person) string {
	if about != "" {
		return ""
	}
	return p.Department
}

// day is the date of t, or nothing.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// days are the whole days between two instants.
func days(from, to time.Time) int { return int(to.Sub(from) / (24 * time.Hour)) }

// count writes n of something: "1 user", "2 users".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + one + "s"
}

// number is n, which isn't negative, with its thousands apart: "20 006".
func number(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + " " + digits[at:]
	}
	return digits
}
