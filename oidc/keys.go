package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// keysFresh is how long keys are used before they are read again: a key that the provider takes back is refused after that.
	keysFresh = time.Hour
	// keysStale is how long they are used when they cannot be read again.
	keysStale = 24 * time.Hour
	// keysPause is the least time between two readings, whatever key ids strangers name in what they send.
	keysPause = time.Minute
)

// keySet are the keys of a provider (RFC 7517). It implements the key set of go-oidc, which itself reads keys for every unknown key id.
type keySet struct {
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex
	address string
	keys    []jose.JSONWebKey
	read    time.Time // when the keys were
	next    time.Time // before which nothing is read
	reading chan struct{}
}

// at says where the keys are. Those of another address are forgotten.
func (k *keySet) at(address string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if address != k.address {
		k.address, k.keys, k.read, k.next = address, nil, time.Time{}, time.Time{}
	}
}

// VerifySignature returns the payload of a JWT if one of the keys signed it.
func (k *keySet) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(jwt, joseAlgorithms())
	if err != nil {
		return nil, errors.New("it is not signed with an algorithm that is taken")
	}
	kid := signed.Signatures[0].Protected.KeyID
	found, fresh := k.named(kid)
	if len(found) == 0 || !fresh {
		err = k.refresh(ctx)
		found, _ = k.named(kid)
	}
	for _, key := range found {
		if payload, err := signed.Verify(key.Key); err == nil {
			return payload, nil
		}
	}
	return nil, errors.Join(errors.New("no key of the provider fits the signature"), err)
}

func joseAlgorithms() []jose.SignatureAlgorithm {
	var out []jose.SignatureAlgorithm
	for _, a := range algorithms {
		out = append(out, jose.SignatureAlgorithm(a))
	}
	return out
}

// named are the keys of an id, or all where a JWT names none, and whether they were read lately.
func (k *keySet) named(kid string) (found []jose.JSONWebKey, fresh bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	age := k.now().Sub(k.read)
	if age >= keysStale {
		return nil, false
	}
	for _, key := range k.keys {
		if kid == "" || key.KeyID == kid {
			found = append(found, key)
		}
	}
	return found, age < keysFresh
}

// refresh reads the keys, unless they were read within the last minute. Who comes while somebody reads waits for that.
func (k *keySet) refresh(ctx context.Context) error {
	k.mu.Lock()
	if busy := k.reading; busy != nil {
		k.mu.Unlock()
		select {
		case <-busy:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	now := k.now()
	if now.Before(k.next) || k.address == "" {
		k.mu.Unlock()
		return nil
	}
	done, address := make(chan struct{}), k.address
	k.next, k.reading = now.Add(keysPause), done
	k.mu.Unlock()
	keys, err := fetchKeys(context.WithoutCancel(ctx), k.client, address)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err == nil && address == k.address {
		k.keys, k.read = keys, now
	}
	k.reading = nil
	close(done)
	return err
}

// fetchKeys reads a key set. Keys for encryption, and symmetric ones, are left out.
func fetchKeys(ctx context.Context, client *http.Client, address string) ([]jose.JSONWebKey, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("read the provider's keys: %w", err)
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("read the provider's keys: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read the provider's keys: it answers %d", answer.StatusCode)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("read the provider's keys: %w", err)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("read the provider's keys: %w", err)
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) == nil && key.IsPublic() && key.Valid() && (key.Use == "" || key.Use == "sig") {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// limited reads no answer that is longer than mostAnswer.
type limited struct{ http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = http.MaxBytesReader(nil, answer.Body, mostAnswer)
	}
	return answer, err
}
