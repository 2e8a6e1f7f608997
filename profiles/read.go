package profiles

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// longestFile is more than any hospital needs; a file beyond is a mistake.
const longestFile = 1 << 20

// reader walks through a file and gathers every fault, each with its line. It goes on after a fault, so that one reading finds all.
type reader struct {
	file   string
	faults Faults
}

// fault notes what is wrong at a place; nil is for the file as a whole.
func (r *reader) fault(at ast.Node, format string, args ...any) {
	where := r.file
	if at != nil && at.GetToken() != nil && at.GetToken().Position != nil {
		where = fmt.Sprintf("%s, line %d", r.file, at.GetToken().Position.Line)
	}
	r.faults = append(r.faults, where+": "+fmt.Sprintf(format, args...))
}

// document is the one mapping that the file consists of; nil if there is none.
func (r *reader) document(text []byte) (root ast.Node) {
	defer func() {
		if recover() != nil { // the YAML library gave up
			r.fault(nil, "this is no YAML that can be read")
			root = nil
		}
	}()
	if len(text) > longestFile {
		r.fault(nil, "the file is longer than %d bytes", longestFile)
		return nil
	}
	f, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		message, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
		r.fault(nil, "this is no YAML: %s", message)
		return nil
	}
	for _, doc := range f.Docs {
		switch {
		case doc.Body == nil:
		case root != nil:
			r.fault(doc.Body, "a file holds one profile; a second begins here")
		default:
			root = doc.Body
		}
	}
	return root
}

// entry is a key and what stands under it.
type entry struct {
	key   string
	node  ast.Node // of the key
	value ast.Node
}

// mapping lists the entries of a mapping. Whatever else stands there is a fault.
func (r *reader) mapping(n ast.Node, what string) []entry {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	case nil, *ast.NullNode:
		return nil
	default:
		r.fault(n, "%s must be keys and values", what)
		return nil
	}
	var entries []entry
	for _, v := range values {
		key, ok := r.text(v.Key, "a key of "+what)
		if !ok {
			continue
		}
		if slices.ContainsFunc(entries, func(e entry) bool { return e.key == key }) {
			r.fault(v.Key, "%s stands here a second time", key)
			continue
		}
		entries = append(entries, entry{key, v.Key, v.Value})
	}
	return entries
}

// keys reads a mapping whose keys are known: each goes to its reader, and others are refused by name.
func (r *reader) keys(n ast.Node, what string, known map[string]func(ast.Node)) {
	for _, e := range r.mapping(n, what) {
		take, ok := known[e.key]
		if !ok {
			r.fault(e.node, "%s has no key %q; it has %s", what, e.key, listed(known))
			continue
		}
		take(e.value)
	}
}

func listed(known map[string]func(ast.Node)) string {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// text is a plain value, as it is written: 01 stays 01.
func (r *reader) text(n ast.Node, what string) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return strings.TrimSpace(n.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return strings.TrimSpace(n.GetToken().Value), true
	case nil, *ast.NullNode:
		return "", true
	}
	r.fault(n, "%s must be a plain value", what)
	return "", false
}

// list is a list of plain values; one value alone is a list of one.
func (r *reader) list(n ast.Node, what string) []item {
	var nodes []ast.Node
	switch n := n.(type) {
	case *ast.SequenceNode:
		nodes = n.Values
	case nil, *ast.NullNode:
		return nil
	default:
		nodes = []ast.Node{n}
	}
	var items []item
	for _, v := range nodes {
		text, ok := r.text(v, what)
		switch {
		case !ok:
		case text == "":
			r.fault(v, "a value of %s is empty", what)
		case slices.ContainsFunc(items, func(i item) bool { return i.text == text }):
			r.fault(v, "%s stands twice in %s", text, what)
		default:
			items = append(items, item{text, v})
		}
	}
	return items
}

// item is a value of a list.
type item struct {
	text string
	node ast.Node
}

// texts are items without their places, in capitals: codes have no case.
func texts(items []item) []string {
	var out []string
	for _, i := range items {
		out = append(out, strings.ToUpper(i.text))
	}
	return out
}
