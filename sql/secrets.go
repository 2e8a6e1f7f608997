package sql

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// TokenKey is the secret with which access tokens of systems are sealed. All nodes have the same; it is made when it is first asked for.
func (s *Store) TokenKey(ctx context.Context) ([]byte, error) { return s.secret(ctx, "token key") }

// secret is a key of 32 bytes that all nodes have, made when it is first asked for.
func (s *Store) secret(ctx context.Context, name string) ([]byte, error) {
	var text string
	err := s.db.Write(ctx, func(tx *Tx) error {
		if err := tx.Lock(name); err != nil {
			return err
		}
		var err error
		if text, err = readMeta(tx, name); err != nil || text != "" {
			return err
		}
		var key [32]byte
		_, _ = rand.Read(key[:]) // never fails: it ends the program instead
		text = hex.EncodeToString(key[:])
		return writeMeta(tx, name, text)
	})
	if err != nil {
		return nil, fmt.Errorf("find the %s: %w", name, err)
	}
	key, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("find the %s: it is not hexadecimal", name)
	}
	return key, nil
}
