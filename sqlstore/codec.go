package sqlstore

import (
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

// storable reports whether every text among args can be in a row of any engine: UTF-8 without NUL.
func storable(args ...any) bool {
	for _, arg := range args {
		if text, ok := arg.(string); ok && (!utf8.ValidString(text) || strings.Contains(text, "\x00")) {
			return false
		}
	}
	return true
}

// value is what a text is in the column; ok is false when no row can have it.
func (c codec) value(text string) (value any, ok bool) {
	switch c.form {
	case formText:
		return text, storable(text)
	case formNumber:
		n, err := strconv.ParseInt(text, 10, c.bits)
		return n, err == nil && strconv.FormatInt(n, 10) == text
	case formUUID:
		_, ok := parseUUID(text)
		return text, ok
	}
	return nil, false
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
