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
)

// browsersTLS are the files with which the service speaks HTTPS by itself; all empty behind a proxy. Browsers and screens are not asked for
// certificates.
type browsersTLS struct {
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	MinVersion  string `yaml:"min_version"`
}

func (c browsersTLS) files() tlsConfig {
	return tlsConfig{Certificate: c.Certificate, Key: c.Key, MinVersion: c.MinVersion}
}

// browsers is where browsers, screens and FHIR clients connect.
type browsers struct {
	*door
	certificates *certificates // nil without TLS
}

// browsers opens http.address, with TLS where http.tls names files.
func (n node) browsers() (*browsers, error) {
	b := &browsers{}
	if files := n.cfg.HTTP.TLS.files(); files.on() {
		var err error
		if b.certificates, err = newCertificates(files, nil, n.log); err != nil {
			return nil, fmt.Errorf("listen for browsers: http.%w", err)
		}
	}
	listener, err := net.Listen("tcp", n.cfg.HTTP.Address)
	if err != nil {
		return nil, fmt.Errorf("listen for browsers (http.address): %w", err)
	}
	b.door = newDoor(listener, n.log)
	return b, nil
}

// socket is what requests come from. HTTP/2 is not offered: a WebSocket is made from HTTP/1.1 (RFC 6455 §1.3).
func (b *browsers) socket() net.Listener {
	if b.certificates == nil {
		return b.door
	}
	return tls.NewListener(b.door, b.certificates.config())
}

// watch takes new certificates until the context ends.
func (b *browsers) watch(ctx context.Context) error {
	if b.certificates == nil {
		<-ctx.Done()
		return nil
	}
	return every(ctx, watchInterval, b.certificates.look)
}

// serve answers requests until the context ends, and then lets those in hand finish.
func (b *browsers) serve(ctx context.Context, handler http.Handler, log *slog.Logger) error {
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
