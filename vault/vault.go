// Package vault answers: how is a value kept so that whoever has the database, its log or a backup cannot read it?
//
// A value is sealed with AES-256-GCM under a data key; the database holds data keys only as a master key wrapped them, and the master key is
// elsewhere ([Source]). Each sealed value names its data key, so that keys can be replaced while the service runs, and is bound to the column
// and the row where it stands, so that one value cannot take the place of another. What must be found again is looked up by its blind index:
// the same value has the same one under the same key, and nothing else can be learnt from it without the key.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Key is a key of 256 bits. It prints as nothing.
type Key [32]byte

// NewKey makes a random key.
func NewKey() (k Key) {
	_, _ = rand.Read(k[:]) // never fails: it ends the program instead
	return k
}

func (Key) String() string   { return "key" }
func (Key) GoString() string { return "key" }

// A sealed value is: magic (4), number of the data key (2), session (8), nonce (12), what GCM made (as long as the value, and 16).
const (
	magic     = "\x01ucS"
	atNumber  = len(magic)
	atSession = atNumber + 2
	atNonce   = atSession + sessionSize
	atText    = atNonce + nonceSize

	sessionSize = 8
	nonceSize   = 12
	tagSize     = 16

	// Overhead is how many bytes longer than the value the sealed one is.
	Overhead = atText + tagSize
)

// sealsOfSession is after how many values a ring derives another session key. NIST SP 800-38D §8.3 allows 2^32 values under one key with random
// nonces of 96 bits: then two nonces are the same with a probability of 2^-32. At 8,800 messages a second that were six days, and no node
// knows how many values the others sealed. So nobody seals with a data key itself: each process derives a key of its own from it and 8 random
// bytes, and another one after so many values. Nonces that count would be shorter, but a virtual machine that is set back to an earlier
// picture would count twice, and GCM with one nonce twice gives its authentication key away.
const sealsOfSession = 1 << 28

// mostSessions is how many session keys a ring remembers. There is one for each start of a process that sealed what is read.
const mostSessions = 4096

var (
	// ErrNotSealed is returned for bytes that Seal did not make.
	ErrNotSealed = errors.New("the value is not sealed")
	// ErrForged is returned for a value that was changed, or that stands where another one was sealed.
	ErrForged = errors.New("the value was changed since it was sealed, or stood in another place")
	// ErrNoKey is returned for a value whose data key the ring does not have.
	ErrNoKey = errors.New("the key that sealed the value is not held")
)

// Ring holds the keys of one database. Its methods may be called from any goroutine.
type Ring struct {
	blind *blinder

	mu       sync.RWMutex
	keys     map[uint16]Key
	newest   uint16
	sessions map[session]cipher.AEAD

	mine atomic.Pointer[mine]
	// more is asked for a data key that is not held: another node may have made it since.
	more func(number uint16) error
}

// session names a session key: the number of its data key, and the random bytes.
type session [2 + sessionSize]byte

// mine is the session key that this process seals with.
type mine struct {
	name session
	aead cipher.AEAD
	left atomic.Int64
}

// NewRing makes a ring without data keys. The index key is that of the blind indexes. more is called when a value names a data key that is not
// held, and adds it if it can; it may be nil.
func NewRing(index Key, more func(number uint16) error) *Ring {
	return &Ring{blind: newBlinder(index), keys: map[uint16]Key{}, sessions: map[session]cipher.AEAD{}, more: more}
}

// Add gives the ring a data key. What is sealed from now on is sealed with the one that has the greatest number.
func (r *Ring) Add(number uint16, key Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys[number] = key
	if number >= r.newest {
		r.newest = number
		r.mine.Store(nil)
	}
}

// Newest is the number of the data key that seals; 0 if there is none.
func (r *Ring) Newest() uint16 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.newest
}

// Holds tells whether the ring has a data key.
func (r *Ring) Holds(number uint16) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	_, ok := r.keys[number]
	return ok
}

// Place is where a sealed value stands: a column, as TABLE.COLUMN, and the row's own name in its table.
type Place struct{ Column, Row string }

// bound writes the place as the additional data of GCM. Columns hold no NUL, so no two places look the same.
func (p Place) bound(to []byte) []byte {
	return append(append(append(to, p.Column...), 0), p.Row...)
}

// scratch is memory for additional data: what is handed to an interface would be allocated each time.
var scratch = sync.Pool{New: func() any { b := make([]byte, 0, 128); return &b }}

// Seal appends the sealed value to to. It panics if the ring has no data key.
func (r *Ring) Seal(to, value []byte, at Place) []byte {
	m := r.sealing()
	start := len(to)
	to = append(append(to, magic...), m.name[:]...)
	to = append(to, make([]byte, nonceSize)...)
	nonce := to[start+atNonce : start+atText]
	_, _ = rand.Read(nonce) // never fails: it ends the program instead
	ad := scratch.Get().(*[]byte)
	*ad = at.bound((*ad)[:0])
	to = m.aead.Seal(to, nonce, value, *ad)
	scratch.Put(ad)
	return to
}

// sealing is the session key to seal one more value with.
func (r *Ring) sealing() *mine {
	if m := r.mine.Load(); m != nil && m.left.Add(-1) >= 0 {
		return m
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.mine.Load(); m != nil && m.left.Add(-1) >= 0 {
		return m
	}
	key, ok := r.keys[r.newest]
	if !ok {
		panic("vault: a ring without a key seals nothing")
	}
	m := &mine{}
	binary.BigEndian.PutUint16(m.name[:], r.newest)
	_, _ = rand.Read(m.name[2:])
	m.aead = key.derive(m.name)
	m.left.Store(sealsOfSession - 1)
	r.remember(m.name, m.aead)
	r.mine.Store(m)
	return m
}

// derive makes the session key: HKDF (RFC 5869) with SHA-256, the random bytes its salt.
func (k Key) derive(name session) cipher.AEAD {
	derived, err := hkdf.Key(sha256.New, k[:], name[2:], "ucpalert session", len(k))
	if err != nil {
		panic(err) // cannot be: the length is right
	}
	return newAEAD(Key(derived))
}

func newAEAD(k Key) cipher.AEAD {
	block, err := aes.NewCipher(k[:])
	if err != nil {
		panic(err) // cannot be: the length is right
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // cannot be: AES has the right block
	}
	return aead
}

// remember keeps a session key; r.mu is held.
func (r *Ring) remember(name session, aead cipher.AEAD) {
	if len(r.sessions) >= mostSessions {
		clear(r.sessions)
	}
	r.sessions[name] = aead
}

// KeyOf tells which data key sealed a value; false if it is not sealed.
func KeyOf(sealed []byte) (number uint16, ok bool) {
	if len(sealed) < Overhead || string(sealed[:atNumber]) != magic {
		return 0, false
	}
	return binary.BigEndian.Uint16(sealed[atNumber:]), true
}

// Open appends the value to to. Errors: ErrNotSealed, ErrForged, ErrNoKey, and what asking for more keys ended with.
func (r *Ring) Open(to, sealed []byte, at Place) ([]byte, error) {
	number, ok := KeyOf(sealed)
	if !ok {
		return to, ErrNotSealed
	}
	aead, err := r.opening(number, session(sealed[atNumber:atNonce]))
	if err != nil {
		return to, err
	}
	ad := scratch.Get().(*[]byte)
	*ad = at.bound((*ad)[:0])
	opened, err := aead.Open(to, sealed[atNonce:atText], sealed[atText:], *ad)
	scratch.Put(ad)
	if err != nil {
		return to, ErrForged
	}
	return opened, nil
}

// opening is the session key that sealed a value.
func (r *Ring) opening(number uint16, name session) (cipher.AEAD, error) {
	r.mu.RLock()
	aead, ok := r.sessions[name]
	r.mu.RUnlock()
	if ok {
		return aead, nil
	}
	if !r.Holds(number) && r.more != nil {
		if err := r.more(number); err != nil {
			return nil, fmt.Errorf("look for key %d: %w", number, err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key, ok := r.keys[number]
	if !ok {
		return nil, fmt.Errorf("key %d: %w", number, ErrNoKey)
	}
	aead = key.derive(name)
	r.remember(name, aead)
	return aead, nil
}
