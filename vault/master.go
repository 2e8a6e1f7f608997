package vault

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Wrap is a key as a database may hold it: sealed with the master key, bound to what it is for.
func (master Key) Wrap(k Key, purpose string) []byte {
	nonce := make([]byte, nonceSize)
	_, _ = rand.Read(nonce) // never fails; few keys are ever wrapped
	return newAEAD(master).Seal(nonce, nonce, k[:], []byte("ucpalert wrapped "+purpose))
}

// Unwrap is what Wrap wrapped, or ErrForged: another master key, another purpose, or changed bytes.
func (master Key) Unwrap(wrapped []byte, purpose string) (k Key, err error) {
	if len(wrapped) != nonceSize+len(k)+tagSize {
		return k, ErrForged
	}
	opened, err := newAEAD(master).Open(nil, wrapped[:nonceSize], wrapped[nonceSize:], []byte("ucpalert wrapped "+purpose))
	if err != nil {
		return k, ErrForged
	}
	return Key(opened), nil
}

// Fingerprint tells master keys apart, in eight hexadecimal digits; nothing of the key can be learnt from it.
func (master Key) Fingerprint() string {
	h := hmac.New(sha256.New, master[:])
	h.Write([]byte("ucpalert fingerprint"))
	return hex.EncodeToString(h.Sum(nil)[:4])
}

// Reveal is the key in 64 hexadecimal digits, as [ParseKey] reads it.
func (master Key) Reveal() string { return hex.EncodeToString(master[:]) }

// ParseKey reads a key: 64 hexadecimal digits, or 32 bytes in base64, and blanks around them. The error does not quote it.
func ParseKey(text []byte) (k Key, err error) {
	trimmed := string(bytes.TrimSpace(text))
	for _, decode := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString, base64.URLEncoding.DecodeString} {
		if b, err := decode(trimmed); err == nil && len(b) == len(k) {
			return Key(b), nil
		}
	}
	return k, errors.New("it is not a key: 64 hexadecimal digits, or 32 bytes in base64")
}

// Source says where the master key is: exactly one is set.
type Source struct {
	// File holds the key. If it is missing and nothing was ever sealed, it is made, readable by its owner only.
	File string
	// Credential is the name of a systemd credential (LoadCredential=, LoadCredentialEncrypted=).
	Credential string
	// Command prints the key, such as one that asks a key management service. It is no shell's.
	Command []string
}

// String says where the key is, and nothing of it.
func (s Source) String() string {
	switch {
	case len(s.Command) > 0:
		return "the command " + s.Command[0]
	case s.Credential != "":
		return "the systemd credential " + s.Credential
	}
	return "the file " + s.File
}

// commandTime is how long a command may take.
const commandTime = 30 * time.Second

// Master reads the key. used says that something was sealed with one: then none is made. made is the file that was made just now, or empty.
func (s Source) Master(ctx context.Context, used bool) (master Key, made string, err error) {
	switch {
	case len(s.Command) > 0:
		master, err = s.command(ctx)
		return master, "", err
	case s.Credential != "":
		folder := os.Getenv("CREDENTIALS_DIRECTORY")
		if folder == "" {
			return master, "", fmt.Errorf("the key is to be the systemd credential %s, and there is no CREDENTIALS_DIRECTORY: the unit needs LoadCredential=%s:FILE", s.Credential, s.Credential)
		}
		master, err = readKey(filepath.Join(folder, filepath.Base(s.Credential)))
		return master, "", err
	}
	master, err = readKey(s.File)
	if !errors.Is(err, fs.ErrNotExist) {
		return master, "", err
	}
	if used {
		return master, "", fmt.Errorf("the key file %s is missing, and the database was sealed with it: put it back from where it is kept apart from the backups; without it what is sealed cannot be read", s.File)
	}
	master = NewKey()
	if err := writeKey(s.File, master); err != nil {
		return master, "", fmt.Errorf("make the key file %s: %w", s.File, err)
	}
	return master, s.File, nil
}

func (s Source) command(ctx context.Context) (Key, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, s.Command[0], s.Command[1:]...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return Key{}, fmt.Errorf("the command that prints the key (%s) failed: %w: %s", s.Command[0], err, firstLine(exit.Stderr))
		}
		return Key{}, fmt.Errorf("the command that prints the key (%s) failed: %w", s.Command[0], err)
	}
	k, err := ParseKey(out)
	if err != nil {
		return k, fmt.Errorf("what the command %s printed cannot be used: %w", s.Command[0], err)
	}
	return k, nil
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	return line
}

func readKey(path string) (Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, fmt.Errorf("read the key file: %w", err)
	}
	if others := info.Mode().Perm() & 0o037; others != 0 {
		return Key{}, fmt.Errorf("the key file %s can be read or written by others (mode %#o): chmod 600 it", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("read the key file: %w", err)
	}
	k, err := ParseKey(text)
	if err != nil {
		return k, fmt.Errorf("the key file %s cannot be used: %w", path, err)
	}
	return k, nil
}

// writeKey makes a file that was not there, and sees that it survives a power cut before anything is sealed.
func writeKey(path string, k Key) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(k.Reveal() + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
