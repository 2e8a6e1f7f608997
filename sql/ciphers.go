package sql

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"

	"github.com/ucpalert/ucpalert/vault"
)

// errNoKey is for what is sealed in a database that was opened without its key.
const errNoKey = ownError("it is sealed, and the database was opened without its key")

// openable is a value that is opened with the keys of the database that it was read from.
type openable interface{ with(ring *keyring) }

var (
	openableType    = reflect.TypeFor[openable]()
	cipherBytesType = reflect.TypeFor[cipherBytes]()
	cipherTextType  = reflect.TypeFor[cipherText]()
)

// cipherBytes is a column of bytes that is sealed. One that was written before is read as it is.
type cipherBytes struct {
	stored []byte
	ring   *keyring
}

func (c *cipherBytes) with(ring *keyring) { c.ring = ring }

// Scan takes what the driver gave; NULL is nothing.
func (c *cipherBytes) Scan(from any) error {
	switch v := from.(type) {
	case nil:
		c.stored = nil
	case []byte:
		c.stored = v
	case string:
		c.stored = []byte(v)
	default:
		return ownf("it is a %T, not bytes", from)
	}
	return nil
}

// open is the value, of a column (TABLE.COLUMN) of a row.
func (c *cipherBytes) open(column, row string) ([]byte, error) {
	if _, ok := vault.KeyOf(c.stored); !ok {
		return c.stored, nil
	}
	if c.ring == nil {
		return nil, errNoKey
	}
	value, err := c.ring.Open(nil, c.stored, vault.Place{Column: column, Row: row})
	if err != nil {
		return nil, fmt.Errorf("open %s of %s: %w", column, row, err)
	}
	return value, nil
}

// sealBytes is the value as it stands in the database. Nothing stays nothing.
func (r *keyring) sealBytes(column, row string, value []byte) cipherBytes {
	if len(value) == 0 {
		return cipherBytes{stored: value, ring: r}
	}
	return cipherBytes{r.Seal(make([]byte, 0, len(value)+vault.Overhead), value, vault.Place{Column: column, Row: row}), r}
}

// current tells whether the value is sealed with the newest key, or there is nothing to seal.
func (c *cipherBytes) current() bool {
	number, ok := vault.KeyOf(c.stored)
	return len(c.stored) == 0 || ok && number == c.ring.Newest()
}

// cipherText is a column of text that is sealed: "\x01sealed:" and base64. One that was written before is read as it is.
type cipherText struct {
	stored string
	ring   *keyring
}

const sealedText = "\x01sealed:"

func (c *cipherText) with(ring *keyring) { c.ring = ring }

// Scan takes what the driver gave.
func (c *cipherText) Scan(from any) error {
	switch v := from.(type) {
	case string:
		c.stored = v
	case []byte:
		c.stored = string(v)
	default:
		return ownf("it is a %T, not text", from)
	}
	return nil
}

// open is the value, of a column (TABLE.COLUMN) of a row.
func (c *cipherText) open(column, row string) (string, error) {
	in, ok := strings.CutPrefix(c.stored, sealedText)
	if !ok {
		return c.stored, nil
	}
	bytes, err := base64.RawStdEncoding.DecodeString(in)
	if err != nil {
		return "", fmt.Errorf("open %s of %s: %w", column, row, vault.ErrForged)
	}
	if c.ring == nil {
		return "", errNoKey
	}
	value, err := c.ring.Open(nil, bytes, vault.Place{Column: column, Row: row})
	if err != nil {
		return "", fmt.Errorf("open %s of %s: %w", column, row, err)
	}
	return string(value), nil
}

// sealText is the value as it stands in the database. Nothing stays nothing.
func (r *keyring) sealText(column, row, value string) cipherText {
	if value == "" {
		return cipherText{ring: r}
	}
	bytes := r.Seal(make([]byte, 0, len(value)+vault.Overhead), []byte(value), vault.Place{Column: column, Row: row})
	return cipherText{sealedText + base64.RawStdEncoding.EncodeToString(bytes), r}
}

// current tells whether the value is sealed with the newest key, or there is nothing to seal.
func (c *cipherText) current() bool {
	in, ok := strings.CutPrefix(c.stored, sealedText)
	if !ok {
		return c.stored == ""
	}
	bytes, err := base64.RawStdEncoding.DecodeString(in)
	number, sealed := vault.KeyOf(bytes)
	return err == nil && sealed && number == c.ring.Newest()
}
