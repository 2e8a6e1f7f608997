package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/subscribers/stream"
)

// crowd is many screens in this process, each with a socket of its own. A screen that loses its socket comes back with its position, at
// once and without any pause of its own, as soon as the crowd may.
type crowd struct {
	url     string // ws://host:port or wss://host:port
	dialer  websocket.Dialer
	screens []*crowdScreen
	// watched are told of each patient in a frame that is new to a screen; nil if nothing is measured.
	watched atomic.Pointer[arrivals]

	back    atomic.Pointer[chan struct{}] // closed: screens may connect
	current atomic.Int64                  // screens that were brought up to date since they last connected
	closing atomic.Bool
	all     sync.WaitGroup
}

// crowdScreen is one of them. Its fields belong to its goroutine, except conn.
type crowdScreen struct {
	department, token string
	mu                sync.Mutex
	conn              *websocket.Conn
	after             string
	shown             map[string]struct{} // NHS numbers
	// stuck: it does not read.
	stuck atomic.Bool
}

// dialers is how many connect at the same time when the crowd first comes together.
const dialers = 64

// crowdIsBackWithin bounds the wait for a whole crowd.
const crowdIsBackWithin = 2 * time.Minute

func newCrowd(address string, trust *tls.Config) *crowd {
	c := &crowd{url: "ws://" + address, dialer: websocket.Dialer{
		Subprotocols: []string{stream.Subprotocol}, ReadBufferSize: 2048, WriteBufferSize: 256, WriteBufferPool: &sync.Pool{}, HandshakeTimeout: time.Minute,
	}}
	if trust != nil {
		c.url, c.dialer.TLSClientConfig = "wss://"+address, trust
	}
	open := make(chan struct{})
	close(open)
	c.back.Store(&open)
	return c
}

// gather connects screens, some at a time, and returns when each has its snapshot.
func (c *crowd) gather(n int, place func(i int) (department, token string)) error {
	var group errgroup.Group
	group.SetLimit(dialers)
	first := len(c.screens)
	for i := range n {
		s := &crowdScreen{shown: map[string]struct{}{}}
		s.department, s.token = place(i)
		c.screens = append(c.screens, s)
	}
	for _, s := range c.screens[first:] {
		group.Go(func() error { return c.connect(s) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, s := range c.screens[first:] {
		c.all.Go(func() { c.watch(s) })
	}
	return nil
}

// connect opens a screen's socket and reads until it is up to date.
func (c *crowd) connect(s *crowdScreen) error {
	conn, response, err := c.dialer.Dial(c.url+"/stream/departments/"+s.department, nil)
	if response != nil {
		_ = response.Body.Close()
	}
	if err != nil && response != nil {
		return fmt.Errorf("connect a screen of %s: %w: %s", s.department, err, response.Status)
	}
	if err != nil {
		return fmt.Errorf("connect a screen of %s: %w", s.department, err)
	}
	s.mu.Lock()
	s.conn = conn
	s.mu.Unlock()
	hello := map[string]string{"type": "hello", "token": s.token}
	if s.after != "" {
		hello["after"] = s.after
	}
	if err := conn.WriteJSON(hello); err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	for {
		_, frame, err := conn.ReadMessage()
		if err != nil {
			return fmt.Errorf("begin a screen: %w", err)
		}
		c.take(s, frame)
		if is(frame, "snapshot") || is(frame, "welcome") && bytes.Contains(frame, []byte(`"resumed":true`)) {
			c.current.Add(1)
			return nil
		}
	}
}

// watch is the life of a screen after its first snapshot.
func (c *crowd) watch(s *crowdScreen) {
	for {
		for s.stuck.Load() && !c.closing.Load() {
			time.Sleep(time.Second)
		}
		_, frame, err := s.conn.ReadMessage()
		if err == nil {
			c.take(s, frame)
			continue
		}
		c.current.Add(-1)
		for err != nil && !c.closing.Load() {
			_ = s.conn.Close()
			<-*c.back.Load()
			err = c.connect(s)
		}
		if c.closing.Load() {
			_ = s.conn.Close()
			return
		}
	}
}

// is tells a frame's type: every frame of the service begins with it.
func is(frame []byte, kind string) bool { return bytes.HasPrefix(frame, []byte(`{"type":"`+kind+`"`)) }

// take notes the position and the patients of a frame, without decoding it: this process shares its cores with the service.
func (c *crowd) take(s *crowdScreen, frame []byte) {
	now := time.Now()
	if !is(frame, "alert") && !is(frame, "snapshot") && !is(frame, "welcome") {
		return
	}
	if position, _, ok := between(frame, `"position":"`); ok {
		s.after = position
	}
	for rest := frame; ; {
		number, after, ok := between(rest, `"nhs_number":"`)
		if !ok {
			return
		}
		rest = after
		if _, known := s.shown[number]; !known {
			s.shown[number] = struct{}{}
			if a := c.watched.Load(); a != nil {
				a.seen(number, now)
			}
		}
	}
}

// between is the text from after a key to the next quotation mark, and what follows.
func between(frame []byte, key string) (text string, rest []byte, ok bool) {
	_, after, found := bytes.Cut(frame, []byte(key))
	value, rest, closed := bytes.Cut(after, []byte(`"`))
	return string(value), rest, found && closed
}

// hold keeps screens that lose their socket from connecting, until the returned function is called.
func (c *crowd) hold() (release func()) {
	gate := make(chan struct{})
	c.back.Store(&gate)
	return sync.OnceFunc(func() { close(gate) })
}

// together waits until every screen is up to date.
func (c *crowd) together() error {
	deadline := time.Now().Add(crowdIsBackWithin)
	for c.current.Load() < int64(len(c.screens)) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d screens are not back after %s", int64(len(c.screens))-c.current.Load(), len(c.screens), crowdIsBackWithin)
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}

// close ends all screens.
func (c *crowd) close() {
	c.closing.Store(true)
	for _, s := range c.screens {
		s.mu.Lock()
		if s.conn != nil {
			_ = s.conn.Close()
		}
		s.mu.Unlock()
	}
	c.all.Wait()
}

// The crowd's departments: this many in one trust, on this many sites.
const (
	crowdDepartments = 1000
	crowdSites       = 100
	crowdTrust       = "RZZ"
	// sharedAccounts is how many tokens stand for the screens of one department that has them all.
	sharedAccounts = 50
)

func crowdDepartment(i int) string { return fmt.Sprintf("RZZ-%03d", i%crowdDepartments) }
func crowdSite(i int) string       { return fmt.Sprintf("RZZ%02d", i%crowdSites) }
func crowdToken(i, share int) string {
	return fmt.Sprintf("bench-screen-%03d-%d", i%crowdDepartments, share)
}

// crowdServer has the demo's directory with a trust of many departments, to which all of London shares, and a token for each of its
// screens; with a certificate of its own if it is to speak TLS.
func crowdServer(secure bool) func(*benchServer, *config) error {
	return func(s *benchServer, c *config) error {
		c.Tokens = append(tokensOf(demo.Accounts()), crowdTokens()...)
		if secure {
			if err := s.certify(c); err != nil {
				return err
			}
		}
		text, err := crowdDirectory(demo.DirectoryYAML)
		if err != nil {
			return err
		}
		return s.writeDirectory(text)
	}
}

// certify gives the server a certificate, and this process trust in it.
func (s *benchServer) certify(c *config) error {
	pair, err := selfSigned("ucpalert bench", x509.ExtKeyUsageServerAuth, net.IPv4(127, 0, 0, 1))
	if err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return err
	}
	c.HTTP.TLS.Certificate, c.HTTP.TLS.Key = "bench.pem", "bench.key"
	s.trust = &tls.Config{RootCAs: x509.NewCertPool()}
	s.trust.RootCAs.AddCert(pair.Leaf)
	return errors.Join(
		os.WriteFile(filepath.Join(s.folder, c.HTTP.TLS.Certificate), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Leaf.Raw}), 0o600),
		os.WriteFile(filepath.Join(s.folder, c.HTTP.TLS.Key), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600),
	)
}

// crowdDirectory adds the trust to a directory.
func crowdDirectory(text []byte) ([]byte, error) {
	var sections map[string][]any
	if err := yaml.Unmarshal(text, &sections); err != nil {
		return nil, err
	}
	add := func(section string, entry map[string]any) { sections[section] = append(sections[section], entry) }
	add("organisations", map[string]any{"id": crowdTrust, "name": "A trust of many departments", "region": "QM7", "main_site": crowdSite(0)})
	for i := range crowdSites {
		add("sites", map[string]any{"id": crowdSite(i), "name": fmt.Sprintf("Hospital %d", i), "organisation": crowdTrust})
	}
	for i := range crowdDepartments {
		add("departments", map[string]any{
			"id": crowdDepartment(i), "name": fmt.Sprintf("Department %d", i), "site": crowdSite(i), "main": i < crowdSites,
			"locations": []string{crowdDepartment(i)}, "time_zone": "Europe/London",
			"phones": []any{map[string]any{"name": "Switchboard", "number": "01632 960999"}},
		})
	}
	return yaml.Marshal(sections)
}

// crowdTokens are the screens' accounts.
func crowdTokens() []tokenConfig {
	var out []tokenConfig
	for i := range crowdDepartments {
		shares := 1
		if i == 0 {
			shares = sharedAccounts
		}
		for share := range shares {
			out = append(out, tokenConfig{
				Name: fmt.Sprintf("screen %d-%d", i, share), SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(crowdToken(i, share)))),
				Role: "screen", Organisation: crowdTrust, Department: crowdDepartment(i),
			})
		}
	}
	return out
}

// crowdMessage is the arrival of a person in a department.
func crowdMessage(number int, p demo.Person, department int, at time.Time) []byte {
	stamp := at.UTC().Format("20060102150405") + "+0000"
	sex := map[string]string{"female": "F", "male": "M"}[p.Sex]
	return fmt.Appendf(nil, "MSH|^~\\&|PAS|%s|UCPALERT|UCPALERT|%s||ADT^A04^ADT_A01|C%d|P|2.4\rEVN|A04|%s\rPID|1||%s^^^NHS^NH~H%d^^^%s^PI||%s^%s||%s|%s|||%s^^%s^^%s\r"+
		"PV1|1|E|%s^MAJORS^BAY 1^%s||||||||||||||||V%d^^^%s^VN|||||||||||||||||||||||||%s\r",
		crowdTrust, stamp, number, stamp, p.NHSNumber, number, crowdTrust, p.Family, p.Given, p.Born.Format("20060102"), sex, p.Line, p.Town, p.Postcode,
		crowdDepartment(department), crowdSite(department), number, crowdTrust, stamp)
}
