package phc_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster/internal/phc"
)

const few = 10

func TestHashIsVerified(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, password, try string
		now                 int
		ok, upgrade         bool
		why                 string
	}{
		{"same", "correct horse battery", "correct horse battery", few, true, false, "the password that made it"},
		{"other", "correct horse battery", "correct horse Battery", few, false, false, "letter case counts"},
		{"empty", "correct horse battery", "", few, false, false, "nothing isn't the password"},
		{"parameters rose", "correct horse battery", "correct horse battery", few + 1, true, true, "it should be made again"},
		{"parameters fell", "correct horse battery", "correct horse battery", few - 1, true, false, "a stronger one is kept"},
		{"wrong and old", "correct horse battery", "no", few + 1, false, false, "what isn't the password upgrades nothing"},
		{"unicode", "пароль для Анны Петровны", "пароль для Анны Петровны", few, true, false, "any UTF-8 is a password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			h, err := phc.Hash(c.password, few)
			is.NoErr(err)
			ok, upgrade, err := phc.Verify(h, c.try, c.now)
			is.NoErr(err)
			is.Equal(ok, c.ok)           // whether the password is accepted
			is.Equal(upgrade, c.upgrade) // whether the hash should be made again
		})
	}
}

// known is hashlib.pbkdf2_hmac('sha256', b'passwd', b'saltsaltsaltsalt', 1000, 32) of Python.
const known = "\x9f\x83\xc0\xec\xa6\xb2\x43\xc1\xfe\x29\x89\x63\xa7\x60\xe5\xff\x7f\x01\x3b\x75\x21\x12\x62\xdf\xae\x0b\x2e\x94\x4a\x5d\xc6\xc1"

func TestVerifyKnownAnswer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	salt := base64.RawStdEncoding.EncodeToString([]byte("saltsaltsaltsalt"))
	key := base64.RawStdEncoding.EncodeToString([]byte(known))
	ok, upgrade, err := phc.Verify("$pbkdf2-sha256$i=1000,l=32$"+salt+"$"+key, "passwd", 1000)
	is.NoErr(err)
	is.True(ok)       // another implementation's hash is accepted
	is.True(!upgrade) // as it is
}

func TestSaltsDiffer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	a, err := phc.Hash("one password", few)
	is.NoErr(err)
	b, err := phc.Hash("one password", few)
	is.NoErr(err)
	is.True(a != b) // equal passwords have different hashes
}

func TestIterationsAreBounded(t *testing.T) {
	t.Parallel()
	for _, n := range []int{-1, 0, phc.MaxIterations + 1} {
		if _, err := phc.Hash("a password", n); err == nil {
			t.Errorf("Hash accepted %d iterations", n)
		}
	}
}

func TestVerifyRefusesOtherForms(t *testing.T) {
	t.Parallel()
	good, err := phc.Hash("a password", few)
	if err != nil {
		t.Fatal(err)
	}
	if !phc.Knows(good) {
		t.Error("its own form isn't known")
	}
	p := strings.Split(good, "$")
	with := func(i int, s string) string {
		q := append([]string(nil), p...)
		q[i] = s
		return strings.Join(q, "$")
	}
	short := base64.RawStdEncoding.EncodeToString(make([]byte, 15))
	long := base64.RawStdEncoding.EncodeToString(make([]byte, 65))
	for _, c := range []struct{ name, text, why string }{
		{"empty", "", "nothing"},
		{"plain", "a password", "a password isn't its hash"},
		{"other scheme", with(1, "argon2id"), "another hasher's"},
		{"something before", "x" + good, "the form is exact"},
		{"something after", good + "$", "the form is exact"},
		{"no iterations", with(2, "l=32"), "no defaults"},
		{"no length", with(2, "i=10"), "no defaults"},
		{"other order", with(2, "l=32,i=10"), "one text per hash"},
		{"other length", with(2, "i=10,l=16"), "a short key is a weak one"},
		{"more parameters", with(2, "i=10,l=32,x=1"), "unknown parameters change the meaning"},
		{"sign", with(2, "i=+10,l=32"), "one text per hash"},
		{"leading zero", with(2, "i=010,l=32"), "one text per hash"},
		{"zero", with(2, "i=0,l=32"), "no work at all"},
		{"negative", with(2, "i=-1,l=32"), "no work at all"},
		{"too many", with(2, "i=10000001,l=32"), "a processor busy for minutes"},
		{"overflow", with(2, "i=99999999999999999999,l=32"), "more than an int"},
		{"short salt", with(3, short), "below 16 bytes"},
		{"long salt", with(3, long), "above 64 bytes"},
		{"padded salt", with(3, p[3]+"=="), "one text per hash"},
		{"salt with a line end", with(3, p[3][:4]+"\n"+p[3][4:]), "one text per hash"},
		{"bad salt", with(3, "*"+p[3][1:]), "not base 64"},
		{"short key", with(4, p[4][:42]), "cut off"},
		{"bad key", with(4, "*"+p[4][1:]), "not base 64"},
		{"trailing bits", with(4, p[4][:42]+"9"), "one text per hash"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ok, upgrade, err := phc.Verify(c.text, "a password", few)
			is.True(errors.Is(err, phc.ErrFormat)) // refused as a form
			is.True(!ok && !upgrade)               // and never accepted
			is.True(!phc.Knows(c.text))            // nor known
		})
	}
}

func FuzzVerify(f *testing.F) {
	h, err := phc.Hash("a password", 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(h)
	f.Add("$pbkdf2-sha256$i=1,l=32$$")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "i=") && !strings.Contains(text, "i=1,") {
			return // only the work differs
		}
		if ok, _, err := phc.Verify(text, "a password", 1); ok && err != nil {
			t.Error("accepted with an error")
		}
	})
}
