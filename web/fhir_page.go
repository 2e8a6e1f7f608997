package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
)

// pageState is where a client is in a history or a search. It travels in the address of the next page, sealed: what was searched for may
// be an NHS number, which stands in no address, and a client can only go on from where it was sent.
type pageState struct {
	// Of is the address that the page belongs to, and Centre whose plans it lists.
	Of     string `json:"o"`
	Centre string `json:"c"`
	// Parameters are what the first page was asked for.
	Parameters url.Values `json:"q"`
	// Position is the place of the last version of the page before; 0 begins.
	Position int64 `json:"p"`
	// Epoch is the database that the position belongs to.
	Epoch string `json:"e"`
}

// pager seals and opens the states of pages.
type pager struct{ aead cipher.AEAD }

// newPager makes a pager with a key of 32 bytes; without one, it makes a key, and its pages end with the process.
func newPager(key []byte) (pager, error) {
	if key == nil {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails: it ends the program instead
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return pager{}, fmt.Errorf("seal pages: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return pager{}, fmt.Errorf("seal pages: %w", err)
	}
	return pager{aead}, nil
}

func (p pager) seal(state pageState) string {
	text, err := json.Marshal(state)
	if err != nil {
		panic(err) // texts and numbers can always be written
	}
	nonce := make([]byte, p.aead.NonceSize(), p.aead.NonceSize()+len(text)+p.aead.Overhead())
	_, _ = rand.Read(nonce) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(p.aead.Seal(nonce, nonce, text, nil))
}

// open gives back what was sealed. Whatever was not, or belongs to another address, centre or epoch, is no page any more.
func (p pager) open(token string, at pageState) (pageState, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(sealed) < p.aead.NonceSize() {
		return pageState{}, errNoPage
	}
	text, err := p.aead.Open(nil, sealed[:p.aead.NonceSize()], sealed[p.aead.NonceSize():], nil)
	if err != nil {
		return pageState{}, errNoPage
	}
	var state pageState
	if err := json.Unmarshal(text, &state); err != nil || state.Of != at.Of || state.Centre != at.Centre || state.Epoch != at.Epoch {
		return pageState{}, errNoPage
	}
	return state, nil
}
