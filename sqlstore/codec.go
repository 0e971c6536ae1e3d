package sqlstore

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// codec turns texts, the ids of records and users and the names of parts, into values of a column and back. A text that
// isn't just what the column's value looks like ("007", "+7", a UUID in capitals) is no value of it: nothing is found by it.
type codec struct {
	form  form
	param string // an argument, as the engine takes it for this form
	bits  int    // of a number
}

// form is what a column holds.
type form uint8

const (
	formNone form = iota // nothing that can name anything
	formText
	formNumber
	formUUID
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// value is what a text is in the column; ok is false when no row can have it.
func (c codec) value(text string) (value any, ok bool) {
	switch c.form {
	case formText:
		return text, utf8.ValidString(text) && !strings.Contains(text, "\x00")
	case formNumber:
		n, err := strconv.ParseInt(text, 10, c.bits)
		return n, err == nil && strconv.FormatInt(n, 10) == text
	case formUUID:
		return text, uuid.MatchString(text)
	}
	return nil, false
}

// span is a range of whole numbers of one length, both ends included. Their order is that of their texts, or, below
// zero, its reverse.
type span [2]int64

// spans are the numbers whose texts sort above after, in byte order: by length, since of one length numbers sort as their
// texts do. Thus an index on the number itself serves pages in the order of texts.
func spans(after string) (below, above []span) {
	rest, minus := strings.CutPrefix(after, "-")
	for digits := 1; digits <= 19; digits++ {
		most := uint64(math.MaxInt64)
		if digits < 19 {
			most = power(digits) - 1
		}
		if least, ok := lowest(digits, after); ok && least <= most {
			above = append(above, span{int64(least), int64(most)})
		}
		if !minus && after > "-" {
			continue
		}
		if !minus {
			rest = ""
		}
		if digits == 19 {
			most++
		}
		if least, ok := lowest(digits, rest); ok && max(least, 1) <= most {
			below = append(below, span{-int64(most), -int64(max(least, 1))})
		}
	}
	return below, above
}

// until leaves out of spans the numbers whose texts are above last.
func until(list []span, last string) []span {
	cut := make([]span, 0, len(list))
	for _, s := range list {
		if most, ok := lowest(digits(s[1]), last); ok {
			s[1] = int64(min(uint64(s[1]), most-1))
		}
		if s[0] <= s[1] {
			cut = append(cut, s)
		}
	}
	return cut
}

// digits is how many a number has that isn't below zero.
func digits(n int64) int { return len(strconv.FormatInt(n, 10)) }

// lowest is the smallest number of so many digits whose text is above after, if there is one.
func lowest(digits int, after string) (uint64, bool) {
	first := "1" + strings.Repeat("0", digits-1)
	if digits == 1 {
		first = "0"
	}
	if first > after {
		n, _ := strconv.ParseUint(first, 10, 64)
		return n, true
	}
	same := 0 // how many digits after begins with
	for same < min(digits, len(after)) && '0' <= after[same] && after[same] <= '9' {
		same++
	}
	if same == 0 {
		return 0, false
	}
	n, _ := strconv.ParseUint(after[:same], 10, 64)
	if same == digits || same < len(after) && after[same] > '9' {
		n++
	}
	n *= power(digits - same)
	return n, digits == 19 || n < power(digits)
}

// power is ten to the n-th.
func power(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

// values are those of texts that can be in the column, each once, as a JSON list has them.
func (c codec) values(texts []string) []string {
	list := make([]string, 0, len(texts))
	for _, text := range texts {
		if _, ok := c.value(text); ok {
			list = append(list, text)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// leastUUID is a UUID that isn't above any whose text is above after.
func leastUUID(after string) string {
	const least = "00000000-0000-0000-0000-000000000000"
	for n := min(len(after), len(least)); n > 0; n-- {
		if made := after[:n] + least[n:]; uuid.MatchString(made) {
			return made
		}
	}
	return least
}
