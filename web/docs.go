package web

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/ucpalert/ucpalert/docs"
)

//go:embed docs.css
var docsStyle []byte

//go:embed docs.html
var docsShell string

// docsPage is what the shell of a page of documentation is filled with.
type docsPage struct {
	Title string
	Body  template.HTML // rendered by goldmark, which leaves markup in the source out, or by our own templates
	// Index lists the pages; only on the first.
	Index []docsLink
	API   *apiDescription
}

type docsLink struct{ Path, Title string }

// docsRoutes are the addresses of the documentation.
func (s *server) docsRoutes() []route {
	page := func(name func(*http.Request) string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			pages, err := s.docs()
			if err != nil {
				s.fail(w, r, err)
				return
			}
			p, ok := pages[name(r)]
			if !ok {
				s.fail(w, r, errNoPages)
				return
			}
			p.serve(w, r)
		})
	}
	return []route{
		{"GET", "/docs", everybody, "", problemEdge, page(func(*http.Request) string { return "" })},
		{"GET", "/docs/{page}", everybody, "", problemEdge, page(func(r *http.Request) string { return r.PathValue("page") })},
	}
}

// renderDocs makes the pages of the documentation, by their names below /docs/; the first has none.
func renderDocs(api *huma.OpenAPI) (map[string]page, error) {
	described, err := json.Marshal(api)
	if err != nil {
		return nil, fmt.Errorf("write the description of the API: %w", err)
	}
	shell, err := template.New("docs").Parse(docsShell)
	if err != nil {
		return nil, fmt.Errorf("read the shell of the documentation: %w", err)
	}
	pages := map[string]page{"docs.css": newPage("docs.css", docsStyle), "openapi.json": newPage("openapi.json", described)}
	add := func(name string, p docsPage) error {
		var b bytes.Buffer
		if err := shell.Execute(&b, p); err != nil {
			return fmt.Errorf("write the page %q of the documentation: %w", name, err)
		}
		pages[name] = newPage(index, b.Bytes())
		return nil
	}
	names, err := fs.Glob(docs.Files, "*.md")
	if err != nil {
		return nil, fmt.Errorf("list the documentation: %w", err)
	}
	var list []docsLink
	for _, file := range names {
		source, err := fs.ReadFile(docs.Files, file)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		title, body, err := renderMarkdown(source)
		if err != nil {
			return nil, fmt.Errorf("render %s: %w", file, err)
		}
		name := strings.TrimSuffix(file, ".md")
		list = append(list, docsLink{name, title})
		if err := add(name, docsPage{Title: title, Body: body}); err != nil {
			return nil, err
		}
	}
	async, err := fs.ReadFile(docs.Files, "asyncapi.yaml")
	if err != nil {
		return nil, fmt.Errorf("read the description of the stream: %w", err)
	}
	pages["asyncapi.yaml"] = newPage("asyncapi.yaml", async)
	words := describeAPI(api)
	if err := add("api", docsPage{Title: words.Title, API: &words}); err != nil {
		return nil, err
	}
	return pages, add("", docsPage{Title: "Documentation", Index: list})
}

// markdown renders our own documents: tables and headings with names; markup in them is left out, and no element has a style of its own.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone))),
	goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithASTTransformers(util.Prioritized(docsLinks{}, 100))),
)

// renderMarkdown returns a document's first heading and the whole as HTML.
func renderMarkdown(source []byte) (title string, body template.HTML, err error) {
	var b bytes.Buffer
	if err := markdown.Convert(source, &b); err != nil {
		return "", "", err
	}
	first, _, _ := bytes.Cut(source, []byte("\n"))
	title = strings.ReplaceAll(strings.TrimSpace(strings.TrimLeft(string(first), "# ")), "`", "")
	// A column whose cells need no name has none: to a screen reader its head is an empty cell.
	return title, template.HTML(strings.ReplaceAll(b.String(), "<th></th>", "<td></td>")), nil // the documents are part of the program
}

// docsLinks makes links between documents those between pages; what is not given out is plain text.
type docsLinks struct{}

// Transform implements [parser.ASTTransformer].
func (docsLinks) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	var links []*ast.Link
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function returns no error
		if link, ok := n.(*ast.Link); ok && entering {
			links = append(links, link)
		}
		return ast.WalkContinue, nil
	})
	for _, link := range links {
		to := string(link.Destination)
		file, fragment, _ := strings.Cut(to, "#")
		if fragment != "" {
			fragment = "#" + fragment
		}
		switch name, isPage := strings.CutSuffix(file, ".md"); {
		case file == "" || strings.Contains(to, "://"):
		case isPage && !strings.Contains(name, "/"):
			link.Destination = []byte("/docs/" + name + fragment)
		case file == "asyncapi.yaml":
			link.Destination = []byte("/docs/" + file)
		default:
			for child := link.FirstChild(); child != nil; child = link.FirstChild() {
				link.Parent().InsertBefore(link.Parent(), link, child)
			}
			link.Parent().RemoveChild(link.Parent(), link)
		}
	}
}

// apiDescription is the description of the JSON API in words.
type apiDescription struct {
	Title      string
	Operations []operationWords
	Schemas    []schemaWords
}

type operationWords struct {
	ID, Method, Path, Summary, Description string
	Token                                  bool
	Parameters                             []memberWords
	Takes                                  string
	Answers                                []answerWords
}

type answerWords struct{ Status, Description, Schema string }

type schemaWords struct {
	Name    string
	Members []memberWords
}

type memberWords struct {
	Name, Type, Schema, Description string
	Required                        bool
}

// describeAPI puts an OpenAPI document into the words of its page.
func describeAPI(api *huma.OpenAPI) apiDescription {
	d := apiDescription{Title: "The JSON API"}
	for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
		item := api.Paths[path]
		for _, one := range []struct {
			method string
			op     *huma.Operation
		}{{"GET", item.Get}, {"POST", item.Post}, {"PUT", item.Put}, {"PATCH", item.Patch}, {"DELETE", item.Delete}} {
			if one.op != nil {
				d.Operations = append(d.Operations, operationInWords(one.method, path, one.op))
			}
		}
	}
	schemas := api.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		d.Schemas = append(d.Schemas, schemaWords{name, membersOf(schemas[name])})
	}
	return d
}

func operationInWords(method, path string, op *huma.Operation) operationWords {
	o := operationWords{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Description: op.Description, Token: len(op.Security) > 0}
	for _, p := range op.Parameters {
		kind, schema := typeOf(p.Schema)
		o.Parameters = append(o.Parameters, memberWords{p.Name, kind, schema, p.Description, p.Required})
	}
	if op.RequestBody != nil {
		for _, media := range slices.Sorted(maps.Keys(op.RequestBody.Content)) {
			_, o.Takes = typeOf(op.RequestBody.Content[media].Schema)
		}
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		answer := answerWords{Status: status, Description: op.Responses[status].Description}
		for _, media := range slices.Sorted(maps.Keys(op.Responses[status].Content)) {
			_, answer.Schema = typeOf(op.Responses[status].Content[media].Schema)
		}
		o.Answers = append(o.Answers, answer)
	}
	return o
}

func membersOf(s *huma.Schema) []memberWords {
	var members []memberWords
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		kind, schema := typeOf(p)
		members = append(members, memberWords{name, kind, schema, p.Description, slices.Contains(s.Required, name)})
	}
	return members
}

// typeOf says of a schema what it is in words, and which named schema it is made of, if any.
func typeOf(s *huma.Schema) (kind, schema string) {
	switch {
	case s == nil:
		return "", ""
	case s.Ref != "":
		return "", s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Items != nil:
		kind, schema = typeOf(s.Items)
		return strings.TrimSpace("list of " + kind), schema
	}
	kind = s.Type
	if s.Format != "" {
		kind += " (" + s.Format + ")"
	}
	for i, value := range s.Enum {
		if i == 0 {
			kind = "one of"
		}
		kind += fmt.Sprintf(" %v", value)
	}
	return kind, ""
}
