package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ucpalert/ucpalert/hl7"
)

// hl7QuarantineCommand is about messages that were not understood.
type hl7QuarantineCommand struct {
	List    quarantineListCommand    `cmd:"" help:"List the messages that were not understood and wait: why, from whom, since when."`
	Show    quarantineShowCommand    `cmd:"" help:"Show one: why it was not understood, or its bytes. It holds a patient."`
	Discard quarantineDiscardCommand `cmd:"" help:"Drop messages for good; that they were there is kept."`
}

// operations is the service that a command asks, as an operator.
type operations struct {
	To        string        `default:"http://127.0.0.1:8080" placeholder:"URL" help:"Where the service is."`
	TokenFile string        `required:"" type:"existingfile" placeholder:"FILE" help:"The token of an account with role operator."`
	Timeout   time.Duration `default:"1m" help:"How long to wait for an answer."`
}

// keptMessage is a message in quarantine, as the service lists it.
type keptMessage struct {
	ID, Sender, Listener, Subject, Answer, Location, Reason, By string
	Condition, Times, Size, Replays                             int
	First, Last                                                 time.Time
	Taken, Discarded                                            *time.Time
}

// state is what became of it.
func (e keptMessage) state() string {
	switch {
	case e.Taken != nil:
		return "taken"
	case e.Discarded != nil:
		return "discarded"
	}
	return "waiting"
}

// ask asks the service and returns the body of its answer. What it says against it is the error.
func (o operations) ask(ctx context.Context, method, path string) ([]byte, error) {
	base, err := url.Parse(o.To)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, errors.New("--to must be the address of a service, such as https://ucpalert.example.nhs.uk")
	}
	token, err := os.ReadFile(o.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("read the token: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(o.To, "/")+"/api/operations/quarantine"+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask the service: %w", err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, fmt.Errorf("ask the service: %w", err)
	}
	if response.StatusCode >= 300 {
		var problem struct{ Detail string }
		if json.Unmarshal(body, &problem) != nil || problem.Detail == "" {
			problem.Detail = "is that the address of a service?"
		}
		return nil, fmt.Errorf("the service says %s: %s", response.Status, problem.Detail)
	}
	return body, nil
}

// list asks for all entries, page by page, the newest first.
func (o operations) list(ctx context.Context, settled bool) ([]keptMessage, error) {
	var all []keptMessage
	for after := ""; ; {
		body, err := o.ask(ctx, http.MethodGet, fmt.Sprintf("?settled=%t&after=%s", settled, after))
		if err != nil {
			return nil, err
		}
		var page struct {
			Messages []keptMessage
			Next     string
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, fmt.Errorf("read the service's answer: %w", err)
		}
		all = append(all, page.Messages...)
		if page.Next == "" {
			return all, nil
		}
		after = page.Next
	}
}

type quarantineListCommand struct {
	operations
	All  bool `help:"Also those that were taken or discarded."`
	JSON bool `name:"json" help:"Print one JSON object a line."`
}

// Run prints a line a message, the newest first.
func (c quarantineListCommand) Run(ctx context.Context) error {
	all, err := c.list(ctx, c.All)
	if err != nil {
		return err
	}
	if c.JSON {
		encoder := json.NewEncoder(os.Stdout)
		for _, e := range all {
			if err := encoder.Encode(e); err != nil {
				return err
			}
		}
		return nil
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "id\tlast\ttimes\tlistener\tsender\tanswer\twhere\tstate\treason")
	for _, e := range all {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s %d\t%s\t%s\t%s\n", e.ID[:16], e.Last.UTC().Format(time.DateTime), e.Times, e.Listener,
			hl7.Clean(e.Sender), e.Answer, e.Condition, e.Location, e.state(), e.Reason)
	}
	return table.Flush()
}

type quarantineShowCommand struct {
	operations
	Bytes bool   `help:"Write the message itself, byte for byte, to standard output. The reading is journalled."`
	ID    string `arg:"" help:"As listed, or the whole id."`
}

// Run prints what is known of a message, or the message.
func (c quarantineShowCommand) Run(ctx context.Context) error {
	path := "/" + url.PathEscape(c.ID)
	if c.Bytes {
		path += "/bytes"
	}
	body, err := c.ask(ctx, http.MethodGet, path)
	if err != nil {
		return err
	}
	if !c.Bytes {
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, body, "", "  "); err != nil {
			return fmt.Errorf("read the service's answer: %w", err)
		}
		body = pretty.Bytes()
	}
	_, err = os.Stdout.Write(body)
	return err
}

type quarantineDiscardCommand struct {
	operations
	IDs []string `arg:"" name:"id" help:"As listed, or whole ids."`
}

// Run drops each message, up to the first that cannot be.
func (c quarantineDiscardCommand) Run(ctx context.Context) error {
	for _, id := range c.IDs {
		if _, err := c.ask(ctx, http.MethodDelete, "/"+url.PathEscape(id)); err != nil {
			return fmt.Errorf("discard %s: %w", id, err)
		}
		fmt.Println(id, "discarded")
	}
	return nil
}
