package fhir

import (
	"strconv"
	"strings"
)

// bundle is the entries of a transaction, and how references find them.
type bundle struct {
	entries []entry
	// byURL finds entries by fullUrl and by "Type/id"; none marks what two entries claim.
	byURL map[string]int
}

// entry is one request of a transaction.
type entry struct {
	element  element
	resource element
	kind     string
	method   string
	url      string
}

// readBundle reads and checks the requests of a transaction.
func (r *reader) readBundle(root element) {
	r.readEntries(root)
	for _, e := range r.bundle.entries {
		r.request(e)
	}
}

// readEntries reads the entries of a Bundle and how references find them.
func (r *reader) readEntries(root element) {
	r.bundle.byURL = map[string]int{}
	for e := range root.list("entry") {
		next := entry{element: e, resource: e.get("resource"), method: e.get("request").get("method").text(), url: e.get("request").get("url").text()}
		next.kind = next.resource.resourceType()
		r.bundle.entries = append(r.bundle.entries, next)
		r.address(next, len(r.bundle.entries)-1)
	}
}

// request checks what an entry asks to be done.
func (r *reader) request(e entry) {
	request := e.element.get("request")
	if !request.present() {
		r.addPath(e.element.pathOf("request"), Required, "Each entry of a transaction needs a request with method and url.")
		return
	}
	for _, conditional := range [...]string{"ifNoneMatch", "ifModifiedSince"} {
		if c := request.get(conditional); c.present() {
			r.add(c, NotSupported, "Only ifMatch and ifNoneExist are supported in a transaction.")
		}
	}
	if c := request.get("ifNoneExist"); c.present() && e.method != "POST" {
		r.add(c, NotSupported, "ifNoneExist belongs to a POST.")
	}
	method, url := request.get("method"), request.get("url")
	switch e.method {
	case "POST", "PUT":
	case "DELETE":
		r.add(method, NotSupported, "A plan is not deleted: send it with the status revoked or entered-in-error.")
		return
	default:
		r.add(method, NotSupported, "The method of an entry must be POST or PUT. Read in a batch, or by a request of its own.")
		return
	}
	if !e.resource.present() {
		r.addPath(e.element.pathOf("resource"), Required, "An entry with the method "+e.method+" needs a resource.")
		return
	}
	r.target(e, url)
}

// target checks that the address of a request fits its resource (FHIR R4 §3.1.0.11.1).
func (r *reader) target(e entry, url element) {
	if e.method == "POST" {
		if e.url != e.kind {
			r.add(url, Value, "The url of a POST must be the type of the resource: "+e.kind+".")
		}
		return
	}
	if kind, _, conditional := strings.Cut(e.url, "?"); conditional {
		if kind != e.kind {
			r.add(url, Value, "The url of a conditional PUT must begin with the type of the resource: "+e.kind+"?")
		}
		return
	}
	kind, id, _ := strings.Cut(e.url, "/")
	switch sent := e.resource.get("id"); {
	case kind != e.kind || !IsID(id):
		r.add(url, Value, "The url of a PUT must be "+e.kind+"/ and the id of the resource.")
	case !sent.present():
		r.addPath(e.resource.pathOf("id"), Required, "The resource needs the id that stands in the url.")
	case sent.text() != id:
		r.add(sent, Value, "The id of the resource must equal the id in the url.")
	}
}

// address notes where references find an entry (FHIR R4 §2.36.4.1).
func (r *reader) address(e entry, i int) {
	full := e.element.get("fullUrl")
	if url := full.text(); url != "" {
		if _, twice := r.bundle.byURL[url]; twice {
			r.add(full, Duplicate, "Another entry has the same fullUrl.")
		}
		r.bundle.byURL[url] = i
	}
	id := e.resource.get("id").text()
	if id == "" || e.kind == "" {
		return
	}
	relative := e.kind + "/" + id
	if before, twice := r.bundle.byURL[relative]; twice && before != none && ownID(e) != "" && ownID(r.bundle.entries[before]) != "" {
		r.add(e.element.get("request").get("url"), Duplicate, "Another entry has the same url. A transaction changes a resource once.")
	}
	if _, twice := r.bundle.byURL[relative]; twice && full.text() != relative {
		i = none // two entries claim it: which one is meant cannot be told
	}
	r.bundle.byURL[relative] = i
}

// resolve finds the resource that a reference leads to, contained in the resource that refers or an entry of the Bundle; absent if it
// leads elsewhere or nowhere.
func (r *reader) resolve(ref, in element) element {
	url := ref.get("reference").text()
	switch {
	case url == "":
		return ref.absent()
	case strings.HasPrefix(url, "#"):
		return r.inside(in, url[1:])
	}
	if unversioned, _, versioned := strings.Cut(url, "/_history/"); versioned {
		url = unversioned
	}
	if i, ok := r.bundle.byURL[url]; ok && i != none {
		return r.bundle.entries[i].resource
	}
	return ref.absent()
}

// inside finds a contained resource by its id. What is contained is listed once: a resource may hold thousands that refer to each other.
func (r *reader) inside(in element, id string) element {
	known, listed := r.contained[in.at]
	if !listed {
		known = map[string]int32{}
		for c := range in.list("contained") {
			own := c.get("id").text()
			if _, twice := known[own]; !twice {
				known[own] = c.at
			}
		}
		if r.contained == nil {
			r.contained = map[int32]map[string]int32{}
		}
		r.contained[in.at] = known
	}
	if at, ok := known[id]; ok && id != "" {
		return element{in.doc, at}
	}
	return in.absent()
}

// ParseETag reads the version out of an ETag (W/"3") as FHIR R4 §3.1.0.5 writes it.
func ParseETag(s string) (version int, ok bool) {
	inner := strings.TrimPrefix(strings.TrimSpace(s), "W/")
	digits, opened := strings.CutPrefix(inner, `"`)
	digits, closed := strings.CutSuffix(digits, `"`)
	version, err := strconv.Atoi(digits)
	if !opened || !closed || err != nil || version < 1 || digits[0] == '+' {
		return 0, false
	}
	return version, true
}

// ETag writes a version as an ETag.
func ETag(version int) string { return `W/"` + strconv.Itoa(version) + `"` }
