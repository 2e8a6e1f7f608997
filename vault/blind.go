package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"sync"
)

// blinder computes blind indexes: HMAC-SHA-256 under the index key, truncated.
type blinder struct{ pool sync.Pool }

// keyed is a hash that was given the key, with memory for its sums.
type keyed struct {
	hash hash.Hash
	in   []byte
	sum  [sha256.Size]byte
}

func newBlinder(index Key) *blinder {
	return &blinder{sync.Pool{New: func() any { return &keyed{hash: hmac.New(sha256.New, index[:])} }}}
}

// of hashes what k.in holds into k.sum.
func (k *keyed) of() {
	k.hash.Reset()
	_, _ = k.hash.Write(k.in) // a hash takes everything
	k.hash.Sum(k.sum[:0])
}

// blindSize is 128 bits: what is found by it is taken to be the same, such as a visit by its number, and among 10^12 values two have the same one
// with a probability below 10^-14.
const blindSize = 16

// Blind is the blind index of a value: 22 letters and digits. The same value of another kind, or within another scope (an organisation, whose
// numbers are its own), has another one.
func (r *Ring) Blind(kind, scope, value string) string {
	k := r.blind.pool.Get().(*keyed)
	k.in = append(append(append(append(append(k.in[:0], kind...), 0), scope...), 0), value...)
	k.of()
	text := base64.RawURLEncoding.EncodeToString(k.sum[:blindSize])
	r.blind.pool.Put(k)
	return text
}

// Blind64 is the blind index of a key of 64 bits, itself of 64 bits: what is found by it is compared afterwards, and two that share one cost time
// only.
func (r *Ring) Blind64(kind byte, key uint64) uint64 {
	k := r.blind.pool.Get().(*keyed)
	k.in = binary.BigEndian.AppendUint64(append(k.in[:0], 0, kind), key)
	k.of()
	sum := binary.BigEndian.Uint64(k.sum[:])
	r.blind.pool.Put(k)
	return sum
}
