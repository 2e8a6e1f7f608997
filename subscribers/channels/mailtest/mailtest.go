// Package mailtest answers: what did a mail server get? It is for tests only.
package mailtest

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"testing"
)

// Server is a mail server on loopback that takes everything (RFC 5321), unless it is told to refuse.
type Server struct {
	// Address is where it listens.
	Address string

	mu      sync.Mutex
	refuses bool
	got     []Message
}

// Message is a mail as it was handed over.
type Message struct {
	From, To string
	// Text is the message with its headers, lines ending in LF.
	Text string
}

// New starts a server, which ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Address: l.Addr().String()}
	var all sync.WaitGroup
	open := map[net.Conn]bool{}
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // the test is over
			}
			s.mu.Lock()
			open[c] = true
			s.mu.Unlock()
			all.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		s.mu.Lock()
		for c := range open {
			_ = c.Close()
		}
		s.mu.Unlock()
		all.Wait()
	})
	return s
}

// Refuse says whether it answers every message with an error from now on.
func (s *Server) Refuse(refuses bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuses = refuses
}

// Got are the messages that it took.
func (s *Server) Got() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.got...)
}

func (s *Server) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	r := bufio.NewReader(c)
	say := func(line string) bool {
		_, err := c.Write([]byte(line + "\r\n"))
		return err == nil
	}
	var m Message
	for ok := say("220 mail.example ESMTP"); ok; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		switch verb := strings.ToUpper(line); {
		case strings.HasPrefix(verb, "EHLO"), strings.HasPrefix(verb, "HELO"):
			ok = say("250 mail.example")
		case strings.HasPrefix(verb, "MAIL FROM:"):
			m = Message{From: address(line)}
			ok = say("250 OK")
		case strings.HasPrefix(verb, "RCPT TO:"):
			m.To = address(line)
			ok = say("250 OK")
		case verb == "DATA":
			if ok = say("354 go on"); ok {
				if m.Text, err = text(r); err != nil {
					return
				}
				ok = say(s.take(m))
			}
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			ok = say("250 OK")
		}
	}
}

func (s *Server) take(m Message) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuses {
		return "451 try again later"
	}
	s.got = append(s.got, m)
	return "250 OK"
}

func address(line string) string {
	_, after, _ := strings.Cut(line, "<")
	inside, _, _ := strings.Cut(after, ">")
	return inside
}

// text reads up to the line with a dot.
func text(r *bufio.Reader) (string, error) {
	var b strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "." {
			return b.String(), nil
		}
		b.WriteString(strings.TrimPrefix(line, ".") + "\n")
	}
}
