package fhir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

// Page is one page of what a server holds: a Bundle of the type history or searchset.
type Page struct {
	Entries []Followed
	// Next is the address of the next page, as the server wrote it; empty on the last.
	Next string
}

// Followed is what a page says of one resource. Its envelope is read leniently, so that one resource that nobody can read does not hide
// the others of its page; the resource itself is read strictly when it is taken.
type Followed struct {
	// Type and ID are empty where the entry does not say them.
	Type, ID string
	// Version is meta.versionId, or the version that the response of a history names; empty if neither is there.
	Version string
	// Updated is meta.lastUpdated, or response.lastModified; zero if neither is there.
	Updated time.Time
	// Deleted tells that the resource is gone; it then has no bytes.
	Deleted bool
	// Resource is as it came.
	Resource []byte
}

// ErrPage is returned for a body that is no page.
var ErrPage = errors.New("the answer is not a FHIR Bundle of the type history or searchset")

// followedHead is the little that is read of a resource before it is taken.
type followedHead struct {
	ResourceType string `json:"resourceType"`
	ID           string `json:"id"`
	Meta         struct {
		VersionID   string `json:"versionId"`
		LastUpdated string `json:"lastUpdated"`
	} `json:"meta"`
}

// followedEntry is one entry of a page (FHIR R4 §3.1.0.14, history; §3.1.1.5, search).
type followedEntry struct {
	FullURL  string          `json:"fullUrl"`
	Resource json.RawMessage `json:"resource"`
	Request  struct {
		Method string `json:"method"`
		URL    string `json:"url"`
	} `json:"request"`
	Response struct {
		ETag         string `json:"etag"`
		LastModified string `json:"lastModified"`
	} `json:"response"`
}

// ReadPage reads a page. An entry that cannot be read is one without type and id.
func ReadPage(body []byte) (Page, error) {
	var envelope struct {
		ResourceType string `json:"resourceType"`
		Type         string `json:"type"`
		Link         []struct {
			Relation string `json:"relation"`
			URL      string `json:"url"`
		} `json:"link"`
		Entry []json.RawMessage `json:"entry"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil || envelope.ResourceType != "Bundle" || envelope.Type != "history" && envelope.Type != "searchset" {
		return Page{}, ErrPage // what encoding/json says could quote the body
	}
	var page Page
	for _, link := range envelope.Link {
		if link.Relation == "next" {
			page.Next = link.URL
		}
	}
	for _, raw := range envelope.Entry {
		page.Entries = append(page.Entries, readFollowed(raw))
	}
	return page, nil
}

func readFollowed(raw []byte) Followed {
	var e followedEntry
	if err := json.Unmarshal(raw, &e); err != nil {
		return Followed{Resource: raw}
	}
	var f Followed
	f.Type, f.ID, f.Version = addressed(e.Request.URL)
	if f.ID == "" {
		f.Type, f.ID, f.Version = addressed(e.FullURL)
	}
	if version, ok := strings.CutPrefix(e.Response.ETag, `W/"`); ok {
		f.Version = strings.TrimSuffix(version, `"`)
	}
	f.Updated = followedInstant(e.Response.LastModified)
	if len(e.Resource) == 0 {
		f.Deleted = e.Request.Method == "DELETE"
		return f
	}
	f.Resource = e.Resource
	var head followedHead
	if err := json.Unmarshal(e.Resource, &head); err != nil {
		return f
	}
	f.Type, f.ID = head.ResourceType, head.ID
	if head.Meta.VersionID != "" {
		f.Version = head.Meta.VersionID
	}
	if at := followedInstant(head.Meta.LastUpdated); !at.IsZero() {
		f.Updated = at
	}
	return f
}

// addressed splits the address of a resource: …/CarePlan/id or …/CarePlan/id/_history/version. What a request was sent to may lack the id.
func addressed(url string) (kind, id, version string) {
	url, _, _ = strings.Cut(url, "?")
	url, version, _ = strings.Cut(url, "/_history/")
	parts := strings.Split(url, "/")
	if len(parts) < 2 || !IsID(parts[len(parts)-1]) {
		return "", "", ""
	}
	return parts[len(parts)-2], parts[len(parts)-1], version
}

func followedInstant(s string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// ReadFollowed reads one resource that was asked for by its address, such as an answer to GET CarePlan/1.
func ReadFollowed(body []byte) (Followed, error) {
	var head followedHead
	if err := json.Unmarshal(body, &head); err != nil || head.ResourceType == "" {
		return Followed{}, errors.New("the answer is not a FHIR resource")
	}
	return Followed{
		Type: head.ResourceType, ID: head.ID, Version: head.Meta.VersionID, Updated: followedInstant(head.Meta.LastUpdated), Resource: body,
	}, nil
}

// Followable tells from a CapabilityStatement how CarePlans can be followed: by the history of their type, by search, or not at all.
func Followable(capability []byte) (history, search bool, err error) {
	var statement struct {
		ResourceType string `json:"resourceType"`
		Rest         []struct {
			Resource []struct {
				Type        string `json:"type"`
				Interaction []struct {
					Code string `json:"code"`
				} `json:"interaction"`
			} `json:"resource"`
		} `json:"rest"`
	}
	if err := json.Unmarshal(capability, &statement); err != nil || statement.ResourceType != "CapabilityStatement" {
		return false, false, errors.New("the answer is not a FHIR CapabilityStatement")
	}
	for _, rest := range statement.Rest {
		for _, resource := range rest.Resource {
			for _, interaction := range resource.Interaction {
				history = history || resource.Type == "CarePlan" && interaction.Code == "history-type"
				search = search || resource.Type == "CarePlan" && interaction.Code == "search-type"
			}
		}
	}
	return history, search, nil
}

// Stated is what a CarePlan says of itself before it is known whose it is.
type Stated struct {
	// Centres are the ODS codes of the organisations that it may belong to: of its tag, else of its author, else of its contributors.
	Centres []string
	// Patient is the id of the Patient that has to be read beside it; empty if it is contained, or only named by an identifier.
	Patient string
	// PatientURL is how the CarePlan refers to that Patient.
	PatientURL string
	// Status is its status, also where the rest cannot be understood.
	Status plans.Status
}

// ReadStated reads what must be known before a CarePlan of another server is taken. An error is always an [*Outcome].
func ReadStated(carePlan []byte, limits Limits) (Stated, error) {
	doc, err := scan(carePlan, "CarePlan", limits)
	if err != nil {
		return Stated{}, err
	}
	root := element{doc, 0}
	var s Stated
	s.Status, _ = plans.ParseStatus(root.get("status").text())
	for tag := range root.get("meta").list("tag") {
		if tag.get("system").text() == OrganisationSystem {
			s.Centres = append(s.Centres, strings.TrimSpace(tag.get("code").text()))
		}
	}
	r := reader{doc: doc}
	if len(s.Centres) == 0 {
		s.Centres = r.organisationsOf(root.get("author"), root)
	}
	if len(s.Centres) == 0 {
		for contributor := range root.list("contributor") {
			s.Centres = append(s.Centres, r.organisationsOf(contributor, root)...)
		}
	}
	s.Centres = slices.Compact(s.Centres)
	reference := root.get("subject").get("reference").text()
	if kind, id, _ := addressed(reference); kind == "Patient" && !isInternal(reference) {
		s.Patient, s.PatientURL = id, reference
	}
	return s, nil
}

// Together puts a CarePlan and the Patient that it refers to into one transaction, byte for byte, so that they can be taken as if a centre
// had sent them together. The same two give the same bytes.
func Together(carePlan []byte, id string, patient []byte, patientID, patientURL string) []byte {
	var b bytes.Buffer
	entry := func(kind, id, fullURL string, resource []byte) {
		b.WriteString(`{`)
		if strings.Contains(fullURL, "://") {
			b.WriteString(`"fullUrl":` + strconv.Quote(fullURL) + `,`)
		}
		b.WriteString(`"resource":`)
		b.Write(resource)
		b.WriteString(`,"request":{"method":"PUT","url":"` + kind + `/` + id + `"}}`)
	}
	b.WriteString(`{"resourceType":"Bundle","type":"transaction","entry":[`)
	entry("CarePlan", id, "", carePlan)
	b.WriteString(`,`)
	entry("Patient", patientID, patientURL, patient)
	b.WriteString(`]}`)
	return b.Bytes()
}

// Withdraw makes the publication that withdraws a plan: its document with the status revoked, and everything else as it was.
func Withdraw(held plans.Held) (plans.Publication, error) {
	doc, err := rescan(held.Document)
	if err != nil {
		return plans.Publication{}, fmt.Errorf("withdraw plan %s: %w", held.Plan.ID, ErrDocument)
	}
	carePlan, inBundle, err := carePlanIn(doc)
	if err != nil {
		return plans.Publication{}, fmt.Errorf("withdraw plan %s: %w", held.Plan.ID, err)
	}
	var edits splices
	edits.replace(carePlan.get("status"), strconv.Quote(string(plans.Revoked)))
	pub := plans.Publication{Plan: held.Plan, Document: edits.apply(held.Document)}
	pub.Plan.Status, pub.Plan.StatusReason = plans.Revoked, statusReasonOf(carePlan)
	if inBundle {
		return pub, nil
	}
	// What is held of a plan need not list all that its document says, such as its identifiers. A document that is refused by now is
	// withdrawn as it is held.
	if again, err := ReadCarePlan(pub.Document, carePlan.get("id").text(), held.Plan.Centre, Limits{Bytes: len(pub.Document)}); err == nil {
		again.Plan.ID = held.Plan.ID
		return again, nil
	}
	return pub, nil
}

// carePlanIn finds the CarePlan of a document, and tells whether it stands in a Bundle.
func carePlanIn(doc *document) (carePlan element, inBundle bool, err error) {
	carePlan = element{doc, 0}
	if bytes.HasPrefix(doc.body, []byte(wrapEntry)) && !carePlan.get("resourceType").present() {
		inBundle = true
		index, err := strconv.Atoi(string(carePlan.get("carePlanEntry").raw()))
		entries := slices.Collect(carePlan.get("bundle").list("entry"))
		if err != nil || index < 0 || index >= len(entries) {
			return element{}, false, ErrDocument
		}
		carePlan = entries[index].get("resource")
	}
	if !carePlan.get("status").present() {
		return element{}, false, ErrDocument
	}
	return carePlan, inBundle, nil
}
