package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// description is the AsyncAPI document of the stream, as a program that reads it has it.
var description = sync.OnceValues(func() (*asyncAPI, error) {
	source, err := os.ReadFile("../../docs/asyncapi.yaml")
	if err != nil {
		return nil, err
	}
	text, err := yaml.YAMLToJSON(source)
	if err != nil {
		return nil, err
	}
	d := &asyncAPI{}
	if err := json.Unmarshal(text, d); err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	close := jsonschema.NewCompiler()
	close.DefaultDraft(jsonschema.Draft7) // AsyncAPI 3.0: its schemas are a superset of draft 7
	close.AssertFormat()
	if err := close.AddResource("asyncapi.json", closed(document)); err != nil {
		return nil, err
	}
	d.schemas = map[string]*jsonschema.Schema{}
	for name, message := range d.Components.Messages {
		if d.schemas[name], err = close.Compile("asyncapi.json" + message.Payload.Ref); err != nil {
			return nil, err
		}
	}
	return d, nil
})

type asyncAPI struct {
	Channels map[string]struct {
		Address  string
		Messages map[string]any
	}
	Components struct {
		Messages map[string]struct {
			Payload struct {
				Ref string `json:"$ref"`
			}
			Examples []struct{ Payload json.RawMessage }
		}
		Schemas map[string]struct {
			Properties map[string]struct {
				Const string
				Enum  []any
			}
		}
	}
	schemas map[string]*jsonschema.Schema
}

// closed forbids members that are not described, in every object: clients must pass over what they do not know, but a test must not.
func closed(value any) any {
	switch v := value.(type) {
	case map[string]any:
		_, has := v["properties"]
		if _, open := v["additionalProperties"]; has && !open && v["type"] == "object" {
			v["additionalProperties"] = false
		}
		for _, inner := range v {
			closed(inner)
		}
	case []any:
		for _, inner := range v {
			closed(inner)
		}
	}
	return value
}

// messageOf is the name under which the description has the messages of a type.
func (d *asyncAPI) messageOf(kind string) string {
	for name, message := range d.Components.Messages {
		schema := d.Components.Schemas[strings.TrimPrefix(message.Payload.Ref, "#/components/schemas/")]
		if is := schema.Properties["type"]; is.Const == kind || slices.Contains(is.Enum, any(kind)) {
			return name
		}
	}
	return ""
}

// described holds a message against its description.
func described(kind string, body []byte) error {
	d, err := description()
	if err != nil {
		return err
	}
	schema := d.schemas[d.messageOf(kind)]
	if schema == nil {
		return errors.New("no message of this type is described")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

func TestTheDescriptionIsOfThisProtocol(t *testing.T) {
	d, err := description()
	if err != nil {
		t.Fatal(err)
	}
	addresses := map[string]bool{}
	for name, channel := range d.Channels {
		addresses[channel.Address] = true
		if len(channel.Messages) != len(d.Components.Messages) {
			t.Errorf("channel %s has %d messages", name, len(channel.Messages))
		}
	}
	for _, address := range []string{"/stream/departments/{department}", "/stream/organisations/{organisation}", "/stream/regions/{region}", "/stream/me"} {
		if !addresses[address] {
			t.Errorf("%s is not described", address)
		}
	}
	for name, message := range d.Components.Messages {
		for _, example := range message.Examples {
			var has struct{ Type string }
			if err := errors.Join(json.Unmarshal(example.Payload, &has), described(has.Type, example.Payload)); err != nil || d.messageOf(has.Type) != name {
				t.Errorf("the example of %s: %v", name, err)
			}
		}
		if len(message.Examples) == 0 {
			t.Errorf("%s has no example", name)
		}
	}
	for _, wrong := range []string{`{"type":"heartbeat","position":"p/1"}`, `{"type":"heartbeat","position":"p","time":"2026-11-22T19:09:24Z"}`, `{"type":"heartbeat","position":"p/1","time":"yesterday"}`,
		`{"type":"heartbeat","position":"p/1","time":"2026-11-22T19:09:24Z","more":1}`, `{"type":"welcome","position":"p/1","resumed":true,"heartbeat_seconds":5}`} {
		var has struct{ Type string }
		if err := json.Unmarshal([]byte(wrong), &has); err != nil || described(has.Type, []byte(wrong)) == nil {
			t.Errorf("%s passes (%v)", wrong, err)
		}
	}
}

// What a client may say is what the service reads: the members of the two are the same.
func TestEveryMemberThatTheServiceReadsIsDescribed(t *testing.T) {
	d, err := description()
	if err != nil {
		t.Fatal(err)
	}
	var read, told []string
	for i := range reflect.TypeFor[request]().NumField() {
		read = append(read, reflect.TypeFor[request]().Field(i).Tag.Get("json"))
	}
	for _, name := range []string{"hello", "alive", "receipt", "acknowledge", "handOver", "recallSeen", "identity", "canaryDisplayed"} {
		for member := range d.Components.Schemas[name].Properties {
			if !slices.Contains(told, member) {
				told = append(told, member)
			}
		}
	}
	slices.Sort(read)
	slices.Sort(told)
	same(t, "members", told, read)
}

// The page says of each frame what it looks like; the examples on it are frames.
func TestTheExamplesOfTheDocumentationAreMessages(t *testing.T) {
	page, err := os.ReadFile("../../docs/stream.md")
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]bool{}
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1) {
		decoder := json.NewDecoder(bytes.NewReader(block[1]))
		for decoder.More() {
			var raw json.RawMessage
			if err := decoder.Decode(&raw); err != nil {
				t.Fatalf("%s: %v", block[1], err)
			}
			var has struct{ Type string }
			if err := json.Unmarshal(raw, &has); err != nil || has.Type == "" {
				continue // an example of the HTTP interface
			}
			types[has.Type] = true
			if err := described(has.Type, raw); err != nil {
				t.Errorf("%s: %v", raw, err)
			}
		}
	}
	d, err := description()
	if err != nil {
		t.Fatal(err)
	}
	for name := range d.Components.Messages {
		shown := false
		for kind := range types {
			shown = shown || d.messageOf(kind) == name
		}
		if !shown {
			t.Errorf("the page has no example of %s", name)
		}
	}
	for _, code := range []int{CloseProtocol, CloseSignIn, CloseForbidden, CloseNoDepartment, CloseHelloLate, CloseChanged, CloseTooSlow, CloseRestart, CloseTryLater} {
		if !bytes.Contains(page, []byte(fmt.Sprintf("\n| %d |", code))) {
			t.Errorf("the page does not explain the close code %d", code)
		}
	}
}
