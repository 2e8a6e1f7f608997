package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"github.com/ucpalert/ucpalert/outbound"
	"github.com/ucpalert/ucpalert/web"
)

const (
	// acmeWithin is how long one exchange with the authority may take.
	acmeWithin = 30 * time.Second
	// acmeLook is how often it is looked whether every host has its certificate. One that ends soon is renewed meanwhile.
	acmeLook = time.Minute
)

// acmeConfig has certificates for browsers made by an authority that is asked by itself (RFC 8555).
type acmeConfig struct {
	Hosts        []string `yaml:"hosts"`
	AcceptTerms  bool     `yaml:"accept_terms"`
	Email        string   `yaml:"email"`
	DirectoryURL string   `yaml:"directory_url"`
	Folder       string   `yaml:"folder"`
}

func (c acmeConfig) on() bool { return len(c.Hosts) > 0 }

func (c acmeConfig) check() error {
	if !c.on() {
		return nil
	}
	for _, host := range c.Hosts {
		if !strings.Contains(host, ".") || strings.ContainsAny(host, ":/ *") {
			return fmt.Errorf("configuration: http.acme.hosts: %q must be a whole name such as alerts.example.nhs.uk", host)
		}
	}
	if !c.AcceptTerms {
		return errors.New("configuration: http.acme.accept_terms must be true: whoever runs the service agrees to the terms of the authority")
	}
	if c.Folder == "" {
		return errors.New("configuration: http.acme.folder must be set: the account's key and the certificates are kept there")
	}
	if u, err := url.Parse(c.DirectoryURL); err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && onThisMachine(u.Hostname())) {
		return errors.New("configuration: http.acme.directory_url must begin with https")
	}
	return nil
}

// ordered are certificates that an authority makes when they are needed, and renews before they end.
type ordered struct {
	hosts   []string
	manager *autocert.Manager
	log     *slog.Logger

	mu sync.Mutex
	// faults are the hosts without a certificate, and why.
	faults map[string]string
}

// ordered prepares the orders. Whoever runs the service named the authority, which may be their own.
func (c acmeConfig) ordered(log *slog.Logger) *ordered {
	return &ordered{
		hosts: c.Hosts, log: log, faults: map[string]string{},
		manager: &autocert.Manager{
			Prompt: autocert.AcceptTOS, Email: c.Email, Cache: autocert.DirCache(c.Folder), HostPolicy: autocert.HostWhitelist(c.Hosts...),
			Client: &acme.Client{DirectoryURL: c.DirectoryURL, HTTPClient: outbound.Private.Client(acmeWithin), UserAgent: "ucpalert/" + version},
		},
	}
}

// config is for a server: each handshake asks for the certificate of its host. The authority proves the host by a handshake of its own, on
// port 443 of it (tls-alpn-01, RFC 8737).
func (o *ordered) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: suites, GetCertificate: o.manager.GetCertificate, NextProtos: []string{"http/1.1", acme.ALPNProto}}
}

// watch looks after the certificates until the context ends.
func (o *ordered) watch(ctx context.Context) error {
	o.look(ctx)
	return every(ctx, acmeLook, o.look)
}

// look orders what is missing, so that nobody who connects has to wait for it.
func (o *ordered) look(ctx context.Context) {
	for _, host := range o.hosts {
		_, err := o.manager.GetCertificate(&tls.ClientHelloInfo{ServerName: host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}})
		if ctx.Err() != nil {
			return
		}
		o.mu.Lock()
		_, failing := o.faults[host]
		delete(o.faults, host)
		if err != nil {
			o.faults[host] = err.Error()
		}
		o.mu.Unlock()
		switch {
		case err != nil && !failing:
			o.log.ErrorContext(ctx, "the authority gave no certificate; trying again every minute", "host", host, "error", err)
		case err == nil && failing:
			o.log.InfoContext(ctx, "the authority gave a certificate", "host", host)
		}
	}
}

// check tells whether every host has its certificate. It is advisory: another node may have them.
func (o *ordered) check() web.Check {
	check := web.Check{Name: "certificates", OK: true, Advisory: true}
	if o == nil {
		return check
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.faults) > 0 {
		var hosts []string
		for host := range o.faults {
			hosts = append(hosts, host)
		}
		slices.Sort(hosts)
		check.OK, check.Reason = false, "the authority gave no certificate for "+strings.Join(hosts, ", ")+"; see the log"
	}
	return check
}

// acmePaths fills in where certificates are kept, relative to the configuration's folder.
func (c *config) acmePaths(folder string) {
	of := &c.HTTP.ACME.Folder
	switch {
	case *of == "" && c.HTTP.ACME.on() && c.Storage.DataFolder != "":
		*of = filepath.Join(c.Storage.DataFolder, "acme")
	case *of != "" && !filepath.IsAbs(*of):
		*of = filepath.Join(folder, *of)
	}
}
