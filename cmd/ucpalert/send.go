package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/hl7/mllp"
)

type sendCommand struct {
	To      string        `required:"" placeholder:"HOST:PORT" help:"Where the MLLP listener is."`
	Timeout time.Duration `default:"30s" help:"How long to wait for each answer."`
	Files   []string      `arg:"" name:"file" help:"Files of HL7 v2 messages; - is standard input. A file may hold several messages, each beginning with MSH."`
}

// errNotAll is returned when an answer was not AA; the lines printed say which.
var errNotAll = errors.New("not every message was accepted")

// Run sends each message in turn and prints one line an answer: code, control id, time to the answer ("AA 42 0.8ms").
func (c sendCommand) Run(ctx context.Context) error {
	client := &mllp.Client{Address: c.To, Timeout: c.Timeout}
	defer func() { _ = client.Close() }() // every answer was read; nothing is lost with the connection
	accepted := true
	for _, name := range c.Files {
		content, err := readFile(name)
		if err != nil {
			return err
		}
		messages := splitMessages(content)
		if len(messages) == 0 {
			return fmt.Errorf("%s holds no HL7 message: none of its lines begins with MSH", name)
		}
		for i, message := range messages {
			line, ok, err := sendOne(ctx, client, message)
			if err != nil {
				return fmt.Errorf("send message %d of %s: %w", i+1, name, err)
			}
			accepted = accepted && ok
			fmt.Println(line)
		}
	}
	if !accepted {
		return errNotAll
	}
	return nil
}

func readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(name)
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

func sendOne(ctx context.Context, client *mllp.Client, message []byte) (line string, accepted bool, err error) {
	began := time.Now()
	answer, err := client.Send(ctx, message)
	if err != nil {
		return "", false, err
	}
	took := float64(time.Since(began).Microseconds()) / 1000
	ack, err := hl7.ReadAck(answer)
	if err != nil {
		return "", false, fmt.Errorf("read the answer: %w", err)
	}
	line = fmt.Sprintf("%s %s %.1fms", ack.Code, ack.ControlID, took)
	if ack.Text != "" {
		line += " " + ack.Text
	}
	return line, ack.Code == "AA" || ack.Code == "CA", nil
}
