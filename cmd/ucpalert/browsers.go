package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/ucpalert/ucpalert/web"
)

// browsersTLS are the files with which the service speaks HTTPS by itself; all empty behind a proxy. Browsers and screens are not asked for
// certificates.
type browsersTLS struct {
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	MinVersion  string `yaml:"min_version"`
}

// httpLimits bound what is asked over HTTP: requests under way at a time, and a second on average of one sender; 0 for no such limit.
type httpLimits struct {
	Requests   int     `yaml:"requests"`
	PerAddress float64 `yaml:"per_address"`
	PerPerson  float64 `yaml:"per_person"`
	PerSystem  float64 `yaml:"per_system"`
}

func (c httpLimits) check() error {
	if c.Requests < 8 {
		return errors.New("configuration: http.limits.requests must be at least 8")
	}
	if c.PerAddress < 0 || c.PerPerson < 0 || c.PerSystem < 0 {
		return errors.New("configuration: http.limits cannot be negative")
	}
	return nil
}

func (c httpLimits) rates() web.Rates {
	return web.Rates{Address: c.PerAddress, Person: c.PerPerson, System: c.PerSystem}
}

func (c browsersTLS) files() tlsConfig {
	return tlsConfig{Certificate: c.Certificate, Key: c.Key, MinVersion: c.MinVersion}
}

// browsers is where browsers, screens and FHIR clients connect.
type browsers struct {
	*door
	certificates *certificates // nil without TLS by files
	ordered      *ordered      // nil without TLS by ACME
}

// browsers opens http.address, with TLS where http.tls names files, or http.acme hosts.
func (n node) browsers() (*browsers, error) {
	b := &browsers{}
	if files := n.cfg.HTTP.TLS.files(); files.on() {
		var err error
		if b.certificates, err = newCertificates(files, nil, n.log); err != nil {
			return nil, fmt.Errorf("listen for browsers: http.%w", err)
		}
	}
	if n.cfg.HTTP.ACME.on() {
		b.ordered = n.cfg.HTTP.ACME.ordered(n.log)
	}
	listener, err := net.Listen("tcp", n.cfg.HTTP.Address)
	if err != nil {
		return nil, fmt.Errorf("listen for browsers (http.address): %w", err)
	}
	b.door = newDoor(listener, n.log)
	return b, nil
}

// adminConfig is a listener of its own for whoever runs the service.
type adminConfig struct {
	Address string `yaml:"address"`
	Only    bool   `yaml:"only"`
}

// check refuses an address that others reach without TLS: passwords and sessions travel over it.
func (c adminConfig) check(secure bool) error {
	if c.Address == "" {
		if c.Only {
			return errors.New("configuration: admin.only needs admin.address")
		}
		return nil
	}
	host, _, err := net.SplitHostPort(c.Address)
	if err != nil {
		return errors.New("configuration: admin.address must be an address such as 127.0.0.1:8085, or empty for none")
	}
	if !onThisMachine(host) && !secure {
		return errors.New("configuration: admin.address must be on loopback, unless http.tls or http.acme is set: passwords travel over it")
	}
	return nil
}

// apart is which addresses stand at admin.address and not at http.address.
func (c adminConfig) apart() web.Apart {
	switch {
	case c.Address == "":
		return web.NothingApart
	case c.Only:
		return web.AdministrationApart
	}
	return web.FiguresApart
}

// administration opens admin.address; nil if there is none. On loopback it speaks plain HTTP, elsewhere with the certificates of browsers.
func (n node) administration(of *browsers) (*browsers, error) {
	if n.cfg.Admin.Address == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", n.cfg.Admin.Address)
	if err != nil {
		return nil, fmt.Errorf("listen for administration (admin.address): %w", err)
	}
	b := &browsers{door: newDoor(listener, n.log)}
	if host, _, err := net.SplitHostPort(n.cfg.Admin.Address); err != nil || !onThisMachine(host) {
		b.certificates, b.ordered = of.certificates, of.ordered
	}
	return b, nil
}

// socket is what requests come from. HTTP/2 is not offered: a WebSocket is made from HTTP/1.1 (RFC 6455 §1.3).
func (b *browsers) socket() net.Listener {
	switch {
	case b.ordered != nil:
		// Without desks: a handshake may wait for a certificate to be issued, and the authority's own handshake must not wait for that.
		return tls.NewListener(b.door, b.ordered.config())
	case b.certificates != nil:
		return tls.NewListener(b.door.forTLS(), b.certificates.config())
	}
	return b.door
}

// watch takes new certificates until the context ends.
func (b *browsers) watch(ctx context.Context) error {
	switch {
	case b.ordered != nil:
		return b.ordered.watch(ctx)
	case b.certificates == nil:
		<-ctx.Done()
		return nil
	}
	return every(ctx, watchInterval, b.certificates.look)
}

// serve answers requests until the context ends, and then lets those in hand finish. A listener that there is not waits for the end.
func (b *browsers) serve(ctx context.Context, handler http.Handler, log *slog.Logger) error {
	if b == nil {
		<-ctx.Done()
		return nil
	}
	return b.answer(ctx, handler, log)
}

// answer answers requests until the context ends, and then lets those in hand finish.
func (b *browsers) answer(ctx context.Context, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: handler, ConnState: b.state, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(b.socket()) }() // waited for below
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.Background(), stopTimeout/2)
	defer cancel()
	err := server.Shutdown(patience)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close() // whoever is still being answered has had their time
	}
	if ended := <-ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
