package oidc

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"regexp"
)

// Why says in a word why somebody who came from a provider was not let in. The page of signing in has a sentence for each.
type Why string

// The reasons.
const (
	// Down: the provider does not answer.
	Down Why = "down"
	// Stale: the sign-in is not one that this browser began lately.
	Stale Why = "stale"
	// Denied: the provider did not let them in, or they turned back.
	Denied Why = "denied"
	// Untrue: what came is not the provider's word for this sign-in.
	Untrue Why = "untrue"
	// Weak: they proved who they are by less than is demanded, or too long ago.
	Weak Why = "weak"
	// NoRole: no rule gives them a role here.
	NoRole Why = "no-role"
)

// Refusal is why somebody was not let in. Its words are for the journal and the log; they hold nothing that says who the person is.
type Refusal struct {
	Why   Why
	words string
	cause error
}

func refuse(why Why, words string, cause error) error { return Refusal{why, words, cause} }

// Reason is what the journal may say.
func (r Refusal) Reason() string { return r.words }

func (r Refusal) Error() string {
	if r.cause == nil {
		return r.words
	}
	return fmt.Sprintf("%s: %s", r.words, r.cause)
}

// Unwrap is what lies beneath.
func (r Refusal) Unwrap() error { return r.cause }

var nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,30}$`)

var codeShape = regexp.MustCompile(`^[a-z_]{1,40}$`)

// plainCode is an error code of OAuth (RFC 6749 §5.2), fit for a journal.
func plainCode(s string) string {
	if codeShape.MatchString(s) {
		return s
	}
	return "something else"
}

// random is 256 bits that nobody guesses.
func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails (Go 1.24)
	return base64.RawURLEncoding.EncodeToString(b)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
