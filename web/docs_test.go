package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestTheDocumentationIsReadableWithoutAScriptOrAnotherMachine(t *testing.T) {
	w := newWorld(t)
	pages, err := w.server.docs()
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range pages {
		answer := w.ask("GET", strings.TrimSuffix("/docs/"+name, "/"), "", "")
		want(t, answer, http.StatusOK)
		text := answer.Body.String()
		if !strings.HasPrefix(page.contentType, "text/html") {
			continue
		}
		for _, never := range []string{"<script", " style=", "<style", " onclick", `src="http`, `rel="stylesheet" href="http`, "raw HTML omitted"} {
			if strings.Contains(text, never) {
				t.Errorf("/docs/%s has %q", name, never)
			}
		}
		ids := map[string]bool{}
		for _, id := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(text, -1) {
			if ids[id[1]] {
				t.Errorf("/docs/%s: the id %q stands twice", name, id[1])
			}
			ids[id[1]] = true
		}
		for _, link := range regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(text, -1) {
			to, fragment, _ := strings.Cut(link[1], "#")
			target, inDocs := strings.CutPrefix(to, "/docs/")
			switch {
			case to == "" && !ids[fragment]:
				t.Errorf("/docs/%s: the link %s leads nowhere", name, link[1])
			case inDocs && pages[target].body == nil:
				t.Errorf("/docs/%s: there is no %s", name, link[1])
			case inDocs && fragment != "" && !strings.Contains(string(pages[target].body), ` id="`+fragment+`"`):
				t.Errorf("/docs/%s: there is no %s", name, link[1])
			case to != "" && !inDocs && !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "https://"):
				t.Errorf("/docs/%s: the link %s is of the repository", name, link[1])
			}
		}
	}
	for path, has := range map[string]string{
		"/docs": "The stream", "/docs/stream": "4413", "/docs/api": "/api/departments/{department}/alerts", "/docs/asyncapi.yaml": "asyncapi: 3.0.0", "/docs/openapi.json": `"openapi":"3.1.0"`,
	} {
		if text := w.ask("GET", path, "", "").Body.String(); !strings.Contains(text, has) {
			t.Errorf("%s does not have %q", path, has)
		}
	}
	want(t, w.ask("GET", "/docs/nothing", "", ""), http.StatusNotFound)
}
