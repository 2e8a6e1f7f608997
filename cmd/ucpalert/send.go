package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

type sendCommand struct {
	To      string        `required:"" placeholder:"HOST:PORT" help:"Where the MLLP listener is."`
	Timeout time.Duration `default:"30s" help:"How long to wait for each answer."`
	Retries int           `default:"5" help:"How often a message that was not answered is sent again, unchanged, with growing pauses from a second to half a minute."`
	Rate    float64       `placeholder:"N" help:"At most this many messages a second; as fast as they are answered if not given."`

	TLS         bool   `name:"tls" help:"Connect with TLS, also without a certificate of our own."`
	CA          string `name:"ca" type:"existingfile" placeholder:"FILE" help:"PEM file of the authorities that the listener's certificate is checked against; the system's if not given."`
	Certificate string `type:"existingfile" placeholder:"FILE" help:"PEM file of our own certificate, and those that lead to its authority."`
	Key         string `type:"existingfile" placeholder:"FILE" help:"PEM file of its key."`
	ServerName  string `placeholder:"NAME" help:"The name that the listener's certificate must have, if it is not HOST."`

	Files []string `arg:"" name:"file" help:"Files of HL7 v2 messages; - is standard input. A file holds any number of messages: each beginning with MSH, or in MLLP frames (then sent byte for byte), or one a line as JSON: a string, or an object with a message."`
}

// errNotAll is returned when an answer was not AA; the lines printed say which.
var errNotAll = errors.New("not every message was accepted")

// Run sends each message in turn and prints one line an answer: code, control id, time to the answer ("AA 42 0.8ms"). At last it says on
// standard error how many were answered how. A message that is not answered, however often it is sent, ends it: those after it must not
// overtake it.
func (c sendCommand) Run(ctx context.Context) error {
	config, err := c.tlsConfig()
	if err != nil {
		return err
	}
	client := &mllp.Client{Address: c.To, TLS: config, Timeout: c.Timeout}
	defer func() { _ = client.Close() }() // every answer was read; nothing is lost with the connection
	s := &sending{client: client, retries: c.Retries, codes: map[hl7.AckCode]int{}, began: time.Now()}
	if c.Rate > 0 {
		s.every = time.Duration(float64(time.Second) / c.Rate)
	}
	defer func() { fmt.Fprintln(os.Stderr, s.summary()) }()
	for _, name := range c.Files {
		content, err := readFile(name)
		if err != nil {
			return err
		}
		messages, err := messagesIn(content)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for i, message := range messages {
			line, err := s.send(ctx, message)
			if err != nil {
				return fmt.Errorf("send message %d of %s: %w", i+1, name, err)
			}
			fmt.Println(line)
		}
	}
	if s.codes[hl7.AA]+s.codes[hl7.CA] < s.answered {
		return errNotAll
	}
	return nil
}

// tlsConfig is nil where nothing asks for TLS.
func (c sendCommand) tlsConfig() (*tls.Config, error) {
	if !c.TLS && c.CA == "" && c.Certificate == "" && c.Key == "" && c.ServerName == "" {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.ServerName}
	if (c.Certificate == "") != (c.Key == "") {
		return nil, errors.New("--certificate and --key go together")
	}
	if c.CA != "" {
		pool, err := readAuthorities("--ca", []string{c.CA})
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	if c.Certificate != "" {
		pair, err := readPair(c.Certificate, c.Key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// sending is one run of the command.
type sending struct {
	client   *mllp.Client
	retries  int
	every    time.Duration // between the beginnings of two messages; 0: none
	next     time.Time     // when the next may begin
	began    time.Time
	answered int
	resent   int
	codes    map[hl7.AckCode]int
}

// The pauses before a message is sent again begin and end with these.
const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
)

// send sends a message until it is answered, and returns the line to print.
func (s *sending) send(ctx context.Context, message []byte) (string, error) {
	if err := s.wait(ctx, time.Until(s.next)); err != nil {
		return "", err
	}
	s.next = time.Now().Add(s.every)
	for pause, n := firstPause, 0; ; pause, n = min(2*pause, lastPause), n+1 {
		began := time.Now()
		answer, err := s.client.Send(ctx, message)
		if err == nil {
			return s.read(answer, time.Since(began))
		}
		if n >= s.retries || ctx.Err() != nil {
			return "", err
		}
		fmt.Fprintf(os.Stderr, "%v; again in %s\n", err, pause)
		if err := s.wait(ctx, pause); err != nil {
			return "", err
		}
		s.resent++
	}
}

func (s *sending) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// read counts an answer and writes its line.
func (s *sending) read(answer []byte, took time.Duration) (string, error) {
	ack, err := hl7.ReadAck(answer)
	if err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	s.answered++
	s.codes[ack.Code]++
	line := fmt.Sprintf("%s %s %.1fms", ack.Code, hl7.Clean(ack.ControlID), float64(took.Microseconds())/1000)
	if ack.Text != "" {
		line += " " + hl7.Clean(ack.Text)
	}
	return line, nil
}

// summary says how many messages were answered how.
func (s *sending) summary() string {
	var parts []string
	for code, n := range s.codes {
		parts = append(parts, fmt.Sprintf("%d %s", n, code))
	}
	slices.Sort(parts)
	text := fmt.Sprintf("sent %d messages in %s: %s", s.answered, time.Since(s.began).Round(time.Millisecond), cmp.Or(strings.Join(parts, ", "), "none answered"))
	if s.resent > 0 {
		text += fmt.Sprintf("; %d sent again", s.resent)
	}
	return text
}

func readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(name)
}

// errNoMessage is for a file without any.
var errNoMessage = errors.New("the file holds no HL7 message: none of its lines begins with MSH")

// messagesIn finds the messages of a file, which begins with a frame, with JSON, or with anything else.
func messagesIn(content []byte) (messages [][]byte, err error) {
	switch begin := bytes.TrimLeft(content, "\r\n\t "); {
	case bytes.HasPrefix(begin, []byte{0x0B}):
		messages, err = framedMessages(begin)
	case bytes.HasPrefix(begin, []byte{'{'}), bytes.HasPrefix(begin, []byte{'"'}):
		messages, err = jsonMessages(begin)
	default:
		messages = splitMessages(content)
	}
	if err == nil && len(messages) == 0 {
		err = errNoMessage
	}
	return messages, err
}

// framedMessages are the messages of a recording, byte for byte.
func framedMessages(content []byte) (messages [][]byte, err error) {
	frames := mllp.NewReader(bytes.NewReader(content), mllp.Limits{MessageBytes: len(content)})
	for {
		message, err := frames.Next()
		if err == io.EOF {
			return messages, nil
		}
		if err != nil {
			return nil, fmt.Errorf("message %d: %w", len(messages)+1, err)
		}
		messages = append(messages, message)
	}
}

// jsonMessages are lines of JSON, each a message or an object that has one.
func jsonMessages(content []byte) (messages [][]byte, err error) {
	decoder := json.NewDecoder(bytes.NewReader(content))
	for {
		var line json.RawMessage
		if err := decoder.Decode(&line); err == io.EOF {
			return messages, nil
		} else if err != nil {
			return nil, fmt.Errorf("message %d is no JSON: %w", len(messages)+1, err)
		}
		var text string
		var object struct{ Message *string }
		if json.Unmarshal(line, &text) != nil {
			if err := json.Unmarshal(line, &object); err != nil || object.Message == nil {
				return nil, fmt.Errorf("message %d is neither a string nor an object with a message", len(messages)+1)
			}
			text = *object.Message
		}
		found := splitMessages([]byte(text))
		if len(found) != 1 {
			return nil, fmt.Errorf("line %d holds %d messages, not one", len(messages)+1, len(found))
		}
		messages = append(messages, found[0])
	}
}

// splitMessages cuts a file before every line that begins with MSH and ends each segment with CR, as HL7 2.4 §2.3 has it. MLLP bytes that
// a recording left in the file are dropped.
func splitMessages(content []byte) [][]byte {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\r"))
	content = bytes.ReplaceAll(content, []byte("\n"), []byte("\r"))
	var messages [][]byte
	for _, segment := range bytes.Split(content, []byte("\r")) {
		segment = bytes.Trim(segment, "\x0b\x1c")
		if len(segment) == 0 {
			continue
		}
		if bytes.HasPrefix(segment, []byte("MSH")) {
			messages = append(messages, nil)
		}
		if len(messages) == 0 {
			continue // nothing before the first MSH belongs to a message
		}
		last := len(messages) - 1
		messages[last] = append(append(messages[last], segment...), '\r')
	}
	return messages
}
