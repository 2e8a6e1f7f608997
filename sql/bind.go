package sql

import (
	"database/sql/driver"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx/reflectx"
)

// mapper finds the fields of a struct by their `db` tag, else by their name in lower case, as sqlx does.
var mapper = reflectx.NewMapperFunc("db", strings.ToLower)

// binder takes the values of one statement's parameters from one type of struct.
type binder struct {
	fields []boundField
}

type boundField struct {
	index  []int
	encode encoder
}

// encoder makes of a Go value what a driver takes.
type encoder func(reflect.Value) (driver.Value, error)

// bind appends the values of st's parameters, in order, to into. Args are nil, an [Args], a struct or a pointer to one. Instants become
// microseconds since 1970 UTC, the zero instant NULL.
func (st *Statement) bind(d dialect, args any, into []driver.NamedValue) ([]driver.NamedValue, error) {
	params := st.compiled[d].params
	if args == nil {
		if len(params) > 0 {
			return nil, ownf("no value for :%s", params[0])
		}
		return into, nil
	}
	if named, ok := args.(Args); ok {
		return bindArgs(params, named, into)
	}
	v := reflect.ValueOf(args)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil, ownf("values come from sql.Args or a struct, not from a %T", args)
	}
	b, err := st.binder(d, v.Type())
	if err != nil {
		return nil, err
	}
	for i := range b.fields {
		value, err := b.fields[i].take(v)
		if err != nil {
			return nil, ownf("value for :%s: %s", params[i], err)
		}
		into = append(into, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	return into, nil
}

func bindArgs(params []string, args Args, into []driver.NamedValue) ([]driver.NamedValue, error) {
	for i, name := range params {
		arg, ok := args[name]
		if !ok {
			return nil, ownf("no value for :%s", name)
		}
		value, err := encode(arg)
		if err != nil {
			return nil, ownf("value for :%s: %s", name, err)
		}
		into = append(into, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	if len(args) > len(params) {
		for name := range args {
			if !slices.Contains(params, name) {
				return nil, ownf("there is no parameter :%s", name)
			}
		}
	}
	return into, nil
}

func (st *Statement) binder(d dialect, t reflect.Type) (*binder, error) {
	if b, ok := st.binders[d].Load(t); ok {
		return b.(*binder), nil
	}
	names := mapper.TypeMap(t).Names
	b := &binder{}
	for _, name := range st.compiled[d].params {
		field, ok := names[name]
		if !ok {
			return nil, ownf("no value for :%s in %s", name, t)
		}
		b.fields = append(b.fields, boundField{field.Index, encoderOf(field.Field.Type)})
	}
	st.binders[d].Store(t, b)
	return b, nil
}

// take finds the field; below an embedded pointer that is nil it is NULL.
func (f *boundField) take(v reflect.Value) (driver.Value, error) {
	for _, i := range f.index {
		for v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return nil, nil
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return f.encode(v)
}

// encode makes of one Go value what a driver takes; the usual types need no reflection.
func encode(arg any) (driver.Value, error) {
	switch v := arg.(type) {
	case nil, int64, string, bool, float64, []byte:
		return v, nil
	case int:
		return int64(v), nil
	case time.Time:
		return micros(v), nil
	}
	v := reflect.ValueOf(arg)
	return encoderOf(v.Type())(v)
}

// micros is an instant as it is stored: microseconds since 1970 UTC, the zero time NULL.
func micros(t time.Time) driver.Value {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

var (
	valuerType = reflect.TypeFor[driver.Valuer]()
	timeType   = reflect.TypeFor[time.Time]()
)

func encoderOf(t reflect.Type) encoder {
	if t == timeType {
		return func(v reflect.Value) (driver.Value, error) { return micros(v.Interface().(time.Time)), nil }
	}
	switch t {
	case cipherBytesType:
		return func(v reflect.Value) (driver.Value, error) { return encodeBytes(v.Field(0)) }
	case cipherTextType:
		return func(v reflect.Value) (driver.Value, error) { return v.Field(0).String(), nil }
	}
	if t.Implements(valuerType) {
		return encodeValuer
	}
	switch t.Kind() {
	case reflect.String:
		return func(v reflect.Value) (driver.Value, error) { return v.String(), nil }
	case reflect.Bool:
		return func(v reflect.Value) (driver.Value, error) { return v.Bool(), nil }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(v reflect.Value) (driver.Value, error) { return v.Int(), nil }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return encodeUint
	case reflect.Float32, reflect.Float64:
		return func(v reflect.Value) (driver.Value, error) { return v.Float(), nil }
	case reflect.Pointer:
		return encodePointer(t)
	case reflect.Interface:
		return func(v reflect.Value) (driver.Value, error) { return encode(v.Interface()) }
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return encodeBytes
		}
	case reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return encodeByteArray
		}
	}
	return func(reflect.Value) (driver.Value, error) { return nil, ownf("a %s cannot be stored", t) }
}

func encodeUint(v reflect.Value) (driver.Value, error) {
	if v.Uint() > math.MaxInt64 {
		return nil, ownf("a number over %d cannot be stored", int64(math.MaxInt64))
	}
	return int64(v.Uint()), nil
}

func encodePointer(t reflect.Type) encoder {
	inner := encoderOf(t.Elem())
	return func(v reflect.Value) (driver.Value, error) {
		if v.IsNil() {
			return nil, nil
		}
		return inner(v.Elem())
	}
}

// encodeBytes keeps the difference between nil, which is NULL, and empty.
func encodeBytes(v reflect.Value) (driver.Value, error) {
	if v.IsNil() {
		return nil, nil
	}
	return v.Bytes(), nil
}

// encodeByteArray is for hashes and the like, [32]byte.
func encodeByteArray(v reflect.Value) (driver.Value, error) {
	b := make([]byte, v.Len())
	reflect.Copy(reflect.ValueOf(b), v)
	return b, nil
}

func encodeValuer(v reflect.Value) (driver.Value, error) {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil
	}
	value, err := v.Interface().(driver.Valuer).Value()
	if err != nil {
		return nil, ownf("a %s does not say how it is stored", v.Type())
	}
	if t, ok := value.(time.Time); ok {
		return micros(t), nil
	}
	return value, nil
}
