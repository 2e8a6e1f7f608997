package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// textGateway takes text messages as a gateway of SMS does.
type textGateway struct {
	*httptest.Server
	mu  sync.Mutex
	got []map[string]string
}

// to is the newest text to a number, among those that hold what is looked for.
func (g *textGateway) to(number, holding string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range slices.Backward(g.got) {
		if m["to"] == number && strings.Contains(m["text"], holding) {
			return m["text"]
		}
	}
	return ""
}

// gateway starts a gateway of SMS for the service that starts next.
func (s *story) gateway(ts *testscript.TestScript, _ bool, _ []string) error {
	g := &textGateway{}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m map[string]string
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		g.mu.Lock()
		g.got = append(g.got, m)
		g.mu.Unlock()
		w.WriteHeader(http.StatusAccepted)
	}))
	ts.Defer(g.Close)
	s.texts = g
	return nil
}

// asks sends a request of the JSON API and reads the answer, which must be 200, into a value.
func (s *story) asks(token, method, path, body string, into any) error {
	status, answer, err := s.ask(token, method, path, body)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s %s was answered %d: %s", method, path, status, answer)
	}
	return json.Unmarshal(answer, into)
}

var sixDigits = regexp.MustCompile(`[0-9]{6}`)

// reach adds a phone as an account, and enters the code that it was sent: reach ACCOUNT NUMBER.
func (s *story) reach(_ *testscript.TestScript, _ bool, args []string) error {
	return s.addPhone(args[1], func(path string, body map[string]string, into any) error {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		return s.asks("demo-"+args[0], http.MethodPost, path, string(text), into)
	})
}

// addPhone adds a phone and enters the code that it was sent, as whoever post asks as.
func (s *story) addPhone(number string, post func(path string, body map[string]string, into any) error) error {
	var added struct {
		Contact  struct{ Contact, State string }
		CodeSent bool `json:"code_sent"`
	}
	if err := post("/api/contacts", map[string]string{"kind": "sms", "address": number}, &added); err != nil {
		return err
	}
	code := sixDigits.FindString(s.texts.to(number, "your code is"))
	if !added.CodeSent || added.Contact.State != "waiting" || code == "" {
		return fmt.Errorf("%+v, and the code is %q", added, code)
	}
	var verified struct{ State string }
	if err := post("/api/contacts/"+added.Contact.Contact+"/verification", map[string]string{"code": code}, &verified); err != nil {
		return err
	}
	if verified.State != "verified" {
		return fmt.Errorf("after the code it is %q", verified.State)
	}
	return nil
}

// texted waits for a text message about an alert that holds every text (!TEXT: does not), and answers the alert by the link in it, as an account:
// texted NUMBER ACCOUNT [TEXT…].
func (s *story) texted(_ *testscript.TestScript, _ bool, args []string) error {
	var text string
	for range 600 {
		if text = s.texts.to(args[0], "UCP alert, open the app"); text != "" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if text == "" {
		return fmt.Errorf("no text message to %s", args[0])
	}
	for _, want := range args[2:] {
		unwanted, not := strings.CutPrefix(want, "!")
		if strings.Contains(text, unwanted) == not {
			return fmt.Errorf("the text message and %q: %s", want, text)
		}
	}
	_, link, ok := strings.Cut(text, "http://"+s.http+"/answer/")
	if !ok {
		return fmt.Errorf("there is no link in %q", text)
	}
	var got struct {
		State, By string
		MayAnswer bool `json:"may_answer"`
	}
	token := "demo-" + args[1]
	if err := s.asks(token, "GET", "/api/answers/"+link, "", &got); err != nil {
		return err
	}
	if got.State != "waiting" || !got.MayAnswer {
		return fmt.Errorf("before the answer: %+v", got)
	}
	if err := s.asks(token, "POST", "/api/answers/"+link, "", &got); err != nil {
		return err
	}
	if got.State != "acknowledged" || got.By == "" {
		return fmt.Errorf("after the answer: %+v", got)
	}
	return nil
}
