package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// talk asks for something about the story's first alert: talk ACCOUNT METHOD PATH STATUS BODY [TEXT…].
func (s *story) talk(_ *testscript.TestScript, _ bool, args []string) error {
	if len(args) < 5 {
		return fmt.Errorf("talk ACCOUNT METHOD PATH STATUS BODY [TEXT…]")
	}
	if s.talked == "" {
		first := map[string]bool{}
		for _, screen := range s.screens {
			screen.mu.Lock()
			if len(screen.frames) > 0 {
				first[screen.frames[0].Alert.ID] = true
			}
			screen.mu.Unlock()
		}
		if len(first) != 1 {
			return fmt.Errorf("the screens of the story begin with %d different alerts: which is meant?", len(first))
		}
		for s.talked = range first {
		}
	}
	return s.json("demo-"+args[0], args[1], "/api/alerts/"+s.talked+args[2], args[3], args[4], args[5:])
}

// centre asks for something as a centre: centre CENTRE METHOD PATH STATUS BODY [TEXT…]. LINE in the path is what waits for it since it last asked.
func (s *story) centre(_ *testscript.TestScript, _ bool, args []string) error {
	if len(args) < 5 {
		return fmt.Errorf("centre CENTRE METHOD PATH STATUS BODY [TEXT…]")
	}
	return s.json("demo-centre-"+args[0], args[1], strings.ReplaceAll(args[2], "LINE", s.line), args[3], args[4], args[5:])
}

// ask sends a request of the JSON API and reads the answer.
func (s *story) ask(token, method, path, body string) (status int, answer []byte, err error) {
	request, err := http.NewRequest(method, "http://"+s.http+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: 30 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// json sends a request of the JSON API and wants a status and an answer that holds each text, or does not (!TEXT).
func (s *story) json(token, method, path, status, body string, texts []string) error {
	got, answer, err := s.ask(token, method, path, body)
	if err != nil {
		return err
	}
	if fmt.Sprint(got) != status {
		return fmt.Errorf("%s %s was answered %d: %s", method, path, got, answer)
	}
	for _, text := range texts {
		unwanted, not := strings.CutPrefix(text, "!")
		if strings.Contains(string(answer), unwanted) == not {
			return fmt.Errorf("%s %s and %q: %s", method, path, text, answer)
		}
	}
	var list struct{ Waiting []struct{ ID string } }
	if json.Unmarshal(answer, &list) == nil && len(list.Waiting) > 0 {
		s.line = list.Waiting[0].ID
	}
	return nil
}
