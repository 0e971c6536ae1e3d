package sqlstore

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
)

// The forms of a packed list of ids, its first byte. All of them keep the ids as they are, in their order.
const (
	packedNumbers = 1 // the differences of one number to the next, as varints
	packedUUIDs   = 2 // 16 bytes each
	packedTexts   = 3 // a length, as a varint, and the bytes
)

var errPacked = errors.New("a packed list of ids is damaged")

// pack makes a list of ids short: a hand-over writes every id of every record down, twice.
func pack(ids []string) []byte {
	if b, ok := packNumbers(ids); ok {
		return b
	}
	if b, ok := packUUIDs(ids); ok {
		return b
	}
	b := []byte{packedTexts}
	for _, id := range ids {
		b = append(binary.AppendUvarint(b, uint64(len(id))), id...)
	}
	return b
}

func packNumbers(ids []string) ([]byte, bool) {
	b := make([]byte, 1, 1+3*len(ids))
	b[0] = packedNumbers
	var before int64
	for _, id := range ids {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil || id != "0" && (id[0] < '1' || id[0] > '9') { // a sign, or zeros before it, would be lost
			return nil, false
		}
		b = binary.AppendVarint(b, n-before)
		before = n
	}
	return b, true
}

func packUUIDs(ids []string) ([]byte, bool) {
	b := make([]byte, 1, 1+16*len(ids))
	b[0] = packedUUIDs
	for _, id := range ids {
		u, ok := parseUUID(id)
		if !ok {
			return nil, false
		}
		b = append(b, u[:]...)
	}
	return b, true
}

// parseUUID reads the one form in which formatUUID writes (RFC 9562 §4): small letters, hyphens.
func parseUUID(s string) (u [16]byte, ok bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, false
	}
	if _, err := hex.Decode(u[:], []byte(s[:8]+s[9:13]+s[14:18]+s[19:23]+s[24:])); err != nil {
		return u, false
	}
	return u, formatUUID(u) == s
}

func formatUUID(u [16]byte) string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// unpack reads what pack wrote; an empty list is nil.
func unpack(b []byte) (ids []string, err error) {
	if len(b) == 0 {
		return nil, errPacked
	}
	form, b := b[0], b[1:]
	var number int64
	for len(b) > 0 {
		switch form {
		case packedNumbers:
			d, n := binary.Varint(b)
			if n <= 0 {
				return nil, errPacked
			}
			number += d
			ids, b = append(ids, strconv.FormatInt(number, 10)), b[n:]
		case packedUUIDs:
			if len(b) < 16 {
				return nil, errPacked
			}
			ids, b = append(ids, formatUUID([16]byte(b))), b[16:]
		case packedTexts:
			size, n := binary.Uvarint(b)
			if n <= 0 || size > uint64(len(b)-n) {
				return nil, errPacked
			}
			ids, b = append(ids, string(b[n:n+int(size)])), b[n+int(size):]
		default:
			return nil, errPacked
		}
	}
	return ids, nil
}

// packed keeps a list of ids.
func packed[T any](name string, at func(*T) *[]string) column[T] {
	return column[T]{
		name: name,
		kind: blobs,
		bind: func(row *T) any { return pack(*at(row)) },
		scan: func(row *T, src any) (err error) {
			b, ok := src.([]byte)
			if !ok {
				return fmt.Errorf("packed ids are %T", src)
			}
			*at(row), err = unpack(b)
			return err
		},
	}
}
