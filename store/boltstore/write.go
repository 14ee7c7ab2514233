package boltstore

import (
	"encoding/base64"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// What is stored is JSON under the names of the Go fields: not the public JSON
// of the same types, which leaves fields out and follows other people's scripts.
// Zero fields are left out, times are UTC to the microsecond. A field that is
// renamed must be renamed by a migration; testdata/format1.txt keeps watch.

func appendValue(b []byte, v reflect.Value) ([]byte, error) {
	switch v.Kind() {
	case reflect.String:
		return jsontext.AppendQuote(b, strings.ToValidUTF8(v.String(), "\uFFFD"))
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case reflect.Float32, reflect.Float64:
		return appendFloat(b, v.Float()), nil
	case reflect.Pointer:
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		return appendValue(b, v.Elem())
	case reflect.Struct:
		return appendStruct(b, v)
	case reflect.Slice:
		return appendSlice(b, v)
	case reflect.Map:
		return appendMap(b, v)
	}
	return nil, fmt.Errorf("can't store a %s", v.Type())
}

// appendFloat writes what JSON has no number for as 0, since it comes from
// outside and one bad score must not fail a poll.
func appendFloat(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

// appendTime writes a time that RFC 3339 can't hold as the zero time.
func appendTime(b []byte, t time.Time) []byte {
	t = micros(t)
	if t.Year() < 1 || t.Year() > 9999 {
		t = time.Time{}
	}
	b = append(b, '"')
	return append(t.AppendFormat(b, time.RFC3339Nano), '"')
}

func micros(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func appendStruct(b []byte, v reflect.Value) ([]byte, error) {
	if t, ok := v.Interface().(time.Time); ok {
		return appendTime(b, t), nil
	}
	b = append(b, '{')
	first := true
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		if !field.IsExported() || value.IsZero() {
			continue
		}
		b = separate(b, &first)
		b = append(strconv.AppendQuote(b, field.Name), ':')
		var err error
		if b, err = appendValue(b, value); err != nil {
			return nil, fmt.Errorf("%s: %w", field.Name, err)
		}
	}
	return append(b, '}'), nil
}

func appendSlice(b []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(b, "null"...), nil
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		b = append(b, '"')
		return append(base64.StdEncoding.AppendEncode(b, v.Bytes()), '"'), nil
	}
	b = append(b, '[')
	first := true
	for i := range v.Len() {
		b = separate(b, &first)
		var err error
		if b, err = appendValue(b, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

// appendMap writes a map with string keys, sorted, so that equal values are
// equal bytes.
func appendMap(b []byte, v reflect.Value) ([]byte, error) {
	if v.Type().Key().Kind() != reflect.String {
		return nil, fmt.Errorf("can't store a %s", v.Type())
	}
	if v.IsNil() {
		return append(b, "null"...), nil
	}
	values := make(map[string]reflect.Value, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		values[strings.ToValidUTF8(iter.Key().String(), "\uFFFD")] = iter.Value()
	}
	b = append(b, '{')
	first := true
	for _, key := range slices.Sorted(maps.Keys(values)) {
		b = separate(b, &first)
		var err error
		if b, err = jsontext.AppendQuote(b, key); err != nil {
			return nil, err
		}
		if b, err = appendValue(append(b, ':'), values[key]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func separate(b []byte, first *bool) []byte {
	if *first {
		*first = false
		return b
	}
	return append(b, ',')
}
