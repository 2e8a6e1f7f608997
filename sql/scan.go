package sql

import (
	stdsql "database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"math"
	"reflect"
	"time"
)

// scanner writes the rows of one statement into values of one type. Reads and writes on both engines go through it, so that a row
// looks the same whichever way it came.
type scanner struct {
	single  bool // the row is one column, the value itself
	columns []scannedField
}

type scannedField struct {
	name   string
	index  []int
	decode decoder
	sealed bool // it is to be opened with the ring
}

// decoder writes what a driver gave into a settable Go value.
type decoder func(into reflect.Value, from driver.Value) error

var scannerType = reflect.TypeFor[stdsql.Scanner]()

// one writes the first row into dest, a pointer, and closes rows. Without a row it is ErrNoRows. What is sealed is opened later, with the ring.
func (st *Statement) one(ring *keyring, dest any, rows driver.Rows) (err error) {
	defer func() { err = closing(rows, err) }()
	into := reflect.ValueOf(dest)
	if into.Kind() != reflect.Pointer || into.IsNil() {
		return ownf("the destination is a %T, not a pointer", dest)
	}
	s, row, err := st.scanner(into.Type().Elem(), rows)
	if err != nil {
		return err
	}
	if err := rows.Next(row); err != nil {
		if errors.Is(err, io.EOF) {
			return ErrNoRows
		}
		return err
	}
	return s.scan(ring, into.Elem(), row)
}

// all sets dest, a pointer to a slice, to a new slice of all rows, nil if there are none, and closes rows.
func (st *Statement) all(ring *keyring, dest any, rows driver.Rows) (err error) {
	defer func() { err = closing(rows, err) }()
	into := reflect.ValueOf(dest)
	if into.Kind() != reflect.Pointer || into.IsNil() || into.Type().Elem().Kind() != reflect.Slice {
		return ownf("the destination is a %T, not a pointer to a slice", dest)
	}
	slice := into.Elem()
	elem := slice.Type().Elem()
	pointers := elem.Kind() == reflect.Pointer && !elem.Implements(scannerType)
	if pointers {
		elem = elem.Elem()
	}
	s, row, err := st.scanner(elem, rows)
	if err != nil {
		return err
	}
	out := reflect.Zero(slice.Type()) // not the old array: somebody may still hold it
	for n := 0; ; n++ {
		if err := rows.Next(row); err != nil {
			if !errors.Is(err, io.EOF) {
				return err
			}
			slice.Set(out)
			return nil
		}
		out = reflect.Append(out, reflect.Zero(slice.Type().Elem()))
		v := out.Index(n)
		if pointers {
			v.Set(reflect.New(elem))
			v = v.Elem()
		}
		if err := s.scan(ring, v, row); err != nil {
			return err
		}
	}
}

// each writes the rows into dest, a pointer, in turn, calls take after each, and closes rows. It ends with take's error, as it is.
func (st *Statement) each(ring *keyring, dest any, rows driver.Rows, take func() error) (err error) {
	defer func() { err = closing(rows, err) }()
	into := reflect.ValueOf(dest).Elem()
	s, row, err := st.scanner(into.Type(), rows)
	if err != nil {
		return readError(st, err)
	}
	for {
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return readError(st, err)
		}
		if err := s.scan(ring, into, row); err != nil {
			return readError(st, err)
		}
		if err := take(); err != nil {
			return err
		}
	}
}

// closing closes rows and returns err, with the error of closing if there is one.
func closing(rows driver.Rows, err error) error {
	if failed := rows.Close(); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// scanner is how rows fill a value of type t, and a row to read into.
func (st *Statement) scanner(t reflect.Type, rows driver.Rows) (*scanner, []driver.Value, error) {
	names := rows.Columns()
	if known, ok := st.scanners.Load(t); ok {
		if s := known.(*scanner); s.fits(names) {
			return s, make([]driver.Value, len(names)), nil
		}
	}
	s := &scanner{}
	if scalar(t) {
		if len(names) != 1 {
			return nil, nil, ownf("%d columns for one %s", len(names), t)
		}
		s.single = true
		s.columns = []scannedField{{name: names[0], decode: decoderOf(t)}}
	} else {
		fields := mapper.TypeMap(t).Names
		for _, name := range names {
			field, ok := fields[name]
			if !ok {
				return nil, nil, ownf("%s has no field for the column %s", t, name)
			}
			s.columns = append(s.columns, scannedField{name, field.Index, decoderOf(field.Field.Type), reflect.PointerTo(field.Field.Type).Implements(openableType)})
		}
	}
	st.scanners.Store(t, s)
	return s, make([]driver.Value, len(names)), nil
}

// scalar says whether t takes one column rather than a row.
func scalar(t reflect.Type) bool {
	return t.Kind() != reflect.Struct || t == timeType || reflect.PointerTo(t).Implements(scannerType)
}

func (s *scanner) fits(names []string) bool {
	if len(names) != len(s.columns) {
		return false
	}
	for i := range names {
		if names[i] != s.columns[i].name {
			return false
		}
	}
	return true
}

func (s *scanner) scan(ring *keyring, into reflect.Value, row []driver.Value) error {
	for i := range s.columns {
		field := &s.columns[i]
		target := into
		for _, n := range field.index {
			if target.Kind() == reflect.Pointer {
				if target.IsNil() {
					target.Set(reflect.New(target.Type().Elem()))
				}
				target = target.Elem()
			}
			target = target.Field(n)
		}
		if err := field.decode(target, row[i]); err != nil {
			return ownf("column %s: %s", field.name, err)
		}
		if field.sealed {
			target.Addr().Interface().(openable).with(ring)
		}
	}
	return nil
}

func decoderOf(t reflect.Type) decoder {
	if reflect.PointerTo(t).Implements(scannerType) {
		return decodeScanner
	}
	if t == timeType {
		return decodeTime
	}
	switch t.Kind() {
	case reflect.Pointer:
		return decodePointer(t)
	case reflect.String:
		return decodeString
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return decodeInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return decodeUint
	case reflect.Bool:
		return decodeBool
	case reflect.Float32, reflect.Float64:
		return decodeFloat
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return decodeBytes
		}
	case reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return decodeByteArray
		}
	}
	return func(into reflect.Value, _ driver.Value) error {
		return ownf("nothing can be read into a %s", into.Type())
	}
}

func mismatch(into reflect.Value, from driver.Value) error {
	if from == nil {
		return ownf("it is NULL, and a %s cannot be", into.Type())
	}
	return ownf("it is a %T, and does not fit a %s", from, into.Type())
}

func decodeScanner(into reflect.Value, from driver.Value) error {
	if err := into.Addr().Interface().(stdsql.Scanner).Scan(from); err != nil {
		return ownf("a %s does not take this %T", into.Type(), from) // the reason may quote the value
	}
	return nil
}

// decodeTime reads microseconds since 1970; NULL is the zero time.
func decodeTime(into reflect.Value, from driver.Value) error {
	switch v := from.(type) {
	case nil:
		into.SetZero()
	case int64:
		into.Set(reflect.ValueOf(time.UnixMicro(v).UTC()))
	default:
		return mismatch(into, from)
	}
	return nil
}

func decodePointer(t reflect.Type) decoder {
	inner := decoderOf(t.Elem())
	return func(into reflect.Value, from driver.Value) error {
		if from == nil {
			into.SetZero()
			return nil
		}
		into.Set(reflect.New(t.Elem()))
		return inner(into.Elem(), from)
	}
}

func decodeString(into reflect.Value, from driver.Value) error {
	switch v := from.(type) {
	case string:
		into.SetString(v)
	case []byte:
		into.SetString(string(v))
	default:
		return mismatch(into, from)
	}
	return nil
}

func decodeInt(into reflect.Value, from driver.Value) error {
	v, ok := from.(int64)
	if !ok || into.OverflowInt(v) {
		return mismatch(into, from)
	}
	into.SetInt(v)
	return nil
}

func decodeUint(into reflect.Value, from driver.Value) error {
	v, ok := from.(int64)
	if !ok || v < 0 || into.OverflowUint(uint64(v)) {
		return mismatch(into, from)
	}
	into.SetUint(uint64(v))
	return nil
}

// decodeBool takes 0 and 1 too: to SQLite the result of a comparison is a number.
func decodeBool(into reflect.Value, from driver.Value) error {
	switch v := from.(type) {
	case bool:
		into.SetBool(v)
	case int64:
		if v != 0 && v != 1 {
			return mismatch(into, from)
		}
		into.SetBool(v == 1)
	default:
		return mismatch(into, from)
	}
	return nil
}

func decodeFloat(into reflect.Value, from driver.Value) error {
	switch v := from.(type) {
	case float64:
		into.SetFloat(v)
	case int64:
		if v > 1<<53 || v < -(1<<53) {
			return mismatch(into, from)
		}
		into.SetFloat(float64(v))
	default:
		return mismatch(into, from)
	}
	if math.IsInf(into.Float(), 0) {
		return mismatch(into, from)
	}
	return nil
}

// decodeBytes gives bytes that belong to the caller; NULL is nil.
func decodeBytes(into reflect.Value, from driver.Value) error {
	switch v := from.(type) {
	case nil:
		into.SetZero()
	case []byte:
		into.SetBytes(v)
	case string:
		into.SetBytes([]byte(v))
	default:
		return mismatch(into, from)
	}
	return nil
}

func decodeByteArray(into reflect.Value, from driver.Value) error {
	v, ok := from.([]byte)
	if !ok || len(v) != into.Len() {
		return mismatch(into, from)
	}
	reflect.Copy(into, reflect.ValueOf(v))
	return nil
}
