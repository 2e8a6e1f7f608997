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

// rules looks at the newest alert of a board as a clinician of its hospital does, wants each text there (!TEXT: not), and says whether the two
// are one patient: rules NAME same|other [TEXT…]. With ! the service must refuse what it was told.
func (s *story) rules(_ *testscript.TestScript, neg bool, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("rules NAME same|other [TEXT…]")
	}
	screen := s.screens[args[0]]
	screen.mu.Lock()
	id := "none"
	if n := len(screen.frames); n > 0 {
		id = screen.frames[n-1].Alert.ID
	}
	screen.mu.Unlock()
	token, path := "demo-clinician-"+strings.TrimSuffix(screen.department, "-AE"), "/api/alerts/"+id+"/identity"
	status, beside, err := s.request(token, http.MethodGet, path, "")
	if err != nil {
		return err
	}
	for _, want := range args[2:] {
		unwanted, not := strings.CutPrefix(want, "!")
		if strings.Contains(beside, unwanted) == not {
			return fmt.Errorf("the two side by side and %q: %s", want, beside)
		}
	}
	var shown struct{ Seen string }
	if status == http.StatusOK {
		if err := json.Unmarshal([]byte(beside), &shown); err != nil {
			return err
		}
		status, beside, err = s.request(token, http.MethodPost, path, fmt.Sprintf(`{"answer":%q,"seen":%q}`, args[1], shown.Seen))
		if err != nil {
			return err
		}
	}
	if (status != http.StatusOK) != neg {
		return fmt.Errorf("saying %s was answered %d: %s", args[1], status, beside)
	}
	return nil
}

// request asks the JSON API for something.
func (s *story) request(token, method, path, body string) (int, string, error) {
	request, err := http.NewRequest(method, "http://"+s.http+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: 30 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, string(answer), err
}
