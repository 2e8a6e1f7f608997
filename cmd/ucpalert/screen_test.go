package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// frame is a message of the stream as a screen in another hospital would read it: from its description, not from our types.
type frame struct {
	Type     string      `json:"type"`
	Change   string      `json:"change"`
	Position string      `json:"position"`
	Previous string      `json:"previous"`
	Resumed  bool        `json:"resumed"`
	Command  string      `json:"command"`
	Reason   string      `json:"reason"`
	AlertID  string      `json:"-"`
	Alert    shownAlert  `json:"-"`
	Alerts   []alertJSON `json:"alerts"`
}

type alertJSON = json.RawMessage

// shownAlert is what the stories look at.
type shownAlert struct {
	ID          string `json:"id"`
	Department  string `json:"department"`
	Match       string `json:"match"`
	Reason      string `json:"reason"`
	Plan        string `json:"plan"`
	Version     int    `json:"version"`
	Headline    string `json:"headline"`
	Location    string `json:"location"`
	Sensitive   bool   `json:"sensitive"`
	Show        string `json:"show"`
	CentrePhone string `json:"centre_phone"`
	Recall      bool   `json:"recall"`
	Urgency     string `json:"urgency"`
	State       string `json:"state"`
	StateReason string `json:"state_reason"`
	Patient     struct {
		NHSNumber string `json:"nhs_number"`
	} `json:"patient"`
	Acknowledged struct {
		By string `json:"by"`
	} `json:"acknowledged"`
	Warnings    []string `json:"warnings"`
	Questions   int      `json:"questions"`
	Unanswered  int      `json:"unanswered"`
	AnsweredNew int      `json:"answered_new"`
	Disputed    int      `json:"disputed"`
	Outcome     string   `json:"outcome"`
}

// testScreen is a board: it holds a position, notices gaps, and keeps every frame that changed something.
type testScreen struct {
	department, token string

	mu       sync.Mutex
	changed  *sync.Cond
	conn     *websocket.Conn
	position string
	resumed  bool
	frames   []frame // alert frames, in order
	answers  []frame
	open     map[string]shownAlert
	fault    error // a gap, a repeated position, an unreadable frame
	closed   error // why the connection ended
	done     chan struct{}
}

func newScreen(department, token string) *testScreen {
	s := &testScreen{department: department, token: token, open: map[string]shownAlert{}}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// connect opens the stream, resuming from the position that the screen holds, and returns once it is welcomed (and has its snapshot).
func (s *testScreen) connect(httpAddress string) error {
	dialer := websocket.Dialer{Subprotocols: []string{"ucpalert.v1"}, HandshakeTimeout: 20 * time.Second}
	conn, response, err := dialer.Dial("ws://"+httpAddress+"/stream/departments/"+s.department, http.Header{})
	if err != nil {
		return fmt.Errorf("connect the screen: %w", err)
	}
	_ = response.Body.Close()
	hello := map[string]string{"type": "hello", "token": s.token}
	s.mu.Lock()
	if s.position != "" {
		hello["after"] = s.position
	}
	s.mu.Unlock()
	if err := conn.WriteJSON(hello); err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	welcomed := make(chan error, 1)
	done := make(chan struct{})
	s.mu.Lock()
	s.conn, s.closed, s.done = conn, nil, done
	s.mu.Unlock()
	go s.read(conn, welcomed, done)
	select {
	case err := <-welcomed:
		return err
	case <-time.After(20 * time.Second):
		return fmt.Errorf("no welcome within 20 s")
	}
}

func (s *testScreen) read(conn *websocket.Conn, welcomed chan<- error, done chan<- struct{}) {
	defer close(done)
	ready := false
	for {
		_, text, err := conn.ReadMessage()
		if err != nil {
			s.mu.Lock()
			s.closed = err
			s.changed.Broadcast()
			s.mu.Unlock()
			if !ready {
				welcomed <- err
			}
			return
		}
		s.mu.Lock()
		nowReady := s.take(text)
		s.changed.Broadcast()
		s.mu.Unlock()
		if nowReady && !ready {
			ready = true
			welcomed <- nil
		}
	}
}

// take folds one frame into the screen and tells whether the screen is current now.
func (s *testScreen) take(text []byte) (ready bool) {
	var f frame
	if err := json.Unmarshal(text, &f); err != nil {
		s.fault = fmt.Errorf("unreadable frame: %w", err)
		return false
	}
	switch f.Type {
	case "welcome":
		s.resumed, s.position = f.Resumed, f.Position
		return f.Resumed
	case "snapshot":
		s.position = f.Position
		s.open = map[string]shownAlert{}
		for _, raw := range f.Alerts {
			var a shownAlert
			if err := json.Unmarshal(raw, &a); err != nil {
				s.fault = err
			}
			s.open[a.ID] = a
		}
		return true
	case "alert":
		s.takeAlert(f, text)
	case "heartbeat":
		if f.Position != s.position {
			s.fault = fmt.Errorf("a heartbeat at %s, but the screen is at %s", f.Position, s.position)
		}
	case "done", "refused":
		var with struct {
			Alert string `json:"alert"`
		}
		_ = json.Unmarshal(text, &with)
		f.AlertID = with.Alert
		s.answers = append(s.answers, f)
	}
	return false
}

func (s *testScreen) takeAlert(f frame, text []byte) {
	var with struct {
		Alert shownAlert `json:"alert"`
	}
	if err := json.Unmarshal(text, &with); err != nil {
		s.fault = err
		return
	}
	f.Alert = with.Alert
	if f.Previous != s.position {
		s.fault = fmt.Errorf("a gap: the frame at %s follows %s, but the screen is at %s", f.Position, f.Previous, s.position)
	}
	s.position = f.Position
	s.frames = append(s.frames, f)
	if f.Alert.State == "raised" || f.Alert.State == "acknowledged" || f.Alert.Recall {
		s.open[f.Alert.ID] = f.Alert
	} else {
		delete(s.open, f.Alert.ID)
	}
}

// wait waits until the condition holds (it is called with the lock held), or says what it waited for.
func (s *testScreen) wait(what string, condition func() bool) error {
	expired := time.AfterFunc(30*time.Second, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.fault == nil {
			s.fault = fmt.Errorf("waited 30 s for %s; frames so far: %+v", what, s.frames)
		}
		s.changed.Broadcast()
	})
	defer expired.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !condition() {
		if s.fault != nil {
			return s.fault
		}
		s.changed.Wait()
	}
	return s.fault
}

// send gives a command and waits for its answer.
func (s *testScreen) send(command, alert string) (frame, error) {
	s.mu.Lock()
	before := len(s.answers)
	conn := s.conn
	s.mu.Unlock()
	if err := conn.WriteJSON(map[string]string{"type": command, "alert": alert}); err != nil {
		return frame{}, err
	}
	err := s.wait("the answer to "+command, func() bool { return len(s.answers) > before })
	if err != nil {
		return frame{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers[before], nil
}

// disconnect cuts the connection without a word, as a closed laptop does.
func (s *testScreen) disconnect() {
	s.mu.Lock()
	conn, done := s.conn, s.done
	s.mu.Unlock()
	if conn != nil {
		_ = conn.Close()
		<-done
	}
}
