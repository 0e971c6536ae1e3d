package roster_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-8e8abc8d/roster"
)

// TestClone_SharesNothing fills every map and slice of a noun, at any depth, and looks for one that
// the clone shares, so that a field which is added later and forgotten in Clone is found.
func TestClone_SharesNothing(t *testing.T) {
	t.Parallel()
	checkClone(t, roster.User.Clone)
	checkClone(t, roster.Role.Clone)
	checkClone(t, roster.Event.Clone)
	checkClone(t, roster.Entry.Clone)
	checkClone(t, roster.Request.Clone)
	checkClone(t, roster.Run.Clone)
}

func checkClone[T any](t *testing.T, clone func(T) T) {
	t.Helper()
	t.Run(fmt.Sprintf("%T", *new(T)), func(t *testing.T) {
		var full, zero T
		fill(reflect.ValueOf(&full).Elem())
		copied := clone(full)
		if diff := cmp.Diff(full, copied); diff != "" {
			t.Errorf("a full one (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(zero, clone(zero)); diff != "" {
			t.Errorf("a zero one (-want +got):\n%s", diff)
		}
		shared(t, "", reflect.ValueOf(full), reflect.ValueOf(copied))
	})
}

// fill gives every map and slice in v one element.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.Zero(v.Type().Key()), reflect.Zero(v.Type().Elem()))
	}
}

func shared(t *testing.T, path string, a, b reflect.Value) {
	t.Helper()
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if f := a.Type().Field(i); f.IsExported() {
				shared(t, path+"."+f.Name, a.Field(i), b.Field(i))
			}
		}
	case reflect.Slice:
		if a.Len() > 0 && a.Pointer() == b.Pointer() {
			t.Errorf("%s is shared", path)
		}
		for i := range min(a.Len(), b.Len()) {
			shared(t, fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i))
		}
	case reflect.Map:
		if a.Len() > 0 && a.Pointer() == b.Pointer() {
			t.Errorf("%s is shared", path)
		}
	}
}
