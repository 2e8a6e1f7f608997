package sql

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// tokenKey is the secret with which access tokens are sealed.
const tokenKey = "token key"

// TokenKey is the secret with which access tokens of systems are sealed. All nodes have the same; it is made when it is first asked for.
func (s *Store) TokenKey(ctx context.Context) ([]byte, error) { return s.secret(ctx, tokenKey) }

// pushKey is the secret by which push services know the service.
const pushKey = "push key"

// PushKey is the private key by which push services know the service (VAPID). All nodes have the same; it is made when it is first asked for.
func (s *Store) PushKey(ctx context.Context) ([]byte, error) { return s.secret(ctx, pushKey) }

// metaValue is the column in which secrets are sealed. What else is noted there is none.
const metaValue = "meta.value"

// secret is a key of 32 bytes that all nodes have, made when it is first asked for. One that is not sealed with the newest key is sealed again.
func (s *Store) secret(ctx context.Context, name string) ([]byte, error) {
	var text string
	err := s.db.Write(ctx, func(tx *Tx) error {
		if err := tx.Lock(name); err != nil {
			return err
		}
		stored, err := readMeta(tx, name)
		if err != nil {
			return err
		}
		kept := cipherText{stored, tx.conn.ring()}
		if text, err = kept.open(metaValue, name); err != nil {
			return err
		}
		if text == "" {
			var key [32]byte
			_, _ = rand.Read(key[:]) // never fails: it ends the program instead
			text = hex.EncodeToString(key[:])
		}
		if kept.current() && stored != "" {
			return nil
		}
		return writeMeta(tx, name, tx.conn.ring().sealText(metaValue, name, text).stored)
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
