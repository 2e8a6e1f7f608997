package web

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// openAPI is the description that the service gives of itself, as a program that reads it has it.
type openAPI struct {
	Version    string `json:"openapi"`
	Operations map[string]map[string]struct {
		Summary   string
		Responses map[string]struct {
			Content map[string]any
		}
	} `json:"paths"`
	compiler *jsonschema.Compiler
	schemas  sync.Map
}

var (
	selfDescription     *openAPI
	selfDescriptionOnce sync.Once
)

// description reads it once for all tests: it is the same in every world.
func (w *world) description() *openAPI {
	selfDescriptionOnce.Do(func() {
		text, err := json.Marshal(w.server.openAPI)
		if err != nil {
			return
		}
		d := &openAPI{compiler: jsonschema.NewCompiler()}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil || json.Unmarshal(text, d) != nil || d.compiler.AddResource("openapi.json", document) != nil {
			return
		}
		d.compiler.AssertFormat()
		selfDescription = d
	})
	if selfDescription == nil {
		w.t.Fatal("the description of the API cannot be read")
	}
	return selfDescription
}

var describing sync.Mutex // a compiler is used by one at a time

// schema is that of one answer; nil if it has none.
func (d *openAPI) schema(path, method, status, media string) (*jsonschema.Schema, error) {
	pointer := "openapi.json#/paths/" + strings.Join([]string{escaped(path), method, "responses", status, "content", escaped(media), "schema"}, "/")
	if held, ok := d.schemas.Load(pointer); ok {
		return held.(*jsonschema.Schema), nil
	}
	describing.Lock()
	defer describing.Unlock()
	schema, err := d.compiler.Compile(pointer)
	if err == nil {
		d.schemas.Store(pointer, schema)
	}
	return schema, err
}

// escaped is a name in a JSON pointer (RFC 6901) in the fragment of an address.
func escaped(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "+", "%2B").Replace(name)
}

// operation finds the path of the description that a request went to.
func (d *openAPI) operation(method, path string) (template string, ok bool) {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for candidate := range d.Operations {
		of := strings.Split(candidate, "/")
		_, has := d.Operations[candidate][strings.ToLower(method)]
		if !has || len(of) != len(parts) {
			continue
		}
		matches, names := true, 0
		for i, part := range of {
			if strings.HasPrefix(part, "{") {
				names++
			} else if part != parts[i] {
				matches = false
			}
		}
		if matches && (template == "" || names < strings.Count(template, "{")) {
			template = candidate
		}
	}
	return template, template != ""
}

// described holds every JSON answer that a test is given against the description: that its status is described there, and that its
// body is as described.
func (w *world) described(method, path string, answer *httptest.ResponseRecorder) {
	w.t.Helper()
	media, _, _ := strings.Cut(answer.Header().Get("Content-Type"), ";")
	d := w.description()
	template, ok := d.operation(method, path)
	if !ok || answer.Code == 500 || answer.Code == statusClientClosed || media != "application/json" && media != "application/problem+json" {
		return
	}
	status := strconv.Itoa(answer.Code)
	responses := d.Operations[template][strings.ToLower(method)].Responses
	if _, known := responses[status]; !known {
		if _, known = responses["default"]; !known {
			if answer.Code < 300 {
				w.t.Errorf("%s %s answers %s, which is not described", method, template, status)
			}
			return
		}
		status = "default"
	}
	schema, err := d.schema(template, strings.ToLower(method), status, media)
	if err != nil {
		w.t.Errorf("%s %s: the answer %s %s is not described: %v", method, template, status, media, err)
		return
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(answer.Body.Bytes()))
	if err == nil {
		err = schema.Validate(value)
	}
	if err != nil {
		w.t.Errorf("%s %s: the answer %s is not as described: %v\n%s", method, template, status, err, answer.Body)
	}
}

func TestTheDescriptionHasEveryAddressOfTheAPIAndNoOther(t *testing.T) {
	w := newWorld(t)
	d := w.description()
	if d.Version != "3.1.0" {
		t.Errorf("OpenAPI %s", d.Version)
	}
	var routes, described []string
	for _, r := range w.table {
		if strings.HasPrefix(r.path, "/api/") || r.path == "/healthz" || r.path == "/readyz" {
			routes = append(routes, r.method+" "+r.path)
		}
	}
	for path, methods := range d.Operations {
		for method, op := range methods {
			described = append(described, strings.ToUpper(method)+" "+path)
			if op.Summary == "" {
				t.Errorf("%s %s has no summary", method, path)
			}
		}
	}
	for _, r := range routes {
		if !slices.Contains(described, r) {
			t.Errorf("%s is not described", r)
		}
	}
	for _, o := range described {
		if !slices.Contains(routes, o) {
			t.Errorf("%s is described, and does not exist", o)
		}
	}
}

// Another shape than the described one is noticed: the check of all answers can fail.
func TestAnAnswerThatIsNotAsDescribedIsNoticed(t *testing.T) {
	d := newWorld(t).description()
	schema, err := d.schema("/api/departments/{department}/alerts", "get", "200", "application/json")
	if err != nil {
		t.Fatal(err)
	}
	for body, right := range map[string]bool{
		`{"department":"RQW-AE","position":"e/1","alerts":[]}`:                        true,
		`{"department":"RQW-AE","position":"e/1","alerts":[{"id":"a","state":1}]}`:    false,
		`{"department":"RQW-AE","alerts":[]}`:                                         false,
		`{"department":"RQW-AE","position":"e/1","alerts":[],"patient_of_the_day":1}`: false,
	} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != right {
			t.Errorf("%s: %v", body, err)
		}
	}
}
