package journal

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Head is a statement, signed and kept elsewhere, that the journal had come to an entry. Whoever can write to the database can write the whole
// chain anew, or cut its end off; what they cannot change is what was signed.
type Head struct {
	Epoch  string
	Number int64
	// Hash is that of the entry with that number.
	Hash [32]byte
	// Time is when it was signed, in UTC.
	Time time.Time
	// Signature is Ed25519 (RFC 8032) over all of this.
	Signature []byte
}

// writtenHead is a head as a line of JSON.
type writtenHead struct {
	Epoch     string    `json:"epoch"`
	Number    int64     `json:"number"`
	Hash      string    `json:"hash"`
	Time      time.Time `json:"time"`
	Signature []byte    `json:"signature"`
}

// message is what is signed: one way to write it only.
func (h Head) message() []byte {
	text := "ucpalert journal head 1\n" + h.Epoch + "\n" + strconv.FormatInt(h.Number, 10) + "\n" + hex.EncodeToString(h.Hash[:]) + "\n" + h.Time.UTC().Format(time.RFC3339Nano) + "\n"
	return []byte(text)
}

// Sign signs a head.
func (h Head) Sign(key ed25519.PrivateKey) Head {
	h.Time = h.Time.UTC()
	h.Signature = ed25519.Sign(key, h.message())
	return h
}

// Holds tells whether a head was signed with the private half of a key.
func (h Head) Holds(key ed25519.PublicKey) bool { return ed25519.Verify(key, h.message(), h.Signature) }

// Line is a head as one line of JSON, with its end.
func (h Head) Line() []byte {
	b, err := json.Marshal(writtenHead{h.Epoch, h.Number, hex.EncodeToString(h.Hash[:]), h.Time.UTC(), h.Signature})
	if err != nil {
		panic(err) // cannot be: it is made of strings, a number and an instant of our years
	}
	return append(b, '\n')
}

// ErrHeads is returned for signed heads that do not hold.
var ErrHeads = errors.New("the signed heads do not hold")

// mostHead is the longest line of a head, in bytes.
const mostHead = 4 << 10

// ReadHeads reads lines of heads, every one of which must have been signed with the private half of a key. A last line without its end is one
// whose writing was cut short, and is left out.
func ReadHeads(from io.Reader, key ed25519.PublicKey) ([]Head, error) {
	var heads []Head
	lines := bufio.NewReaderSize(from, mostHead)
	for n := 1; ; n++ {
		line, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return heads, nil
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("%w: line %d is no head", ErrHeads, n)
		case err != nil:
			return nil, fmt.Errorf("read the signed heads: %w", err)
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		h, err := readHead(line)
		if err != nil || !h.Holds(key) {
			return nil, fmt.Errorf("%w: line %d was not signed with this key", ErrHeads, n)
		}
		heads = append(heads, h)
	}
}

func readHead(line []byte) (Head, error) {
	var w writtenHead
	if err := json.Unmarshal(line, &w); err != nil {
		return Head{}, err
	}
	hash, err := hex.DecodeString(w.Hash)
	if err != nil || len(hash) != 32 {
		return Head{}, errors.New("a hash has 64 hexadecimal digits")
	}
	return Head{w.Epoch, w.Number, [32]byte(hash), w.Time, w.Signature}, nil
}
