package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// fhir sends one request as a centre, or as whoever has the token that stands in its place (demo-hospital-RQW). An address that is "next" is that of the next page of the last answer; If-None-Exist stands behind
// the address after a blank.
func (s *story) fhir(ts *testscript.TestScript, _ bool, args []string) error {
	if len(args) < 4 {
		return fmt.Errorf("fhir CENTRE METHOD ADDRESS STATUS [@FILE] [TEXT…]")
	}
	address, condition, _ := strings.Cut(args[2], " ")
	if address == "next" {
		if address = nextPage(s.lastFHIR); address == "" {
			return fmt.Errorf("the last answer has no next page: %s", s.lastFHIR)
		}
	} else {
		address = "http://" + s.http + "/fhir" + address
	}
	var body []byte
	texts := args[4:]
	if len(texts) > 0 && strings.HasPrefix(texts[0], "@") {
		var err error
		if body, err = os.ReadFile(ts.MkAbs(texts[0][1:])); err != nil {
			return err
		}
		texts = texts[1:]
	}
	request, err := http.NewRequest(args[1], address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	token := args[0]
	if !strings.HasPrefix(token, "demo-") {
		token = "demo-centre-" + token
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/fhir+json")
	if strings.HasSuffix(address, "/_search") {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if condition != "" {
		request.Header.Set("If-None-Exist", condition)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	s.lastFHIR = string(answer)
	if got := fmt.Sprint(response.StatusCode); got != args[3] {
		return fmt.Errorf("%s %s was answered %s: %s", args[1], args[2], got, answer)
	}
	for _, text := range texts {
		unwanted, not := strings.CutPrefix(text, "!")
		if strings.Contains(s.lastFHIR, unwanted) == not {
			return fmt.Errorf("the answer to %s %s and %q: %s", args[1], args[2], text, answer)
		}
	}
	return nil
}

// nextPage finds the address of the next page.
func nextPage(bundle string) string {
	_, after, found := strings.Cut(bundle, `{"relation":"next","url":"`)
	if !found {
		return ""
	}
	address, _, _ := strings.Cut(after, `"`)
	return address
}
