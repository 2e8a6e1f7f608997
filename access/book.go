package access

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// Token is the SHA-256 of a bearer token; the token itself is never kept.
type Token [sha256.Size]byte

// HashToken hashes a bearer token.
func HashToken(bearer string) Token { return sha256.Sum256([]byte(bearer)) }

// ParseToken reads the SHA-256 of a token in hexadecimal, as the configuration holds it.
func ParseToken(s string) (Token, error) {
	b, err := hex.DecodeString(strings.TrimSpace(s))
	if err != nil || len(b) != sha256.Size {
		return Token{}, errors.New("a token's SHA-256 is written in 64 hexadecimal digits")
	}
	return Token(b), nil
}

// Book knows accounts by their tokens.
type Book struct {
	accounts map[Token]Account
	// issued knows the tokens that the service itself gave out; may be nil. Only systems have them.
	issued func(bearer string) (Account, bool)
	// systems are the accounts that such tokens may be of.
	systems []Account
}

// NewBook makes a book.
func NewBook(accounts map[Token]Account) Book { return Book{accounts: accounts} }

// Somebody tells whether anybody in the book may do an action to an object.
func (b Book) Somebody(do Action, to Object) bool {
	for _, a := range b.accounts {
		if May(a, do, to) == nil {
			return true
		}
	}
	return slices.ContainsFunc(b.systems, func(a Account) bool { return May(a, do, to) == nil })
}

// WithSystems is the book with accounts of systems, whose tokens find knows.
func (b Book) WithSystems(systems []Account, find func(bearer string) (Account, bool)) Book {
	b.systems, b.issued = systems, find
	return b
}

// Find returns the account of a bearer token. The look-up is by hash, so its time tells nothing about how much of a token was right.
func (b Book) Find(bearer string) (Account, bool) {
	if bearer == "" {
		return Account{}, false
	}
	if a, ok := b.accounts[HashToken(bearer)]; ok || b.issued == nil {
		return a, ok
	}
	return b.issued(bearer)
}
