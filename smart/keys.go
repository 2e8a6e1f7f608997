package smart

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// keysFresh is how long a key set is used before it is read again: a key that a client takes back is refused after that.
	keysFresh = time.Hour
	// keysStale is how long it is used when it cannot be read again.
	keysStale = 24 * time.Hour
	// keysPause is the least time between two readings, whatever kids strangers name.
	keysPause = time.Minute
	// mostKeys is the longest key set, in bytes.
	mostKeys = 256 << 10
)

// errNoKey is returned where a client has no such key.
var errNoKey = errors.New("there is no such key")

// Keys are the public keys of a client (RFC 7517). They may be used by several goroutines.
type Keys struct {
	// url is where they are read; empty for a file.
	url  string
	read func(context.Context) ([]byte, error)

	mu   sync.Mutex
	set  []jose.JSONWebKey
	at   time.Time // of the last reading that gave a set
	next time.Time // before which nothing is read
	busy bool      // somebody reads
}

// KeysInFile are keys in a file, which is read now and again as it would be from a server. Errors name the file and what is wrong in it.
func KeysInFile(name string, now time.Time) (*Keys, error) {
	k := &Keys{read: func(context.Context) ([]byte, error) { return os.ReadFile(name) }}
	if err := k.refresh(context.Background(), now); err != nil {
		return nil, fmt.Errorf("keys in %s: %w", name, err)
	}
	return k, nil
}

// KeysAt are keys at an address, which are first read when they are needed.
func KeysAt(url string, client *http.Client) *Keys {
	return &Keys{url: url, read: func(ctx context.Context) ([]byte, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Accept", "application/json")
		answer, err := client.Do(r)
		if err != nil {
			return nil, err
		}
		defer func() { _ = answer.Body.Close() }()
		if answer.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("the server answers %d", answer.StatusCode)
		}
		body, err := io.ReadAll(io.LimitReader(answer.Body, mostKeys+1))
		if len(body) > mostKeys {
			return nil, errors.New("the key set is longer than 256 KB")
		}
		return body, err
	}}
}

// named are the keys with an id that an algorithm can be verified with: errNoKey if there is none, another error if the keys cannot be had.
// They are read when there are none or they are old, or none has the id; never more often than once a minute.
func (k *Keys) named(ctx context.Context, kid string, alg jose.SignatureAlgorithm, now time.Time) ([]jose.JSONWebKey, error) {
	found, age := k.held(kid, alg, now)
	var failed error
	if (len(found) == 0 || age >= keysFresh) && k.begin(now) {
		failed = k.refresh(context.WithoutCancel(ctx), now) // a client that hangs up must not cost the next one its minute
		found, age = k.held(kid, alg, now)
	}
	switch {
	case age >= keysStale:
		return nil, errors.Join(errors.New("the client's keys are not known"), failed)
	case len(found) == 0:
		return nil, errNoKey
	}
	return found, nil
}

// held are the keys with an id and the age of the set; a set that was never read is as old as can be.
func (k *Keys) held(kid string, alg jose.SignatureAlgorithm, now time.Time) (found []jose.JSONWebKey, age time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, key := range k.set {
		if key.KeyID == kid && verifies(key, alg) {
			found = append(found, key)
		}
	}
	return found, now.Sub(k.at)
}

// begin tells whether the caller is to read the keys now.
func (k *Keys) begin(now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.busy || now.Before(k.next) {
		return false
	}
	k.busy, k.next = true, now.Add(keysPause)
	return true
}

// refresh reads the keys, without a lock held, and puts them in place if they are a set.
func (k *Keys) refresh(ctx context.Context, now time.Time) error {
	body, err := k.read(ctx)
	var set []jose.JSONWebKey
	if err == nil {
		set, err = parseKeys(body)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.busy = false
	if err == nil {
		k.set, k.at = set, now
	}
	return err
}

// parseKeys reads a key set (RFC 7517 §5). Keys that no algorithm here is verified with are left out, as the standard says; a private key is
// refused: it must not be where others can read it.
func parseKeys(body []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil || set.Keys == nil {
		return nil, errors.New("it is not a JSON Web Key Set")
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) != nil {
			continue // of a kind that is not known here
		}
		switch key.Key.(type) {
		case *rsa.PrivateKey, *ecdsa.PrivateKey:
			return nil, errors.New("it holds a private key: that belongs to the client alone, and must be made anew if it was sent to anybody")
		}
		if key.KeyID != "" && (key.Use == "" || key.Use == "sig") && usable(key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("it holds no public key with a kid: RSA of 2048 bits or more, or EC on P-384")
	}
	return keys, nil
}

func usable(key jose.JSONWebKey) bool {
	return key.Valid() && (verifies(key, jose.RS384) || verifies(key, jose.RS512) || verifies(key, jose.ES384))
}

// verifies tells whether an algorithm is the key's: RFC 7518 §3.3 wants 2048 bits for RSA, §3.4 P-384 for ES384.
func verifies(key jose.JSONWebKey, alg jose.SignatureAlgorithm) bool {
	if key.Algorithm != "" && key.Algorithm != string(alg) {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return (alg == jose.RS384 || alg == jose.RS512) && public.N.BitLen() >= 2048
	case *ecdsa.PublicKey:
		return alg == jose.ES384 && public.Curve == elliptic.P384()
	}
	return false
}
