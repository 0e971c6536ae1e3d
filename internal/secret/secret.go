// Package secret makes and reads the text of secrets:
//
//	rst_a_JH2mJ…43 characters…Qx0f3T1c
//	│   │ │                    └ checksum: Adler-32 of all before it, six characters
//	│   │ └ 43 random characters of 0-9A-Za-z: 256 bits
//	│   └ one letter for the kind
//	└ a prefix that scanners of leaked secrets can match: rst_[a-z]_[0-9A-Za-z]{49}
//
// The text has no sign at which a double click would stop, and it fits one block of SHA-256.
package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"hash/adler32"
)

const (
	alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	prefix   = "rst_"
	bodyAt   = len(prefix) + 2
	bodyLen  = 43 // 62^43 > 2^256
	sumAt    = bodyAt + bodyLen
	sumLen   = 6 // 62^6 > 2^32

	// Len is the length of every secret's text in bytes.
	Len = sumAt + sumLen
)

// New makes a secret of a kind, which is a letter from a to z, and the hash to store.
func New(kind byte) (text string, hash [32]byte) {
	var b [Len]byte
	copy(b[:], prefix)
	b[len(prefix)], b[len(prefix)+1] = kind, '_'
	fill(b[bodyAt:sumAt])
	checksum(b[sumAt:], b[:sumAt])
	return string(b[:]), sha256.Sum256(b[:])
}

// Parse reads a secret's kind and hash. Text whose form or checksum is wrong is refused without an
// error that could carry it. It doesn't allocate.
func Parse(text string) (kind byte, hash [32]byte, ok bool) {
	if len(text) != Len || text[:len(prefix)] != prefix || text[bodyAt-1] != '_' {
		return 0, hash, false
	}
	kind = text[len(prefix)]
	if kind < 'a' || kind > 'z' {
		return 0, hash, false
	}
	var b [Len]byte
	copy(b[:], text)
	checksum(b[sumAt:], b[:sumAt])
	if string(b[sumAt:]) != text[sumAt:] {
		return 0, hash, false
	}
	return kind, sha256.Sum256(b[:]), true
}

// fill fills b with random letters, each equally likely.
func fill(b []byte) {
	var pool [64]byte
	for n := 0; n < len(b); {
		rand.Read(pool[:])
		for _, c := range pool {
			// 248 is the greatest multiple of 62 in a byte: without this, some letters come more often.
			if c < 248 && n < len(b) {
				b[n] = alphabet[c%62]
				n++
			}
		}
	}
}

// checksum writes the Adler-32 of b to sum in base 62. It is there for typing errors, of which it
// finds every single one; CRC-32 would do as well, but hash/crc32 makes its argument escape.
func checksum(sum, b []byte) {
	c := adler32.Checksum(b)
	for i := sumLen - 1; i >= 0; i-- {
		sum[i] = alphabet[c%62]
		c /= 62
	}
}
