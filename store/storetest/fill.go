package storetest

import (
	"fmt"
	"reflect"
	"time"
)

// fill sets every exported field that v reaches, each to something else, so that
// a field that a store forgets is missed.
func fill(v any) {
	n := 0
	fillValue(reflect.ValueOf(v).Elem(), &n, 0)
}

// deepest ends types that hold themselves.
const deepest = 12

func fillValue(v reflect.Value, n *int, depth int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("値%d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.5)
	case reflect.Uint8:
		v.SetUint(uint64(*n % 251))
	case reflect.Struct:
		fillStruct(v, n, depth)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem(), n, depth+1)
	case reflect.Slice:
		fillSlice(v, n, depth)
	case reflect.Map:
		fillMap(v, n, depth)
	default:
		panic(fmt.Sprintf("storetest: fill a %s", v.Type()))
	}
}

func fillStruct(v reflect.Value, n *int, depth int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(micros().Add(time.Duration(*n) * time.Millisecond)))
		return
	}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			fillValue(v.Field(i), n, depth+1)
		}
	}
}

func fillSlice(v reflect.Value, n *int, depth int) {
	if depth > deepest {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 2, 2))
	for i := range v.Len() {
		fillValue(v.Index(i), n, depth+4)
	}
}

func fillMap(v reflect.Value, n *int, depth int) {
	v.Set(reflect.MakeMap(v.Type()))
	for range 2 {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillValue(key, n, depth+1)
		fillValue(value, n, depth+1)
		v.SetMapIndex(key, value)
	}
}
