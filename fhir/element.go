package fhir

import (
	"encoding/json"
	"strconv"
)

// kind is what a JSON value is.
type kind uint8

const (
	object kind = iota + 1
	array
	text
	number
	boolean
	null
)

// none is the index of a node that is not there.
const none = -1

// node is one JSON value: where it stands in the body and in the tree.
type node struct {
	// key is the member's name in its object; index its place in its array, or none.
	key   string
	index int32
	// start and end bound the value's bytes.
	start, end          int32
	parent, child, next int32
	kind                kind
	escaped             bool
}

// document is a body and its values in the order of the text; the first is the resource itself.
type document struct {
	body  []byte
	root  string
	nodes []node
}

// textOf decodes a string value.
func (d *document) textOf(n int32) string {
	v := d.nodes[n]
	return d.decode(int(v.start), int(v.end), v.escaped)
}

func (d *document) decode(start, end int, escaped bool) string {
	if !escaped {
		return string(d.body[start+1 : end-1])
	}
	var s string
	if err := json.Unmarshal(d.body[start:end], &s); err != nil {
		return "" // cannot be: the scanner has read it
	}
	return s
}

// key decodes a member's name; the names that FHIR defines are not allocated again.
func (d *document) key(start, end int, escaped bool) string {
	if !escaped {
		if known, ok := wellKnown[string(d.body[start+1:end-1])]; ok {
			return known
		}
	}
	return d.decode(start, end, escaped)
}

// names finds duplicates among the members of one object.
type names struct {
	doc   *document
	of    int32
	count int
	seen  map[string]struct{}
}

// few is how many names are compared one by one before a set is made.
const few = 16

// twice tells whether a member of this name was read before.
func (n *names) twice(key string) bool {
	n.count++
	if n.seen == nil && n.count <= few {
		for c := n.doc.nodes[n.of].child; c != none; c = n.doc.nodes[c].next {
			if n.doc.nodes[c].key == key {
				return true
			}
		}
		return false
	}
	if n.seen == nil {
		n.seen = make(map[string]struct{}, 4*few)
		for c := n.doc.nodes[n.of].child; c != none; c = n.doc.nodes[c].next {
			n.seen[n.doc.nodes[c].key] = struct{}{}
		}
	}
	_, known := n.seen[key]
	n.seen[key] = struct{}{}
	return known
}

// element is a view of one value; it may be absent. Views of absent values are absent, empty or have no items, so that reading needs no
// questions on the way.
type element struct {
	doc *document
	at  int32
}

func (e element) present() bool { return e.doc != nil && e.at != none }

func (e element) kind() kind {
	if !e.present() {
		return 0
	}
	return e.doc.nodes[e.at].kind
}

// absent is the missing member of a document.
func (e element) absent() element { return element{e.doc, none} }

// get finds a member of an object.
func (e element) get(name string) element {
	for m := range e.children() {
		if e.doc.nodes[m.at].key == name {
			return m
		}
	}
	return e.absent()
}

// children walks over the members of an object or the items of an array.
func (e element) children() func(yield func(element) bool) {
	return func(yield func(element) bool) {
		if !e.present() {
			return
		}
		for c := e.doc.nodes[e.at].child; c != none; c = e.doc.nodes[c].next {
			if !yield(element{e.doc, c}) {
				return
			}
		}
	}
}

// list walks over the items of a repeating member.
func (e element) list(name string) func(yield func(element) bool) { return e.get(name).children() }

// name is the element's name in its object; empty for an item of an array.
func (e element) name() string { return e.doc.nodes[e.at].key }

// text is the value of a string, or "" if it is absent or something else.
func (e element) text() string {
	if e.kind() != text {
		return ""
	}
	return e.doc.textOf(e.at)
}

// isTrue tells whether the value is true.
func (e element) isTrue() bool {
	return e.kind() == boolean && e.raw()[0] == 't'
}

// raw is the value's bytes as they were received.
func (e element) raw() []byte {
	n := e.doc.nodes[e.at]
	return e.doc.body[n.start:n.end]
}

// resourceType is the type of a resource.
func (e element) resourceType() string { return e.get("resourceType").text() }

// path is the element's FHIRPath from the resource that was sent, such as "Bundle.entry[0].resource.birthDate". Names that could be
// anything but the name of an element are left out.
func (e element) path() string {
	if e.doc == nil {
		return ""
	}
	var parts []string
	for at := e.at; at > 0 && int(at) < len(e.doc.nodes); {
		n := e.doc.nodes[at]
		switch {
		case n.index != none:
			parts = append(parts, "["+strconv.Itoa(int(n.index))+"]")
		default:
			if name := safeName(n.key, ""); name != "" {
				parts = append(parts, "."+name)
			}
		}
		at = n.parent
	}
	out := e.doc.root
	for i := len(parts) - 1; i >= 0; i-- {
		out += parts[i]
	}
	return out
}

// pathOf is the path of a member that may be missing.
func (e element) pathOf(name string) string { return e.path() + "." + name }

// safeName is a name as an answer may repeat it: letters only, as the names of FHIR's elements and types are, and not long. The name of
// a primitive's companion ("_birthDate") is that of the primitive, as in FHIRPath. Anything else is the fallback.
func safeName(name, fallback string) string {
	if name != "" && name[0] == '_' {
		name = name[1:]
	}
	if name == "" || len(name) > 40 {
		return fallback
	}
	for i := 0; i < len(name); i++ {
		if c := name[i] | 0x20; c < 'a' || c > 'z' {
			return fallback
		}
	}
	return name
}
