package oidc

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// Sealer seals sign-ins under way (AES-256-GCM): the browser keeps what it cannot read. All nodes have the same key.
type Sealer struct{ gcm cipher.AEAD }

// NewSealer derives the key from a secret of 32 bytes that all nodes have.
func NewSealer(secret []byte) (Sealer, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "ucpalert sign-ins by way of a provider", 32)
	if err != nil {
		return Sealer{}, fmt.Errorf("derive the key of sign-ins: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return Sealer{}, fmt.Errorf("derive the key of sign-ins: %w", err)
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Sealer{}, fmt.Errorf("derive the key of sign-ins: %w", err)
	}
	return Sealer{gcm}, nil
}

// Seal is a sign-in as a cookie holds it.
func (s Sealer) Seal(f Flow) (string, error) {
	text, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("seal a sign-in: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.gcm.Seal(nil, nil, text, nil)), nil
}

// Open is the sign-in of a cookie; an error for whatever was not sealed here.
func (s Sealer) Open(sealed string) (Flow, error) {
	bytes, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(bytes) < s.gcm.Overhead() {
		return Flow{}, errors.New("this is no sealed sign-in")
	}
	text, err := s.gcm.Open(nil, nil, bytes, nil)
	if err != nil {
		return Flow{}, errors.New("this is no sealed sign-in of ours")
	}
	var f Flow
	if err := json.Unmarshal(text, &f); err != nil {
		return Flow{}, fmt.Errorf("open a sign-in: %w", err)
	}
	return f, nil
}
