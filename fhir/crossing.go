package fhir

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/plans"
)

// subsetted marks a resource that does not say everything (HL7 v3 ObservationValue, FHIR R4 §2.1.5.4).
const (
	subsettedSystem = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
	subsettedCode   = "SUBSETTED"
)

// WriteWhole writes a plan as another region may have it: one CarePlan that holds everything that its centre sent with it. What came along
// in a Bundle is contained, and references lead there; the centre stands in meta.tag, because the caller is not the centre. The same
// version gives the same bytes.
func WriteWhole(held plans.Held) ([]byte, error) {
	doc, err := rescan(held.Document)
	if err != nil {
		return nil, fmt.Errorf("write plan %s for another region: %w", held.Plan.ID, ErrDocument)
	}
	carePlan, inBundle, err := carePlanIn(doc)
	if err != nil {
		return nil, fmt.Errorf("write plan %s for another region: %w", held.Plan.ID, err)
	}
	c := crossing{moved: map[string]string{}, used: map[string]bool{}, kept: map[int32]bool{}}
	c.keepBack(doc, carePlan)
	for contained := range carePlan.list("contained") {
		c.used[contained.get("id").text()] = true
	}
	var entries []element
	if inBundle {
		entries = c.belongings(doc, carePlan)
	}
	c.write(held.Plan, carePlan, entries)
	return c.out.Bytes(), nil
}

// crossing writes a CarePlan and what came with it as one resource.
type crossing struct {
	out bytes.Buffer
	// moved says where references that led into the Bundle lead now, and ids what the contained resources are called; used are the ids
	// that are taken.
	moved map[string]string
	ids   []string
	used  map[string]bool
	// kept are the places in the document that do not cross.
	kept map[int32]bool
}

// belongings finds the entries of a Bundle that belong to a plan, and gives each an id to be contained under. Where the Bundle holds
// several plans, what names neither a patient nor the plan belongs to none of them.
func (c *crossing) belongings(doc *document, carePlan element) []element {
	all := slices.Collect(element{doc, 0}.get("bundle").list("entry"))
	several := 0
	own := map[string]bool{}
	for _, e := range all {
		resource := e.get("resource")
		if resource.resourceType() == "CarePlan" {
			several++
		}
		if resource.at == carePlan.at {
			for _, name := range namesOf(e) {
				own[name], c.moved[name] = true, "#"
			}
		}
	}
	var out []element
	for _, e := range all {
		resource := e.get("resource")
		kind := resource.resourceType()
		if kind == "" || kind == "CarePlan" || c.kept[resource.at] || several > 1 && !c.belongs(resource, own) {
			continue
		}
		id := c.free(resource.get("id").text(), len(out))
		for _, name := range namesOf(e) {
			c.moved[name] = "#" + id
		}
		c.ids = append(c.ids, id)
		out = append(out, resource)
	}
	return out
}

// belongs tells whether a resource of a Bundle with several plans says what it is about.
func (c *crossing) belongs(resource element, own map[string]bool) bool {
	kind := resource.resourceType()
	if kind == "Provenance" {
		for target := range resource.list("target") {
			if own[target.get("reference").text()] {
				return true
			}
		}
		return false
	}
	return read[kind] == "" || resource.get(read[kind]).present()
}

// namesOf are the references that find an entry (FHIR R4 §2.36.4.1).
func namesOf(e element) []string {
	var names []string
	if url := e.get("fullUrl").text(); url != "" {
		names = append(names, url)
	}
	resource := e.get("resource")
	if id := resource.get("id").text(); id != "" {
		names = append(names, resource.resourceType()+"/"+id)
	}
	return names
}

// free is an id that no contained resource has yet.
func (c *crossing) free(wanted string, n int) string {
	for id := wanted; ; n++ {
		if id != "" && !c.used[id] {
			c.used[id] = true
			return id
		}
		id = "part-" + strconv.Itoa(n+1)
	}
}

// write writes the CarePlan.
func (c *crossing) write(p plans.Plan, carePlan element, entries []element) {
	c.out.WriteString(`{"resourceType":"CarePlan","id":` + jsonText(p.ID) + `,"meta":` + string(crossingMeta(p, carePlan.get("meta"), false)))
	contained := slices.DeleteFunc(slices.Collect(carePlan.list("contained")), func(e element) bool { return c.kept[e.at] })
	if len(contained)+len(entries) > 0 {
		c.out.WriteString(`,"contained":[`)
		for i, resource := range contained {
			c.comma(i)
			c.value(resource, nil)
		}
		for i, resource := range entries {
			c.comma(len(contained) + i)
			c.contained(resource, c.ids[i])
		}
		c.out.WriteByte(']')
	}
	c.members(carePlan, nil, true, "resourceType", "id", "meta", "contained")
	c.out.WriteByte('}')
}

// contained writes an entry of the Bundle as a contained resource. What it contains itself is lifted out, because contained resources do
// not nest (FHIR R4 DomainResource, dom-2), and it has no version of its own (dom-4).
func (c *crossing) contained(resource element, id string) {
	inner := map[string]string{}
	lifted := slices.DeleteFunc(slices.Collect(resource.list("contained")), func(e element) bool { return c.kept[e.at] })
	for i, l := range lifted {
		inner["#"+l.get("id").text()] = "#" + c.free(id+"-"+l.get("id").text(), i)
	}
	for _, l := range lifted {
		c.out.WriteString(`{"resourceType":` + jsonText(l.resourceType()) + `,"id":` + jsonText(inner["#"+l.get("id").text()][1:]))
		c.members(l, inner, true, "resourceType", "id")
		c.out.WriteString(`},`)
	}
	c.out.WriteString(`{"resourceType":` + jsonText(resource.resourceType()) + `,"id":` + jsonText(id))
	if meta := resource.get("meta"); meta.present() {
		var rest crossing
		rest.members(meta, nil, false, "versionId", "lastUpdated")
		if rest.out.Len() > 0 {
			c.out.WriteString(`,"meta":{` + rest.out.String() + `}`)
		}
	}
	c.members(resource, inner, true, "resourceType", "id", "meta", "contained")
	c.out.WriteByte('}')
}

func (c *crossing) comma(n int) {
	if n > 0 {
		c.out.WriteByte(',')
	}
}

// members writes the members of an object but for some, each after a comma if others were written before.
func (c *crossing) members(of element, inner map[string]string, after bool, but ...string) {
	for m := range of.children() {
		if c.kept[m.at] || slices.Contains(but, m.name()) {
			continue
		}
		if after {
			c.out.WriteByte(',')
		}
		after = true
		c.out.WriteString(jsonText(m.name()) + `:`)
		c.value(m, inner)
	}
}

// value writes a value as it came, but for references whose targets have moved.
func (c *crossing) value(e element, inner map[string]string) {
	switch e.kind() {
	case object:
		c.out.WriteByte('{')
		c.members(e, inner, false)
		c.out.WriteByte('}')
	case array:
		c.out.WriteByte('[')
		n := 0
		for item := range e.children() {
			if c.kept[item.at] {
				continue
			}
			c.comma(n)
			c.value(item, inner)
			n++
		}
		c.out.WriteByte(']')
	default:
		if name := e.name(); e.kind() == text && (name == "reference" || name == "url") {
			to, ok := inner[e.text()]
			if !ok {
				unversioned, _, _ := strings.Cut(e.text(), "/_history/")
				to, ok = c.moved[unversioned]
			}
			if ok {
				c.out.WriteString(jsonText(to))
				return
			}
		}
		c.out.Write(e.raw())
	}
}

// crossingMeta is the meta of a plan for another region: what its centre sent, with the version, the time and the centre of what is held
// here. A summary says that it is one, and nothing else that the centre sent.
func crossingMeta(p plans.Plan, sent element, summary bool) []byte {
	var c crossing
	c.out.WriteString(`{"versionId":` + jsonText(strconv.Itoa(p.Version)) + `,"lastUpdated":` + jsonText(instant(p.Published)))
	if !summary {
		c.members(sent, nil, true, "versionId", "lastUpdated", "tag")
	}
	c.out.WriteString(`,"tag":[{"system":` + jsonText(OrganisationSystem) + `,"code":` + jsonText(p.Centre) + `}`)
	if summary {
		c.out.WriteString(`,{"system":` + jsonText(subsettedSystem) + `,"code":` + jsonText(subsettedCode) + `}`)
	}
	for tag := range sent.list("tag") {
		if system := tag.get("system").text(); !summary && system != OrganisationSystem {
			c.out.WriteByte(',')
			c.value(tag, nil)
		}
	}
	c.out.WriteString(`]}`)
	return c.out.Bytes()
}

// WriteSummary writes what may be known of a plan where only its headline is shared: whose it is, what it is about in one line, how
// urgent, of which kind, when it holds, and whom to ask. Never its text. The same version gives the same bytes.
func WriteSummary(p plans.Plan, centreName, phone string) []byte {
	type object = map[string]any
	who := object{
		"resourceType": "Patient", "id": "patient", "identifier": []any{object{"system": NHSNumberSystem, "value": p.Patient.NHSNumber.Reveal()}},
	}
	name := object{}
	put(name, "family", p.Patient.Family)
	if p.Patient.Given != "" {
		name["given"] = []string{p.Patient.Given}
	}
	if len(name) > 0 {
		who["name"] = []any{name}
	}
	put(who, "gender", string(p.Patient.Sex))
	put(who, "birthDate", string(p.Patient.BirthDate))
	contained := []any{who}
	plan := object{
		"status": p.Status, "intent": "plan", "title": p.Headline, "subject": object{"reference": "#patient"},
		"extension": []any{object{"url": priorityExtension, "valueCodeableConcept": object{"coding": []any{object{"system": prioritySystem, "code": priorityCode(p.Urgency)}}}}},
		"note":      []any{object{"text": "Only the headline of this plan is shared with this region. The plan is with " + centreName + "."}},
	}
	if phone != "" {
		contained = append(contained, object{
			"resourceType": "CareTeam", "id": "team", "name": centreName, "telecom": []any{object{"system": "phone", "value": phone}},
		})
		plan["careTeam"] = []any{object{"reference": "#team"}}
	}
	var categories []any
	for _, code := range p.Categories {
		categories = append(categories, object{"coding": []any{object{"system": SNOMEDSystem, "code": code}}})
	}
	if len(categories) > 0 {
		plan["category"] = categories
	}
	period := object{}
	if !p.From.IsZero() {
		period["start"] = instant(p.From)
	}
	if !p.To.IsZero() {
		period["end"] = instant(p.To)
	}
	if len(period) > 0 {
		plan["period"] = period
	}
	plan["contained"] = contained
	body := bytes.TrimSpace(mustJSON(plan))
	var out bytes.Buffer
	out.WriteString(`{"resourceType":"CarePlan","id":` + jsonText(p.ID) + `,"meta":`)
	out.Write(crossingMeta(p, element{}, true))
	out.WriteByte(',')
	out.Write(body[1:])
	return out.Bytes()
}

// put sets a member that has a value.
func put(in map[string]any, name, value string) {
	if value != "" {
		in[name] = value
	}
}

// priorityCode is the code of flag-priority for an urgency.
func priorityCode(u plans.Urgency) string {
	switch u {
	case plans.Routine:
		return "PL"
	case plans.Critical:
		return "PH"
	}
	return "PM"
}

// jsonText is a text as JSON writes it.
func jsonText(s string) string { return string(bytes.TrimSpace(mustJSON(s))) }

// Crossing is one plan on its way to another region.
type Crossing struct {
	ID      string
	Version int
	// At is when the version was received.
	At time.Time
	// Resource is the plan as the region may have it; empty if the region may not have it any more.
	Resource []byte
}

// Crossings writes a page of plans for another region: a Bundle of the type history (FHIR R4 §3.1.0.14), in which a plan that the region
// may not have any more stands as deleted, or of the type searchset, in which it does not stand.
func (l Listing) Crossings(history bool, all []Crossing) []byte {
	kind := "searchset"
	if history {
		kind = "history"
	}
	b := l.begin(kind)
	for _, c := range all {
		if len(c.Resource) == 0 && !history {
			continue
		}
		b.entry(l.Base+"/CarePlan/"+c.ID, c.Resource)
		method, status := "PUT", "200 OK"
		if len(c.Resource) == 0 {
			method, status = "DELETE", "204 No Content"
		}
		if history {
			b.member("request", map[string]string{"method": method, "url": "CarePlan/" + c.ID})
			b.member("response", map[string]string{"status": status, "etag": ETag(c.Version), "lastModified": instant(c.At)})
		} else {
			b.member("search", map[string]string{"mode": "match"})
		}
		b.end()
	}
	return b.close()
}
