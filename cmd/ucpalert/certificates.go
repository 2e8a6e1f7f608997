package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"slices"
	"sync/atomic"
	"time"
)

// tlsVersions are the oldest versions of TLS that a listener can ask for.
var tlsVersions = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// suites are what is spoken with TLS 1.2: keys that are made for one connection, and encryption that is checked as it is read. Those of TLS 1.3
// are Go's.
var suites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// endsSoon is how long before its end a certificate of ours is warned of.
const endsSoon = 30 * 24 * time.Hour

// certificates are the files of one listener. New ones are taken into the running service: whoever connects from then on meets them, and
// connections that are open go on.
type certificates struct {
	files tlsConfig
	log   *slog.Logger
	// also is the certificate of the canary, which the service made itself; nil without one.
	also *x509.Certificate
	held atomic.Pointer[tls.Config]
	ends atomic.Pointer[time.Time]

	// taken is the state of the files that was read last, and seen the one at the last look.
	taken, seen []fileState
	warned      time.Time
}

// newCertificates reads the files; an error names the one that cannot be used and says what belongs there.
func newCertificates(files tlsConfig, also *x509.Certificate, log *slog.Logger) (*certificates, error) {
	c := &certificates{files: files, also: also, log: log}
	state, err := c.state()
	if err != nil {
		return nil, err
	}
	c.taken, c.seen = state, state
	return c, c.load()
}

// config is for a server: each handshake asks for what is held at that moment.
func (c *certificates) config() *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return c.held.Load(), nil },
	}
}

// load reads the files. Sessions are not resumed: every connection shows its certificate again, to what is held then.
func (c *certificates) load() error {
	pair, err := readPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return err
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, CipherSuites: suites, SessionTicketsDisabled: true}
	if c.files.MinVersion != "" {
		config.MinVersion = tlsVersions[c.files.MinVersion]
	}
	if len(c.files.ClientCA) > 0 {
		if config.ClientCAs, err = readAuthorities("tls.client_ca", c.files.ClientCA); err != nil {
			return err
		}
		if c.also != nil {
			config.ClientCAs.AddCert(c.also)
		}
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	c.held.Store(config)
	c.ends.Store(&pair.Leaf.NotAfter)
	c.warned = time.Time{}
	return nil
}

// readPair reads a certificate and its key.
func readPair(certificate, key string) (tls.Certificate, error) {
	chain, err := os.ReadFile(certificate)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("tls.certificate: %w; it must be a PEM file: the certificate, then those that lead to its authority", err)
	}
	secret, err := os.ReadFile(key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("tls.key: %w; it must be a PEM file that this user can read: the certificate's private key, not encrypted", err)
	}
	pair, err := tls.X509KeyPair(chain, secret)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("tls.certificate %s and tls.key %s cannot be used together: %w", certificate, key, err)
	}
	return pair, nil
}

// readAuthorities reads files of certificates that others are trusted by.
func readAuthorities(what string, files []string) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w; it must be a PEM file of the authorities that sign the other side's certificates", what, err)
		}
		if !pool.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s %s holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", what, name)
		}
	}
	return pool, nil
}

func (c *certificates) state() ([]fileState, error) {
	var states []fileState
	for _, name := range append([]string{c.files.Certificate, c.files.Key}, c.files.ClientCA...) {
		state, err := stateOf(name)
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		states = append(states, state)
	}
	return states, nil
}

// look takes new files once they have been the same for two looks: a certificate and its key are not replaced in the same instant. Files
// that cannot be used change nothing: it is said once, and those before go on.
func (c *certificates) look(ctx context.Context) {
	c.warn(ctx, time.Now())
	state, err := c.state()
	if errors.Is(err, os.ErrNotExist) {
		return // one is being replaced
	}
	before := c.seen
	c.seen = state
	if err != nil || slices.Equal(state, c.taken) || !slices.Equal(state, before) {
		return
	}
	c.taken = state
	if err := c.load(); err != nil {
		c.log.ErrorContext(ctx, "the new certificates cannot be used; those before go on", "error", err)
		return
	}
	c.log.InfoContext(ctx, "the certificates were replaced", "certificate", c.files.Certificate, "ends", c.ends.Load().UTC())
}

// warn says once a day that our certificate ends soon, or has ended.
func (c *certificates) warn(ctx context.Context, now time.Time) {
	ends := *c.ends.Load()
	if ends.Sub(now) > endsSoon || now.Sub(c.warned) < 24*time.Hour {
		return
	}
	c.warned = now
	level, text := slog.LevelWarn, "the listener's own certificate ends soon: put a new one in its place"
	if now.After(ends) {
		level, text = slog.LevelError, "the listener's own certificate has ended: senders refuse it"
	}
	c.log.Log(ctx, level, text, "certificate", c.files.Certificate, "ends", ends.UTC())
}

// selfSigned makes a key, and a certificate that nobody else has signed.
func selfSigned(name string, use x509.ExtKeyUsage, addresses ...net.IP) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name}, IPAddresses: addresses, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.AddDate(10, 0, 0), ExtKeyUsage: []x509.ExtKeyUsage{use},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("sign a certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}
