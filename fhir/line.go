package fhir

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"time"
)

// WriteLine writes a held plan as one line that can be published again: the CarePlan as [WriteCarePlan] gives it, or, where it came in a
// Bundle, a transaction with that CarePlan and everything that came along. Other plans of the Bundle have lines of their own.
func WriteLine(document []byte, id string, version int, lastUpdated time.Time) ([]byte, error) {
	carePlan, err := WriteCarePlan(document, id, version, lastUpdated)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(document, []byte(wrapEntry)) {
		return oneLine(carePlan), nil
	}
	doc, err := rescan(document)
	if err != nil {
		return nil, fmt.Errorf("write the line of plan %s: %w", id, ErrDocument)
	}
	root := element{doc, 0}
	if root.get("resourceType").present() {
		return oneLine(carePlan), nil // a CarePlan that only begins like a wrapper
	}
	index := string(root.get("carePlanEntry").raw())
	line := []byte(`{"resourceType":"Bundle","type":"transaction","entry":[`)
	i := 0
	for entry := range root.get("bundle").list("entry") {
		resource := entry.get("resource")
		isPlan := strconv.Itoa(i) == index
		i++
		if !resource.present() || resource.resourceType() == "CarePlan" && !isPlan {
			continue
		}
		if line[len(line)-1] != '[' {
			line = append(line, ',')
		}
		line = append(line, '{')
		if full := entry.get("fullUrl"); full.present() {
			line = append(append(append(line, `"fullUrl":`...), full.raw()...), ',')
		}
		written := resource.raw()
		if isPlan {
			written = carePlan
		}
		line = append(append(line, `"resource":`...), written...)
		line = append(append(append(line, `,"request":`...), lineRequest(entry, isPlan, id)...), '}')
	}
	return oneLine(append(line, "]}"...)), nil
}

// lineRequest is what a line asks to be done with an entry: the plan is PUT under its id, the rest is as it was sent.
func lineRequest(entry element, isPlan bool, id string) []byte {
	resource := entry.get("resource")
	kind := resource.resourceType()
	sent := entry.get("request")
	switch own := resource.get("id").text(); {
	case isPlan:
		return []byte(`{"method":"PUT","url":"CarePlan/` + id + `"}`)
	case sent.present():
		return sent.raw()
	case IsID(own):
		return []byte(`{"method":"PUT","url":"` + kind + `/` + url.PathEscape(own) + `"}`)
	}
	return []byte(`{"method":"POST","url":"` + kind + `"}`)
}

// oneLine takes the line ends out of JSON. They stand between its values only: inside a text they are escaped.
func oneLine(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, text)
}

// The meta of a version, as WriteCarePlan writes it: where there was none, and in front of what there was.
var (
	wholeVersion = regexp.MustCompile(`^\{"versionId":"[0-9]+","lastUpdated":"[^"]+"\}$`)
	frontVersion = regexp.MustCompile(`^\{"versionId":"[0-9]+","lastUpdated":"[^"]+",`)
)

// FromLine takes the version out of a line that [WriteLine] wrote, so that a plan which is published again as it is held is no new version.
// FHIR R4 §3.1.0.4: a server sets both itself, whatever it is sent. Any other text is given back as it is.
func FromLine(line []byte) []byte {
	if !bytes.Contains(line, []byte(`"meta":{"versionId":"`)) {
		return line
	}
	doc, err := rescan(line)
	if err != nil {
		return line
	}
	root := element{doc, 0}
	var edits splices
	edits.withoutVersion(root)
	for entry := range root.list("entry") {
		edits.withoutVersion(entry.get("resource"))
	}
	return edits.apply(line)
}

func (s *splices) withoutVersion(resource element) {
	meta := resource.get("meta")
	if resource.resourceType() != "CarePlan" || !meta.present() {
		return
	}
	const before = `,"meta":`
	n := meta.doc.nodes[meta.at]
	from := n.start - int32(len(before))
	switch text := meta.raw(); {
	case wholeVersion.Match(text) && from > 0 && string(meta.doc.body[from:n.start]) == before:
		*s = append(*s, splice{from, n.end, ""})
	case frontVersion.Match(text):
		*s = append(*s, splice{n.start, n.start + int32(len(frontVersion.Find(text))), "{"})
	}
}
