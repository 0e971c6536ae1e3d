// Package phc makes and checks password hashes as PHC strings:
//
//	$pbkdf2-sha256$i=600000,l=32$<salt>$<hash>
//
// that is PBKDF2-HMAC-SHA256 (RFC 8018), salt and hash in base 64 without padding. Everything but
// this exact form is refused: no other order, no default, no sign more.
package phc

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	name    = "pbkdf2-sha256"
	keyLen  = 32
	saltLen = 16
	maxSalt = 64

	// MaxIterations bounds what a stored hash may ask for, so that a hash from elsewhere can't
	// keep a processor busy for minutes.
	MaxIterations = 10_000_000
)

// ErrFormat says that a text isn't a hash of this package's form. It never carries the text.
var ErrFormat = errors.New("phc: not a " + name + " hash")

var encoding = base64.RawStdEncoding.Strict()

// Hash hashes a password with a new random salt.
func Hash(password string, iterations int) (string, error) {
	if iterations < 1 || iterations > MaxIterations {
		return "", fmt.Errorf("phc: iterations outside 1 to %d", MaxIterations)
	}
	salt := make([]byte, saltLen)
	rand.Read(salt)
	key, err := pbkdf2.Key(sha256.New, password, salt, iterations, keyLen)
	return fmt.Sprintf("$%s$i=%d,l=%d$%s$%s", name, iterations, keyLen,
		encoding.EncodeToString(salt), encoding.EncodeToString(key)), err
}

// Verify reports whether password made encoded, comparing in constant time, and whether encoded
// was made with fewer iterations than are asked for now.
func Verify(encoded, password string, iterations int) (ok, upgrade bool, err error) {
	i, salt, want, err := parse(encoded)
	if err != nil {
		return false, false, err
	}
	got, err := pbkdf2.Key(sha256.New, password, salt, i, keyLen)
	ok = subtle.ConstantTimeCompare(got, want) == 1
	return ok, ok && i < iterations, err
}

// Knows reports whether encoded is of this package's form, without hashing.
func Knows(encoded string) bool {
	_, _, _, err := parse(encoded)
	return err == nil
}

// parse takes a hash apart.
func parse(encoded string) (iterations int, salt, key []byte, err error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 5 || parts[0] != "" || parts[1] != name {
		return 0, nil, nil, ErrFormat
	}
	digits, ok := strings.CutPrefix(parts[2], "i=")
	digits, rest, _ := strings.Cut(digits, ",")
	iterations, bad := strconv.Atoi(digits)
	if !ok || bad != nil || rest != "l="+strconv.Itoa(keyLen) || strconv.Itoa(iterations) != digits ||
		iterations < 1 || iterations > MaxIterations {
		return 0, nil, nil, ErrFormat
	}
	if len(parts[3]) > encoding.EncodedLen(maxSalt) || len(parts[4]) != encoding.EncodedLen(keyLen) {
		return 0, nil, nil, ErrFormat
	}
	salt, badSalt := encoding.DecodeString(parts[3])
	key, badKey := encoding.DecodeString(parts[4])
	// The decoder skips line ends, which would give one hash two texts.
	if badSalt != nil || badKey != nil || len(salt) < saltLen || strings.ContainsAny(encoded, "\r\n") {
		return 0, nil, nil, ErrFormat
	}
	return iterations, salt, key, nil
}
