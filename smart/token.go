package smart

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/access"
)

// tokenPrefix begins every access token, so that one that leaked into a log or a repository is recognised.
const tokenPrefix = "ucpalert_at_"

// sealed is what an access token holds. It is nobody's secret; the seal is what makes it one of ours.
type sealed struct {
	Client string   `json:"c"`
	Scope  []string `json:"s"`
	// Ends is in seconds since 1970.
	Ends int64 `json:"e"`
}

// seal makes an access token.
func (i *Issuer) seal(client string, scope []string) string {
	body, err := json.Marshal(sealed{client, scope, i.Now().Add(tokenLife).Unix()})
	if err != nil {
		panic(err) // cannot be: it is made of strings and a number
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	return tokenPrefix + text + "." + base64.RawURLEncoding.EncodeToString(i.mac(text))
}

func (i *Issuer) mac(text string) []byte {
	h := hmac.New(sha256.New, i.Key)
	h.Write([]byte("access token " + text))
	return h.Sum(nil)
}

// Find returns the account of an access token that this service gave out on any node, while it holds and its client is registered for what it
// grants.
func (i *Issuer) Find(bearer string) (access.Account, bool) {
	text, mac, whole := strings.Cut(strings.TrimPrefix(bearer, tokenPrefix), ".")
	if !whole || !strings.HasPrefix(bearer, tokenPrefix) || len(bearer) > 1000 {
		return access.Account{}, false
	}
	given, err := base64.RawURLEncoding.Strict().DecodeString(mac)
	if err != nil || !hmac.Equal(given, i.mac(text)) {
		return access.Account{}, false
	}
	body, err := base64.RawURLEncoding.DecodeString(text)
	var s sealed
	if err != nil || json.Unmarshal(body, &s) != nil || !i.Now().Before(time.Unix(s.Ends, 0)) {
		return access.Account{}, false
	}
	c, known := i.clients[s.Client]
	if !known {
		return access.Account{}, false
	}
	account := c.Account
	account.Scope = scopeOf(s.Scope, c.Scopes)
	return account, account.Scope != access.Unlimited
}

// scopeOf is what scopes allow that a client is still registered for.
func scopeOf(granted, registered []string) access.Scope {
	var out access.Scope
	for _, s := range granted {
		switch {
		case !slices.Contains(registered, s):
		case s == ReadAll:
			out |= access.Reads
		case s == WriteAll:
			out |= access.Writes
		}
	}
	return out
}
