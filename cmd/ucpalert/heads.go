package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/outbound"
	"github.com/ucpalert/ucpalert/sql"
	"github.com/ucpalert/ucpalert/web"
)

const (
	// signEvery is how often the head of the journal is signed.
	signEvery = time.Minute
	// headsLate is when it is said that no signed head was kept elsewhere.
	headsLate = 3 * signEvery
	// headWithin is how long it may take to keep one.
	headWithin = 10 * time.Second
)

// auditConfig says with what the journal's heads are signed and where they are kept.
type auditConfig struct {
	KeyFile   string `yaml:"key_file"`
	HeadsFile string `yaml:"heads_file"`
	HeadsURL  string `yaml:"heads_url"`
}

func (c auditConfig) check() error {
	if (c.KeyFile == "") != (c.HeadsFile == "" && c.HeadsURL == "") || c.HeadsFile != "" && c.HeadsURL != "" {
		return errors.New("configuration: audit needs key_file and one of heads_file and heads_url, or none of them")
	}
	if u, err := url.Parse(c.HeadsURL); c.HeadsURL != "" && (err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && onThisMachine(u.Hostname()))) {
		return errors.New("configuration: audit.heads_url must begin with https")
	}
	return nil
}

func (c *auditConfig) paths(folder string) {
	for _, name := range []*string{&c.KeyFile, &c.HeadsFile} {
		if *name != "" && !filepath.IsAbs(*name) {
			*name = filepath.Join(folder, *name)
		}
	}
}

// headSigner signs the head of the journal and keeps it elsewhere. Every node does: a head more is checked like the others.
type headSigner struct {
	// key is nil where nothing is signed.
	key   ed25519.PrivateKey
	log   journal.Log
	slog  *slog.Logger
	now   func() time.Time
	keep  func(context.Context, []byte) error
	mu    sync.Mutex
	since time.Time // of the last that was kept, or of the start
	fault error
}

// signer makes the signer that is configured. It refuses a key that it cannot read.
func (c auditConfig) signer(store *sql.Store, log *slog.Logger) (*headSigner, error) {
	s := &headSigner{log: store, slog: log, now: time.Now, since: time.Now()}
	if c.KeyFile == "" {
		return s, nil
	}
	var err error
	if s.key, err = privateKey(c.KeyFile); err != nil {
		return nil, fmt.Errorf("configuration: audit.key_file: %w", err)
	}
	s.keep = func(_ context.Context, line []byte) error { return appendLine(c.HeadsFile, line) }
	if c.HeadsURL != "" {
		client := outbound.Private.Client(headWithin) // whoever runs the service named the address
		s.keep = func(ctx context.Context, line []byte) error { return postLine(ctx, client, c.HeadsURL, line) }
	}
	return s, nil
}

func (s *headSigner) run(ctx context.Context) error {
	if s.key == nil {
		<-ctx.Done()
		return nil
	}
	return every(ctx, signEvery, s.sign)
}

// sign signs the newest entry. What cannot be kept is said, and the next minute's head stands for it, too.
func (s *headSigner) sign(ctx context.Context) {
	err := s.signNewest(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault = err; err == nil {
		s.since = s.now()
	} else if ctx.Err() == nil {
		s.slog.ErrorContext(ctx, "the head of the journal could not be signed and kept; trying again in a minute", "error", err)
	}
}

func (s *headSigner) signNewest(ctx context.Context) error {
	number, err := s.log.Head(ctx)
	if err != nil || number == 0 {
		return err
	}
	newest, err := s.log.After(ctx, number-1, 1)
	if err != nil {
		return err
	}
	if len(newest) != 1 || newest[0].Number != number {
		return fmt.Errorf("%w: entry %d is missing", journal.ErrBroken, number)
	}
	h := journal.Head{Epoch: s.log.Epoch(), Number: number, Hash: newest[0].Hash, Time: s.now()}.Sign(s.key)
	return s.keep(ctx, h.Line())
}

// check tells whether signed heads are kept. The service does its work without them.
func (s *headSigner) check() web.Check {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := web.Check{Name: "signed heads", OK: true, Advisory: true}
	if s.key != nil && s.now().Sub(s.since) > headsLate {
		c.OK, c.Reason = false, fmt.Sprintf("no head of the journal was kept elsewhere since %s; see the log", s.since.UTC().Format(time.RFC3339))
	}
	return c
}

// appendLine adds a line at the end of a file and waits until it is on the disk.
func appendLine(name string, line []byte) (err error) {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(line); err != nil {
		return err
	}
	return f.Sync()
}

// postLine sends a line to a server that keeps it.
func postLine(ctx context.Context, client *http.Client, address string, line []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(line))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	_, _ = io.CopyN(io.Discard, answer.Body, 4<<10)
	if err := answer.Body.Close(); err != nil {
		return err
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("the server that keeps heads answers %d", answer.StatusCode)
	}
	return nil
}

// makeSigningKey writes a new private key into a file that must not exist yet, and returns the public half in PEM.
func makeSigningKey(name string) (public []byte, err error) {
	pub, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	open, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: open}), nil
}

func privateKey(name string) (ed25519.PrivateKey, error) {
	parsed, err := pemKey(name, "PRIVATE KEY", x509.ParsePKCS8PrivateKey)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s holds a key of another kind than Ed25519", name)
	}
	return key, nil
}

func publicKey(name string) (ed25519.PublicKey, error) {
	parsed, err := pemKey(name, "PUBLIC KEY", x509.ParsePKIXPublicKey)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%s holds a key of another kind than Ed25519", name)
	}
	return key, nil
}

// pemKey reads the first block of a PEM file, which must be of a kind.
func pemKey(name, kind string, parse func([]byte) (any, error)) (any, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("%s does not begin with a %s in PEM", name, kind)
	}
	key, err := parse(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s holds no key that can be read", name) // the reason might quote it
	}
	return key, nil
}
