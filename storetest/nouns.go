package storetest

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// noun is one kind of row, without its type, so that one loop tries a rule on all of them.
type noun struct {
	name string
	row  func(key string, v int) any // a row with every field set; v makes one differ from the next
	put  func(tx roster.Tx, row any) error
	find func(tx roster.Tx, key string) (any, error)
	del  func(tx roster.Tx, key string) error // nil where rows stay for ever
	once bool                                 // rows are added, and never replaced
}

// newNoun takes the types off.
func newNoun[T any, K ~string](
	name string, row func(key string, v int) T,
	put func(roster.Tx, T) error, find func(roster.Tx, K) (T, error), del func(roster.Tx, K) error,
) noun {
	n := noun{
		name: name,
		row:  func(key string, v int) any { return row(key, v) },
		put:  func(tx roster.Tx, row any) error { return put(tx, row.(T)) },
		find: func(tx roster.Tx, key string) (any, error) { return find(tx, K(key)) },
	}
	if del != nil {
		n.del = func(tx roster.Tx, key string) error { return del(tx, K(key)) }
	}
	return n
}

// nouns are all kinds of row. Keys of entries and events are numbers in decimal.
func nouns() []noun {
	role := newNoun("role", sampleRole, roster.Tx.AddRole, roster.Tx.Role, roster.Tx.DeleteRole)
	role.once = true
	event := newNoun("event", sampleEvent, roster.Tx.AppendEvent, findEvent, nil)
	event.once = true
	return []noun{
		newNoun("user", sampleUser, roster.Tx.PutUser, roster.Tx.User, nil),
		newNoun("department", sampleDepartment, roster.Tx.PutDepartment, roster.Tx.Department, roster.Tx.DeleteDepartment),
		role,
		newNoun("credential", sampleCredential, roster.Tx.PutCredential, roster.Tx.Credential, roster.Tx.DeleteCredential),
		newNoun("token", sampleToken, roster.Tx.PutToken, roster.Tx.Token, roster.Tx.DeleteToken),
		newNoun("letter", sampleLetter, roster.Tx.PutLetter, roster.Tx.Letter, roster.Tx.DeleteLetter),
		newNoun("counter", sampleCounter, roster.Tx.PutCounter, roster.Tx.Counter, roster.Tx.DeleteCounter),
		newNoun("run", sampleRun, roster.Tx.PutRun, roster.Tx.Run, nil),
		newNoun("entry", sampleEntry, roster.Tx.PutEntry, findEntry, nil),
		event,
	}
}

// findEntry finds an entry of the run "run" by listing it alone.
func findEntry(tx roster.Tx, key string) (roster.Entry, error) {
	n, _ := strconv.Atoi(key)
	list, err := tx.ListEntries("run", n-1, 1)
	if err == nil && (len(list) == 0 || list[0].N != n) {
		err = roster.ErrNotFound
	}
	if err != nil {
		return roster.Entry{}, err
	}
	return list[0], nil
}

// findEvent finds an event by listing it alone.
func findEvent(tx roster.Tx, key string) (roster.Event, error) {
	n, _ := strconv.ParseUint(key, 10, 64)
	list, err := tx.ListEvents(roster.EventFilter{}, n-1, 1)
	if err == nil && (len(list) == 0 || list[0].Seq != n) {
		err = roster.ErrNotFound
	}
	if err != nil {
		return roster.Event{}, err
	}
	return list[0], nil
}

// full is a T with every field set, at any depth, each differently; v makes one T differ from the
// next. A field that a noun gains later is tried without a change here.
func full[T any](v int) (t T) {
	n := v * 1000
	fill(reflect.ValueOf(&t).Elem(), &n)
	return t
}

// fill sets v and counts on. Small numbers are enumerations: 1 and 2 are good in all of them. Texts
// aren't ASCII and hold what quoting gets wrong.
func fill(v reflect.Value, n *int) {
	*n++
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(at(*n)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("Ё \"№ %d\" \\%%_'", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(1 + uint64(*n%2))
	case reflect.Uint64:
		v.SetUint(1<<62 + uint64(*n))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).SetUint(uint64(*n+i) % 256)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key, n)
			fill(elem, n)
			v.SetMapIndex(key, elem)
		}
	default:
		panic("storetest: a field of type " + v.Type().String())
	}
}

// at is an instant as stores keep it, v microseconds after a fixed one.
func at(v int) time.Time { return time.UnixMicro(1_772_355_600_123_456 + int64(v)).UTC() }

func sampleUser(key string, v int) roster.User {
	u := full[roster.User](v)
	u.ID, u.Status = roster.UserID(key), roster.StatusActive
	u.Email += key
	u.Identity.Subject += key
	return u
}

func sampleDepartment(key string, v int) roster.Department {
	d := full[roster.Department](v)
	d.ID = roster.DepartmentID(key)
	return d
}

func sampleRole(key string, v int) roster.Role {
	r := full[roster.Role](v)
	r.ID = roster.RoleID(key)
	return r
}

func sampleCredential(key string, v int) roster.Credential {
	c := full[roster.Credential](v)
	c.User = roster.UserID(key)
	return c
}

func sampleToken(key string, v int) roster.Token {
	k := full[roster.Token](v)
	k.ID = roster.TokenID(key)
	k.Hash = sampleHash(key, v)
	return k
}

// sampleHash is a hash that is key's and v's own.
func sampleHash(key string, v int) roster.TokenHash {
	return sha256.Sum256([]byte(key + strconv.Itoa(v)))
}

func sampleLetter(key string, v int) roster.Letter {
	l := full[roster.Letter](v)
	l.ID = roster.LetterID(key)
	return l
}

func sampleCounter(key string, v int) roster.Counter {
	c := full[roster.Counter](v)
	c.Key = key
	return c
}

func sampleRun(key string, v int) roster.Run {
	r := full[roster.Run](v)
	r.ID = roster.RunID(key)
	return r
}

func sampleEntry(key string, v int) roster.Entry {
	e := full[roster.Entry](v)
	e.Run = "run"
	e.N, _ = strconv.Atoi(key)
	return e
}

func sampleEvent(key string, v int) roster.Event {
	e := full[roster.Event](v)
	e.Seq, _ = strconv.ParseUint(key, 10, 64)
	return e
}
