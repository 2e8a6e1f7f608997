package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// planWith adds to a plan what a story says about sharing it.
func planWith(document []byte, with map[string]string) []byte {
	if len(with) == 0 {
		return document
	}
	var resource map[string]any
	if err := json.Unmarshal(document, &resource); err != nil {
		panic(err) // it was made here
	}
	if code := with["category"]; code != "" {
		resource["category"] = []any{map[string]any{"coding": []any{map[string]any{"system": "http://snomed.info/sct", "code": code}}}}
	}
	if with["consent"] == "dissent" || with["only"] != "" {
		consent := map[string]any{
			"resourceType": "Consent", "id": "consent", "status": "active", "scope": map[string]any{"text": "privacy"}, "category": []any{map[string]any{"text": "sharing"}},
			"patient":    map[string]any{"reference": "#patient"},
			"policyRule": map[string]any{"coding": []any{map[string]any{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTOUT"}}},
		}
		if only := with["only"]; only != "" {
			consent["provision"] = map[string]any{"type": "permit", "actor": []any{map[string]any{"role": map[string]any{"text": "recipient"},
				"reference": map[string]any{"identifier": map[string]any{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": only}}}}}
		}
		contained, _ := resource["contained"].([]any)
		resource["contained"] = append(contained, consent)
	}
	b, err := json.Marshal(resource)
	if err != nil {
		panic(err) // strings and maps always marshal
	}
	return b
}

// reads asks for the plan behind the newest alert, as the page of that screen does.
func (s *story) reads(_ *testscript.TestScript, _ bool, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("reads NAME STATUS [TEXT…]")
	}
	screen := s.screens[args[0]]
	screen.mu.Lock()
	if len(screen.frames) == 0 {
		screen.mu.Unlock()
		return fmt.Errorf("%s has seen no alert", args[0])
	}
	id := screen.frames[len(screen.frames)-1].Alert.ID
	screen.mu.Unlock()
	request, err := http.NewRequest(http.MethodGet, "http://"+s.http+"/api/alerts/"+id+"/plan", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+screen.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if got := fmt.Sprint(response.StatusCode); got != args[1] {
		return fmt.Errorf("answered %s, want %s: %s", got, args[1], body)
	}
	for _, want := range args[2:] {
		unwanted, not := strings.CutPrefix(want, "!")
		if strings.Contains(string(body), unwanted) == not {
			return fmt.Errorf("the answer and %q: %s", want, body)
		}
	}
	return nil
}
