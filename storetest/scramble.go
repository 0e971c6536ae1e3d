package storetest

import "reflect"

// scramble changes everything that a copy of row would share with it: the elements of its maps and
// slices, at any depth.
func scramble(row any) { scrambleIn(reflect.ValueOf(row), false) }

// scrambleIn sets v to its zero value where it is inside something shared.
func scrambleIn(v reflect.Value, shared bool) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				scrambleIn(v.Field(i), shared)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			scrambleIn(v.Index(i), true)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			v.SetMapIndex(k, reflect.Zero(v.Type().Elem()))
		}
	default:
		if shared {
			v.SetZero()
		}
	}
}
