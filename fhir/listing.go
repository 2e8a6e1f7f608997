package fhir

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/ucpalert/ucpalert/plans"
)

// Link is one link of a Bundle, such as "self" or "next".
type Link struct {
	Relation string `json:"relation"`
	URL      string `json:"url"`
}

// Listing is one page of versions of plans.
type Listing struct {
	// Base is the service's own address, such as "https://example.nhs.uk/fhir".
	Base  string
	Links []Link
	// Total is how many there are on all pages together; negative where they are not counted.
	Total    int
	Versions []plans.Version
}

// History writes the page as a Bundle of the type history (FHIR R4 §3.1.0.10): each version with the request that made it and what was
// answered. The versions come as WriteCarePlan writes them.
func (l Listing) History() ([]byte, error) {
	b := l.begin("history")
	for _, v := range l.Versions {
		resource, err := WriteCarePlan(v.Document, v.ID, v.Number, v.Published)
		if err != nil {
			return nil, err
		}
		b.entry(l.Base+"/CarePlan/"+v.ID, resource)
		method, url, status := "PUT", "CarePlan/"+v.ID, "200 OK"
		if v.Number == 1 {
			status = "201 Created"
			if posted(v) {
				method, url = "POST", "CarePlan"
			}
		}
		b.member("request", map[string]string{"method": method, "url": url})
		b.member("response", map[string]string{"status": status, "etag": ETag(v.Number), "lastModified": instant(v.Published)})
		b.end()
	}
	return b.close(), nil
}

// posted tells whether a version was made by a create: then the id that its centre sent, if any, is not the one it was given.
func posted(v plans.Version) bool {
	sent, err := CarePlanOf(v.Document)
	if err != nil {
		return false
	}
	doc, err := rescan(sent)
	return err == nil && element{doc, 0}.get("id").text() != v.ID
}

// Searchset writes the page as a Bundle of the type searchset (FHIR R4 §3.1.1.1): the plans that were found, with their Patients if these
// are to be included and came along in a Bundle, and an outcome about the search itself, if there is one.
func (l Listing) Searchset(includeSubjects bool, about *Outcome) ([]byte, error) {
	b := l.begin("searchset")
	for _, v := range l.Versions {
		resource, err := WriteCarePlan(v.Document, v.ID, v.Number, v.Published)
		if err != nil {
			return nil, err
		}
		b.entry(l.Base+"/CarePlan/"+v.ID, resource)
		b.member("search", map[string]string{"mode": "match"})
		b.end()
	}
	if includeSubjects {
		subjects, err := l.subjects()
		if err != nil {
			return nil, err
		}
		for _, s := range subjects {
			b.entry(s.fullURL, s.resource)
			b.member("search", map[string]string{"mode": "include"})
			b.end()
		}
	}
	if about != nil {
		b.entry("", bytes.TrimSpace(about.JSON()))
		b.member("search", map[string]string{"mode": "outcome"})
		b.end()
	}
	return b.close(), nil
}

// included is a Patient as a page shows it.
type included struct {
	fullURL  string
	resource []byte
}

// subjects finds the Patients of the page, each once: of two plans that brought the same one along, the later version. A plan refers to
// its Patient as its centre did, and where that was a urn of the Bundle, the Patient stands under the same urn here, so that the reference
// leads to it; unless another plan of the page uses that urn for somebody else. Then both stand under their addresses.
func (l Listing) subjects() ([]included, error) {
	urls := map[string]string{} // urn → the address that it stands for, "" for more than one
	byAddress := map[string]part{}
	var order []string
	for _, v := range l.Versions {
		p, found, err := subjectPart(v)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		address := p.kind + "/" + p.id
		if before, known := byAddress[address]; !known {
			order = append(order, address)
		} else if before.urn != p.urn {
			p.urn = "" // one Patient under two urns: the address serves both no better, and no worse
		}
		byAddress[address] = p
		if meant, used := urls[p.urn]; used && meant != address {
			urls[p.urn] = ""
		} else {
			urls[p.urn] = address
		}
	}
	var out []included
	for _, address := range order {
		p := byAddress[address]
		full := l.Base + "/" + address
		if p.urn != "" && urls[p.urn] == address {
			full = p.urn
		}
		resource, err := p.write()
		if err != nil {
			return nil, err
		}
		out = append(out, included{full, resource})
	}
	return out, nil
}

// bundleWriter writes a Bundle around resources that are already written.
type bundleWriter struct {
	bytes.Buffer
	entries int
	// first tells that the entry has no member yet.
	first bool
}

func (l Listing) begin(kind string) *bundleWriter {
	b := &bundleWriter{}
	b.WriteString(`{"resourceType":"Bundle","type":"` + kind + `"`)
	if l.Total >= 0 {
		b.WriteString(`,"total":` + strconv.Itoa(l.Total))
	}
	if len(l.Links) > 0 {
		b.member("link", l.Links)
	}
	return b
}

// entry begins an entry. Without a resource, it has none.
func (b *bundleWriter) entry(fullURL string, resource []byte) {
	if b.entries == 0 {
		b.WriteString(`,"entry":[`)
	} else {
		b.WriteByte(',')
	}
	b.entries++
	b.WriteByte('{')
	b.first = true
	if fullURL != "" {
		b.name("fullUrl")
		b.Write(quoted(fullURL))
	}
	if len(resource) > 0 {
		b.name("resource")
		b.Write(resource)
	}
}

func (b *bundleWriter) name(name string) {
	if !b.first {
		b.WriteByte(',')
	}
	b.first = false
	b.WriteString(`"` + name + `":`)
}

// member adds a member.
func (b *bundleWriter) member(name string, value any) {
	b.name(name)
	b.Write(bytes.TrimSpace(mustJSON(value)))
}

func (b *bundleWriter) end() { b.WriteByte('}') }

func (b *bundleWriter) close() []byte {
	if b.entries > 0 {
		b.WriteByte(']')
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// quoted is a text as JSON writes it.
func quoted(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a text can always be written
	}
	return b
}
