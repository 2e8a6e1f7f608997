package smart

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// algorithms are those that an assertion may be signed with: the two that SMART requires, and RS512. No symmetric one is among them, so a
// public key is never taken for a shared secret, and "none" is not either.
var algorithms = []jose.SignatureAlgorithm{jose.RS384, jose.RS512, jose.ES384}

// Algorithms are the names of the algorithms that an assertion may be signed with (RFC 7518 §3.1).
func Algorithms() []string {
	var names []string
	for _, a := range algorithms {
		names = append(names, string(a))
	}
	return names
}

// claims are what an assertion says (RFC 7523 §3). Instants are seconds since 1970, possibly with a fraction (RFC 7519 §2).
type claims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  audience `json:"aud"`
	ID        string   `json:"jti"`
	Expires   *float64 `json:"exp"`
	NotBefore *float64 `json:"nbf"`
	IssuedAt  *float64 `json:"iat"`
}

// audience is one string, or a list of them (RFC 7519 §4.1.3).
type audience []string

func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}

// ends is the instant after which the assertion is refused because of its age.
func (c claims) ends() time.Time { return instant(*c.Expires) }

func instant(seconds float64) time.Time {
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC()
}

// authenticate finds the client whose assertion it is, and what it says. Nothing of it is believed before the signature holds, except which
// client's keys to try.
func (i *Issuer) authenticate(ctx context.Context, assertion string) (Client, claims, error) {
	refuse := func(client, words string) (Client, claims, error) {
		return Client{}, claims{}, Fault{"invalid_client", words, client}
	}
	if len(assertion) > mostAssertion {
		return refuse("", "the assertion is longer than 16 KB")
	}
	signed, err := jose.ParseSignedCompact(assertion, algorithms)
	if err != nil {
		return refuse("", "the assertion is not a JWT signed with RS384, RS512 or ES384")
	}
	var said claims
	if json.Unmarshal(signed.UnsafePayloadWithoutVerification(), &said) != nil {
		return refuse("", "the assertion's claims cannot be read")
	}
	c, known := i.clients[said.Subject]
	if !known || said.Issuer != said.Subject {
		return refuse("", "iss and sub must both be the id of a registered client")
	}
	header := signed.Signatures[0].Protected
	if header.KeyID == "" {
		return refuse(c.ID, "the assertion's header names no kid")
	}
	if jku, given := header.ExtraHeaders["jku"]; given && (c.Keys.url == "" || jku != c.Keys.url) {
		return refuse(c.ID, "the assertion's jku is not the registered address of the client's keys")
	}
	keys, err := c.Keys.named(ctx, header.KeyID, jose.SignatureAlgorithm(header.Algorithm), i.Now())
	switch {
	case errors.Is(err, errNoKey):
		return refuse(c.ID, "the client has no key with this kid for this algorithm")
	case err != nil:
		return refuse(c.ID, "the client's keys cannot be had just now")
	}
	verified := false
	for _, key := range keys {
		if _, err := signed.Verify(key.Key); err == nil {
			verified = true
			break
		}
	}
	if !verified {
		return refuse(c.ID, "the signature does not fit the client's key")
	}
	if words := i.judge(said); words != "" {
		return refuse(c.ID, words)
	}
	// Only ids are kept, and all of one length.
	sum := sha256.Sum256([]byte(said.ID))
	said.ID = hex.EncodeToString(sum[:])
	return c, said, nil
}

// judge says what is wrong with the claims of an assertion whose signature holds; nothing, if nothing is.
func (i *Issuer) judge(said claims) string {
	now := i.Now()
	early := func(at *float64) bool { return at != nil && instant(*at).After(now.Add(skew)) }
	switch {
	case len(said.Audience) != 1 || said.Audience[0] != i.Endpoint:
		return "aud must be the address of this token endpoint, and nothing else"
	case said.ID == "" || len(said.ID) > 1000:
		return "the assertion needs a jti"
	case said.Expires == nil || !sane(said.Expires) || !sane(said.NotBefore) || !sane(said.IssuedAt):
		return "the assertion needs an exp, and its instants must be seconds since 1970"
	case !said.ends().After(now):
		return "the assertion has expired"
	case said.ends().After(now.Add(longestLife + skew)):
		return "exp must be at most five minutes in the future"
	case early(said.NotBefore) || early(said.IssuedAt):
		return "the assertion is of the future: is the client's clock right?"
	}
	return ""
}

// sane tells whether a number can be an instant: one of the years until 9999.
func sane(seconds *float64) bool { return seconds == nil || *seconds >= 0 && *seconds < 253402300800 }
