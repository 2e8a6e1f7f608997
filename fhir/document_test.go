package fhir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/fhir"
)

var received = time.Date(2026, 11, 22, 14, 2, 10, 123e6, time.UTC)

func TestACarePlanComesBackAsItWasSent(t *testing.T) {
	for _, row := range []struct{ when, sent, want string }{
		{
			"id and meta are added after the type",
			`{"resourceType":"CarePlan", "status":"active"}`,
			`{"resourceType":"CarePlan","id":"a","meta":{"versionId":"7","lastUpdated":"2026-11-22T14:02:10.123Z"}, "status":"active"}`,
		},
		{
			"an id that was sent stays in its place",
			`{"id":"a","resourceType":"CarePlan"}`,
			`{"id":"a","meta":{"versionId":"7","lastUpdated":"2026-11-22T14:02:10.123Z"},"resourceType":"CarePlan"}`,
		},
		{
			"an id of the sender's own is replaced",
			`{"resourceType":"CarePlan","id":"mine","title":"mine"}`,
			`{"resourceType":"CarePlan","id":"a","meta":{"versionId":"7","lastUpdated":"2026-11-22T14:02:10.123Z"},"title":"mine"}`,
		},
		{
			"what else is in meta is kept",
			`{"resourceType":"CarePlan","id":"a","meta":{ "profile":["p"] }}`,
			`{"resourceType":"CarePlan","id":"a","meta":{"versionId":"7","lastUpdated":"2026-11-22T14:02:10.123Z", "profile":["p"] }}`,
		},
		{
			"an old version is replaced where it stands",
			`{"resourceType":"CarePlan","id":"a","meta":{"lastUpdated":"2020-01-01T00:00:00Z","tag":[{"code":"t"}],"versionId":"6"}}`,
			`{"resourceType":"CarePlan","id":"a","meta":{"lastUpdated":"2026-11-22T14:02:10.123Z","tag":[{"code":"t"}],"versionId":"7"}}`,
		},
		{
			"an empty meta is filled",
			`{"resourceType":"CarePlan","id":"a","meta":{}}`,
			`{"resourceType":"CarePlan","id":"a","meta":{"versionId":"7","lastUpdated":"2026-11-22T14:02:10.123Z"}}`,
		},
		{
			"decimals, escapes, unknown members and odd spaces are not touched",
			"{\"resourceType\" : \"CarePlan\",\"id\":\"a\",\"x\":[1.50,1e3,-0.0],\"y\":\"\\u00e9\\/\",\n\"_title\":{\"extension\":[]}}",
			"{\"resourceType\" : \"CarePlan\",\"id\":\"a\",\"meta\":{\"versionId\":\"7\",\"lastUpdated\":\"2026-11-22T14:02:10.123Z\"},\"x\":[1.50,1e3,-0.0],\"y\":\"\\u00e9\\/\",\n\"_title\":{\"extension\":[]}}",
		},
	} {
		t.Run(row.when, func(t *testing.T) {
			got, err := fhir.WriteCarePlan([]byte(row.sent), "a", 7, received)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != row.want {
				t.Errorf("it is\n%s\nnot\n%s", got, row.want)
			}
		})
	}
}

func TestAPlanOfATransactionComesBackAsItsEntry(t *testing.T) {
	body := transaction(t)
	pub := publish(t, body)
	var bundle struct {
		Entry []struct{ Resource json.RawMessage }
	}
	if err := json.Unmarshal([]byte(body), &bundle); err != nil {
		t.Fatal(err)
	}
	plan, err := fhir.CarePlanOf(pub.Document)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(plan, bundle.Entry[1].Resource) {
		t.Error("the CarePlan is not the bytes of its entry")
	}
	if !bytes.Contains(pub.Document, []byte(body)) {
		t.Error("the document does not hold the whole Bundle as it was received")
	}
	written, err := fhir.WriteCarePlan(pub.Document, "gosh-1181", 4, received)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(written, &got); err != nil {
		t.Fatal(err)
	}
	if meta := got["meta"].(map[string]any); meta["versionId"] != "4" || meta["profile"] == nil || got["id"] != "gosh-1181" {
		t.Errorf("the id is %v and meta is %v", got["id"], meta)
	}
	if !bytes.Contains(written, []byte(`"value": 21.50`)) {
		t.Error("a decimal lost its last digit")
	}
}

func TestADocumentThatIsNotOurs(t *testing.T) {
	for _, document := range []string{``, `{`, `[]`, `{"carePlanEntry":1,"bundle":{}}`, `{"carePlanEntry":"x"}`, `{"resourceType":"CarePlan","meta":1}`} {
		if _, err := fhir.WriteCarePlan([]byte(document), "a", 1, received); !errors.Is(err, fhir.ErrDocument) {
			t.Errorf("for the document %s the error is %v", document, err)
		}
	}
}

func TestACarePlanThatLooksLikeOurWrapperIsStillACarePlan(t *testing.T) {
	sent := `{"carePlanEntry":0,"bundle":{"entry":[{"resource":{"resourceType":"CarePlan"}}]},"resourceType":"CarePlan"}`
	got, err := fhir.CarePlanOf([]byte(sent))
	if err != nil || string(got) != sent {
		t.Errorf("it came back as %s, %v", got, err)
	}
}

func TestETags(t *testing.T) {
	for _, good := range []string{`W/"3"`, `"3"`, ` W/"3" `} {
		if v, ok := fhir.ParseETag(good); !ok || v != 3 {
			t.Errorf("%s is read as %d, %t", good, v, ok)
		}
	}
	for _, bad := range []string{``, `3`, `W/3`, `W/""`, `W/"0"`, `W/"-1"`, `W/"+1"`, `W/"x"`, `"3`, `*`, `"3","4"`} {
		if v, ok := fhir.ParseETag(bad); ok {
			t.Errorf("%s is read as version %d", bad, v)
		}
	}
}

func TestTheCapabilityStatementSaysWhatIsDone(t *testing.T) {
	var c struct {
		ResourceType, Status, Date, Kind, FhirVersion string
		Rest                                          []struct {
			Mode     string
			Resource []struct {
				Type        string
				Interaction []struct{ Code string }
			}
		}
	}
	can := fhir.Supported{System: []string{"transaction"}, Types: []fhir.SupportedType{{Type: "CarePlan", Interactions: []string{"read", "update"}}}}
	if err := json.Unmarshal(fhir.Capability("1.0", received, "http://127.0.0.1/fhir", can), &c); err != nil {
		t.Fatal(err)
	}
	if c.ResourceType != "CapabilityStatement" || c.FhirVersion != "4.0.1" || len(c.Rest) != 1 || len(c.Rest[0].Resource) != 1 || c.Rest[0].Resource[0].Type != "CarePlan" {
		t.Errorf("the statement is %+v", c)
	}
}
