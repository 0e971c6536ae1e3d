package sqlstore

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// column says how a field of T is kept.
type column[T any] struct {
	name string
	kind kind
	bind func(*T) any        // what is stored
	scan func(*T, any) error // takes what the driver gave, never nil; nil itself for a column that is only written
}

// kind is what a column holds; engine.types says what an engine calls it.
type kind uint8

const (
	texts kind = iota
	numbers
	flags
	blobs
)

// scanner reads one column of one row. A NULL leaves the field as it is: zero.
type scanner func(any) error

// Scan is sql.Scanner.
func (s scanner) Scan(src any) error {
	if src == nil {
		return nil
	}
	return s(src)
}

func textOf(src any) (string, error) {
	switch v := src.(type) {
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	}
	return "", fmt.Errorf("a text is %T", src)
}

func numberOf(src any) (int64, error) {
	switch v := src.(type) {
	case int64:
		return v, nil
	case int32:
		return int64(v), nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	}
	return 0, fmt.Errorf("a number is %T", src)
}

// text keeps a text.
func text[T any, S ~string](name string, at func(*T) *S) column[T] {
	return column[T]{
		name: name,
		bind: func(row *T) any { return string(*at(row)) },
		scan: func(row *T, src any) error {
			v, err := textOf(src)
			*at(row) = S(v)
			return err
		},
	}
}

// number keeps a number. Those above the largest int64 come back from their bit pattern.
func number[T any, N ~int | ~uint8 | ~uint64](name string, at func(*T) *N) column[T] {
	return column[T]{
		name: name,
		kind: numbers,
		bind: func(row *T) any { return int64(*at(row)) },
		scan: func(row *T, src any) error {
			v, err := numberOf(src)
			*at(row) = N(v)
			return err
		},
	}
}

// flag keeps a yes or no.
func flag[T any](name string, at func(*T) *bool) column[T] {
	return column[T]{
		name: name,
		kind: flags,
		bind: func(row *T) any { return *at(row) },
		scan: func(row *T, src any) error {
			v, err := numberOf(src)
			*at(row) = v != 0
			return err
		},
	}
}

// instant keeps a time in microseconds since 1970, UTC, and the zero time as NULL.
func instant[T any](name string, at func(*T) *time.Time) column[T] {
	return column[T]{
		name: name,
		kind: numbers,
		bind: func(row *T) any { return micros(*at(row)) },
		scan: func(row *T, src any) error {
			v, err := numberOf(src)
			*at(row) = time.UnixMicro(v).UTC()
			return err
		},
	}
}

// micros is a time as it is stored. Times that are too far away are the farthest there are, 290,000 years off.
func micros(t time.Time) any {
	switch {
	case t.IsZero():
		return nil
	case t.Before(time.UnixMicro(math.MinInt64)):
		return int64(math.MinInt64)
	case t.After(time.UnixMicro(math.MaxInt64)):
		return int64(math.MaxInt64)
	}
	return t.UnixMicro()
}

// hash keeps 32 bytes.
func hash[T any, H ~[32]byte](name string, at func(*T) *H) column[T] {
	return column[T]{
		name: name,
		kind: blobs,
		bind: func(row *T) any { h := *at(row); return h[:] },
		scan: func(row *T, src any) error {
			v, ok := src.([]byte)
			if !ok || len(v) != 32 {
				return fmt.Errorf("a hash is %T of %d bytes", src, len(v))
			}
			*at(row) = H(v)
			return nil
		},
	}
}

// document keeps a field as JSON.
func document[T, V any](name string, at func(*T) *V) column[T] {
	return column[T]{
		name: name,
		bind: func(row *T) any { return asJSON{at(row)} },
		scan: func(row *T, src any) error {
			v, err := textOf(src)
			if err != nil {
				return err
			}
			return json.Unmarshal([]byte(v), at(row))
		},
	}
}

// asJSON is a value on its way to the driver.
type asJSON struct{ value any }

// Value is driver.Valuer.
func (v asJSON) Value() (driver.Value, error) {
	text, err := json.Marshal(v.value)
	return string(text), err
}

// written keeps a text that is derived from a row, for statements to look for. It is never read.
func written[T any](name string, of func(*T) any) column[T] {
	return column[T]{name: name, bind: of}
}
