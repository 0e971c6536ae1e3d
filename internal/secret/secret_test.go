package secret_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster/internal/secret"
)

func TestNewIsParsed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	seen := map[string]bool{}
	letters := map[rune]bool{}
	for range 1000 {
		text, hash := secret.New('a')
		kind, got, ok := secret.Parse(text)
		is.True(ok)                                 // what New makes is well-formed
		is.Equal(kind, byte('a'))                   // the kind comes back
		is.Equal(got, hash)                         // and the hash
		is.Equal(hash, sha256.Sum256([]byte(text))) // which is of the whole text
		is.Equal(len(text), secret.Len)             // all are equally long
		is.True(strings.HasPrefix(text, "rst_a_"))  // scanners match the prefix
		is.True(!seen[text])                        // none comes twice
		seen[text] = true
		for _, c := range text[6:49] {
			letters[c] = true
		}
	}
	is.Equal(len(letters), 62) // every letter of the alphabet is used
}

func TestParseRefusesWrongText(t *testing.T) {
	t.Parallel()
	good, _ := secret.New('s')
	swap := func(i int, c byte) string { return good[:i] + string(c) + good[i+1:] }
	other := func(i int) byte {
		if good[i] == 'x' {
			return 'y'
		}
		return 'x'
	}
	for _, c := range []struct{ name, text, why string }{
		{"empty", "", "nothing is no secret"},
		{"short", good[:len(good)-1], "cut off while copying"},
		{"long", good + "x", "copied with what follows"},
		{"prefix", swap(0, 'R'), "another product's"},
		{"no separator", swap(5, '-'), "the form is fixed"},
		{"kind", swap(4, 'S'), "kinds are lower-case letters"},
		{"kind exchanged", swap(4, 'a'), "the checksum covers the kind"},
		{"sign", swap(20, '-'), "the checksum finds one wrong sign"},
		{"typing error", swap(20, other(20)), "the checksum finds one wrong letter"},
		{"checksum", swap(54, other(54)), "the checksum itself is wrong"},
		{"space", " " + good[1:], "nothing is trimmed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			_, hash, ok := secret.Parse(c.text)
			is.True(!ok)               // refused
			is.Equal(hash, [32]byte{}) // and no hash to look up
		})
	}
}

func FuzzToken(f *testing.F) {
	for _, k := range []byte("sarpvx") {
		text, _ := secret.New(k)
		f.Add(text)
		f.Add(text[1:])
		f.Add(strings.ToUpper(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		kind, hash, ok := secret.Parse(text)
		if !ok {
			return
		}
		if len(text) != secret.Len || text[:4] != "rst_" || text[4] != kind || hash != sha256.Sum256([]byte(text)) {
			t.Errorf("Parse accepted %d bytes of a wrong form", len(text))
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text, _ := secret.New('a')
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := secret.Parse(text); !ok {
			b.Fatal("refused")
		}
	}
}

func BenchmarkParseFloorSHA256(b *testing.B) {
	text, _ := secret.New('a')
	data := []byte(text)
	var sink [32]byte
	b.ReportAllocs()
	for b.Loop() {
		sink = sha256.Sum256(data)
	}
	_ = sink
}
