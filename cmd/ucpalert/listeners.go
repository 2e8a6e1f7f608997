package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/sql"
)

// mllpConfig is where hospitals send: one plain listener by its address, or several listeners.
type mllpConfig struct {
	Address              string           `yaml:"address"`
	Connections          int              `yaml:"connections"`
	ConnectionsPerSender int              `yaml:"connections_per_sender"`
	Listeners            []listenerConfig `yaml:"listeners"`
	Senders              []senderConfig   `yaml:"senders"`
}

// listenerConfig is one address that hospitals send to. Limits that are left out have the defaults of package mllp; the numbers of
// connections those of mllpConfig.
type listenerConfig struct {
	Name                 string        `yaml:"name"`
	Address              string        `yaml:"address"`
	TLS                  tlsConfig     `yaml:"tls"`
	Connections          int           `yaml:"connections"`
	ConnectionsPerSender int           `yaml:"connections_per_sender"`
	MessageBytes         int           `yaml:"message_bytes"`
	FrameIdle            time.Duration `yaml:"frame_idle"`
	FrameTotal           time.Duration `yaml:"frame_total"`
	Idle                 time.Duration `yaml:"idle"`
}

// tlsConfig are the files of a listener that speaks TLS; all empty for one that does not.
type tlsConfig struct {
	Certificate string   `yaml:"certificate"`
	Key         string   `yaml:"key"`
	ClientCA    []string `yaml:"client_ca"`
	MinVersion  string   `yaml:"min_version"`
}

// senderConfig is for whom a certificate may speak.
type senderConfig struct {
	Name         string   `yaml:"name"`
	Fingerprint  string   `yaml:"fingerprint"`
	Subject      string   `yaml:"subject"`
	SAN          string   `yaml:"san"`
	Organisation string   `yaml:"organisation"`
	Sites        []string `yaml:"sites"`
}

func (c tlsConfig) on() bool {
	return c.Certificate != "" || c.Key != "" || len(c.ClientCA) > 0 || c.MinVersion != ""
}

// plainName is how the listener is called that has an address only.
const plainName = "mllp"

// all are the listeners with every default filled in.
func (c mllpConfig) all() []listenerConfig {
	if len(c.Listeners) == 0 {
		return []listenerConfig{c.orDefaults(listenerConfig{Name: plainName, Address: c.Address})}
	}
	out := make([]listenerConfig, len(c.Listeners))
	for i, l := range c.Listeners {
		out[i] = c.orDefaults(l)
	}
	return out
}

// orDefaults gives a listener the common numbers of connections where it has none of its own. One sender may have a quarter of them.
func (c mllpConfig) orDefaults(l listenerConfig) listenerConfig {
	perSender := cmp.Or(l.ConnectionsPerSender, c.ConnectionsPerSender)
	l.Connections = cmp.Or(l.Connections, c.Connections)
	l.ConnectionsPerSender = min(cmp.Or(perSender, (l.Connections+3)/4), l.Connections)
	return l
}

// paths makes the names of files relative to the configuration's folder.
func (c *mllpConfig) paths(folder string) {
	absolute := func(name *string) {
		if *name != "" && !filepath.IsAbs(*name) {
			*name = filepath.Join(folder, *name)
		}
	}
	for i := range c.Listeners {
		of := &c.Listeners[i].TLS
		absolute(&of.Certificate)
		absolute(&of.Key)
		for j := range of.ClientCA {
			absolute(&of.ClientCA[j])
		}
	}
}

func (c tlsConfig) check() error {
	switch {
	case c.on() && (c.Certificate == "" || c.Key == ""):
		return errors.New("tls.certificate and tls.key must both be set: the files with the service's own certificate and its key")
	case c.MinVersion != "" && tlsVersions[c.MinVersion] == 0:
		return errors.New(`tls.min_version must be "1.2" or "1.3"`)
	}
	return nil
}

// check refuses what cannot be meant, by name. An address beside listeners could mean either.
func (c mllpConfig) check() error {
	switch {
	case c.Address != "" && len(c.Listeners) > 0:
		return errors.New("configuration: only one of mllp.address and mllp.listeners can be set: write the address as one of the listeners")
	case c.Connections < 1:
		return errors.New("configuration: mllp.connections must be at least 1")
	case c.ConnectionsPerSender < 0:
		return errors.New("configuration: mllp.connections_per_sender must be at least 1, or 0 for a quarter of the connections")
	}
	names, proving := map[string]bool{}, false
	for i, l := range c.Listeners {
		err := l.check()
		if err == nil && names[l.Name] {
			err = errors.New("another listener has the same name")
		}
		if err != nil {
			return fmt.Errorf("configuration: mllp.listeners[%d] (%s): %w", i, l.Name, err)
		}
		names[l.Name] = true
		proving = proving || len(l.TLS.ClientCA) > 0
	}
	if len(c.Senders) > 0 && !proving {
		return errors.New("configuration: mllp.senders needs a listener with tls.client_ca: without it no certificate is asked for")
	}
	return nil
}

func (l listenerConfig) check() error {
	switch {
	case l.Name == "":
		return errors.New("name must be set: logs and figures call the listener so")
	case l.Address == "":
		return errors.New("address must be set, such as 0.0.0.0:2575")
	case l.Connections < 0 || l.ConnectionsPerSender < 0 || l.MessageBytes < 0 || l.FrameIdle < 0 || l.FrameTotal < 0 || l.Idle < 0:
		return errors.New("limits cannot be negative")
	}
	return l.TLS.check()
}

// sendersOf checks the senders against the directory.
func sendersOf(configured []senderConfig, dir *directory.Directory) (hl7.Senders, error) {
	var out hl7.Senders
	for _, c := range configured {
		c.Fingerprint = strings.ToLower(strings.ReplaceAll(c.Fingerprint, ":", "")) // as openssl writes it
		c.SAN = strings.ToLower(c.SAN)
		out = append(out, hl7.Sender(c))
	}
	if err := out.Check(dir); err != nil {
		return nil, fmt.Errorf("configuration: mllp.%w", err)
	}
	return out, nil
}

// hospitalListener is one listener, before or while it serves.
type hospitalListener struct {
	listenerConfig
	server       *mllp.Server
	receiver     *hl7.Receiver
	certificates *certificates // nil without TLS
	socket       net.Listener
}

// hospitals are all listeners.
type hospitals []*hospitalListener

// hospitals makes the listeners: every message goes to the desk.
func (n node) hospitals(desk *alerts.Desk, store *sql.Store, current func() *directory.Directory, bird *bird, speakers *entitled) (hospitals, error) {
	answers := hl7.NewAnswerer("UCPALERT", "UCPALERT", time.Now)
	var out hospitals
	for _, c := range n.cfg.MLLP.all() {
		l := &hospitalListener{listenerConfig: c}
		var err error
		if l.receiver, err = n.receiver(desk, store, current); err != nil {
			return nil, err
		}
		l.receiver.Answers = answers
		l.receiver.Canary = bird.door(desk)
		l.server = &mllp.Server{
			Name: c.Name, Handler: l.receiver.Handle, Reject: l.receiver.Reject, Log: n.log,
			Limits: mllp.Limits{
				Connections: c.Connections, PerSender: c.ConnectionsPerSender, MessageBytes: c.MessageBytes,
				FrameIdle: c.FrameIdle, FrameTotal: c.FrameTotal, Idle: c.Idle,
			},
		}
		if c.TLS.on() {
			if l.certificates, err = newCertificates(c.TLS, bird.leaf(), n.log); err != nil {
				return nil, fmt.Errorf("listener %s: %w", c.Name, err)
			}
			l.server.TLS = l.certificates.config()
		}
		if len(c.TLS.ClientCA) > 0 {
			l.receiver.Gate = &hl7.Gate{Senders: speakers.senders, Directory: current, Now: time.Now}
		}
		out = append(out, l)
	}
	return out, nil
}

// listen opens all addresses, or none.
func (h hospitals) listen() error {
	for _, l := range h {
		socket, err := net.Listen("tcp", l.Address)
		if err != nil {
			return errors.Join(fmt.Errorf("listen for hospitals (mllp, listener %s): %w", l.Name, err), h.close())
		}
		l.socket = socket
	}
	return nil
}

func (h hospitals) close() error {
	var errs []error
	for _, l := range h {
		if l.socket != nil {
			errs = append(errs, l.socket.Close())
		}
	}
	return errors.Join(errs...)
}

// address is where the first listens.
func (h hospitals) address() string { return h[0].socket.Addr().String() }

// serve serves all listeners until the context ends; if one fails all end.
func (h hospitals) serve(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, l := range h {
		group.Go(func() error {
			if err := l.server.Serve(ctx, l.socket); err != nil {
				return fmt.Errorf("listener %s: %w", l.Name, err)
			}
			return nil
		})
		if l.certificates != nil {
			group.Go(func() error { return every(ctx, watchInterval, l.certificates.look) })
		}
	}
	return group.Wait()
}

// believed says once which listeners believe what a message says of its sender.
func (n node) believed(h hospitals) {
	for _, l := range h {
		if l.receiver.Gate == nil {
			n.log.Warn("this listener believes MSH-4: whoever reaches it can send for every hospital of the directory; "+
				"with tls.client_ca and mllp.senders each sender proves who it is", "listener", l.Name, "address", l.Address, "tls", l.TLS.on())
		}
	}
}
