package boltstore

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"reflect"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// readInto reads what appendValue wrote into what v points to. Names that it
// doesn't know are skipped.
func readInto(data []byte, v any) error {
	d := jsontext.NewDecoder(bytes.NewBuffer(data))
	return readValue(d, reflect.ValueOf(v).Elem())
}

func readValue(d *jsontext.Decoder, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer:
		return readPointer(d, v)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return readTime(d, v)
		}
		return readStruct(d, v)
	case reflect.Slice:
		return readSlice(d, v)
	case reflect.Map:
		return readMap(d, v)
	}
	t, err := d.ReadToken()
	if err != nil {
		return err
	}
	return setToken(v, t)
}

// setToken sets a value that is one token.
func setToken(v reflect.Value, t jsontext.Token) (err error) {
	switch k := t.Kind(); {
	case k == '"' && v.Kind() == reflect.String:
		v.SetString(t.String())
	case (k == 't' || k == 'f') && v.Kind() == reflect.Bool:
		v.SetBool(t.Bool())
	case k == '0' && v.CanInt():
		var n int64
		n, err = t.Int()
		v.SetInt(n)
	case k == '0' && v.CanFloat():
		var f float64
		f, err = t.Float()
		v.SetFloat(f)
	default:
		err = fmt.Errorf("a %s where a %s is to be", k, v.Type())
	}
	return err
}

// null takes a null, where one is next.
func null(d *jsontext.Decoder) (bool, error) {
	if d.PeekKind() != 'n' {
		return false, nil
	}
	_, err := d.ReadToken()
	return true, err
}

func readPointer(d *jsontext.Decoder, v reflect.Value) error {
	if is, err := null(d); is {
		return err
	}
	v.Set(reflect.New(v.Type().Elem()))
	return readValue(d, v.Elem())
}

func readTime(d *jsontext.Decoder, v reflect.Value) error {
	t, err := d.ReadToken()
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339Nano, t.String())
	if err != nil {
		return err
	}
	v.Set(reflect.ValueOf(at.UTC()))
	return nil
}

// readStruct looks for each name after the last one found first, since that is
// the order in which they were written.
func readStruct(d *jsontext.Decoder, v reflect.Value) error {
	next := 0
	return readMembers(d, func(name string) error {
		i, ok := findField(v.Type(), name, next)
		if !ok {
			return d.SkipValue()
		}
		next = i + 1
		if err := readValue(d, v.Field(i)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

func findField(t reflect.Type, name string, from int) (int, bool) {
	n := t.NumField()
	for step := range n {
		i := (from + step) % n
		if f := t.Field(i); f.Name == name && f.IsExported() {
			return i, true
		}
	}
	return 0, false
}

// readMembers calls read for each name of an object, before its value.
func readMembers(d *jsontext.Decoder, read func(name string) error) error {
	if err := expect(d, '{'); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := read(name.String()); err != nil {
			return err
		}
	}
	return expect(d, '}')
}

func expect(d *jsontext.Decoder, want jsontext.Kind) error {
	t, err := d.ReadToken()
	if err == nil && t.Kind() != want {
		err = fmt.Errorf("a %s where a %s is to be", t.Kind(), want)
	}
	return err
}

func readSlice(d *jsontext.Decoder, v reflect.Value) error {
	if is, err := null(d); is {
		return err
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return readBytes(d, v)
	}
	if err := expect(d, '['); err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	zero := reflect.Zero(v.Type().Elem())
	for i := 0; d.PeekKind() != ']'; i++ {
		v.Set(reflect.Append(v, zero))
		if err := readValue(d, v.Index(i)); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return expect(d, ']')
}

func readBytes(d *jsontext.Decoder, v reflect.Value) error {
	t, err := d.ReadToken()
	if err != nil {
		return err
	}
	data, err := base64.StdEncoding.DecodeString(t.String())
	v.SetBytes(data)
	return err
}

func readMap(d *jsontext.Decoder, v reflect.Value) error {
	if is, err := null(d); is {
		return err
	}
	v.Set(reflect.MakeMap(v.Type()))
	return readMembers(d, func(name string) error {
		value := reflect.New(v.Type().Elem()).Elem()
		if err := readValue(d, value); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
		v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), value)
		return nil
	})
}
