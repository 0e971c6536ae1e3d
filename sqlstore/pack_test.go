package sqlstore_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// packs are lists of ids, each beginning with an example of its form, and how many bytes they take at most.
var packs = []struct {
	ids  string // with a space between
	most int
	why  string
}{
	{"1 2 3 70", 6, "numbers: a byte for a small difference"},
	{"9223372036854775807 0 1", 24, "the largest number there is, and back"},
	{"0 -0 1", 8, "no number is written so: texts"},
	{"1 +2", 6, "nor so"},
	{"1 02", 6, "nor so"},
	{"-1 1", 6, "nor below zero"},
	{"9223372036854775808", 21, "too large for a number"},
	{"019361a4-0b1c-7def-8123-456789abcdef 019361a4-0b1c-7def-8123-456789abcdee", 33, "UUIDs: sixteen bytes each"},
	{"019361A4-0b1c-7def-8123-456789abcdef", 38, "a capital letter is no UUID's"},
	{"019361a4-0b1c-7def-8123-456789abcdef 1", 40, "a UUID and something else"},
	{"a \xff\x00 \u00e9", 9, "bytes are kept as they are"},
}

func TestL21_IDsArePackedAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, c := range packs {
		is, ids := is.New(t), strings.Split(c.ids, " ")
		b := sqlstore.Pack(ids)
		got, err := sqlstore.Unpack(b)
		is.NoErr(err) // what was packed
		if diff := cmp.Diff(ids, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.why, diff)
		}
		is.True(len(b) <= c.most) // no longer than this
	}
}

// FuzzUnpack reads damaged lists, which must be errors or lists, and packs what it can.
func FuzzUnpack(f *testing.F) {
	for _, c := range packs {
		f.Add(sqlstore.Pack(strings.Split(c.ids, " ")))
	}
	f.Add([]byte{})
	f.Add([]byte{9, 1})
	f.Add([]byte{3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		ids, err := sqlstore.Unpack(b)
		if err != nil {
			return
		}
		again, err := sqlstore.Unpack(sqlstore.Pack(ids))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(ids, again); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
