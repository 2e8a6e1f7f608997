package web

import (
	"iter"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ucpalert/ucpalert/plans"
)

// describePlain adds to the description of the API what huma does not handle: files, lines, and how the service stands. Whoever adds such an
// address adds it here too: a test compares the description with the table of routes.
func describePlain(api *huma.OpenAPI) {
	schema := func(of reflect.Type, name string) *huma.Schema { return api.Components.Schemas.Schema(of, true, name) }
	bytes := &huma.Schema{Type: "string", Format: "binary"}
	problemBody := map[string]*huma.MediaType{"application/problem+json": {Schema: schema(reflect.TypeFor[huma.ErrorModel](), "ErrorModel")}}
	answer := func(words, media string, of *huma.Schema) *huma.Response {
		return &huma.Response{Description: words, Content: map[string]*huma.MediaType{media: {Schema: of}}}
	}
	for _, op := range []struct {
		method, path, id, summary, words string
		token                            bool
		query                            []string
		takes                            *huma.Schema
		answers                          map[string]*huma.Response
		faults                           []int
	}{
		{
			"GET", "/healthz", "health", "Whether the process answers", "", false, nil, nil,
			map[string]*huma.Response{"200": answer("It does", "application/json", schema(reflect.TypeFor[health](), "Health"))}, nil,
		},
		{
			"GET", "/readyz", "ready", "Whether the service can do its work, and if not, why not", "", false, nil, nil,
			map[string]*huma.Response{
				"200": answer("It can", "application/json", schema(reflect.TypeFor[readiness](), "Readiness")),
				"503": answer("It cannot; send no traffic here", "application/json", schema(reflect.TypeFor[readiness](), "Readiness")),
			}, nil,
		},
		{
			"GET", "/api/openapi.json", "description", "This description, in OpenAPI 3.1", "", false, nil, nil,
			map[string]*huma.Response{"200": answer("The description", "application/json", &huma.Schema{Type: "object"})}, nil,
		},
		{
			"GET", "/api/alerts/{alert}/attachments/{n}", "attachment", "A file of the plan behind an open alert",
			"The n-th, counted from 1, as the plan lists them. Whoever may open the plan may read it; the reading is journalled.", true, nil, nil,
			map[string]*huma.Response{"200": answer("The file, as the centre sent it", "*/*", bytes)}, []int{401, 403, 404, 415, 503},
		},
		{
			"GET", "/api/centre/export", "export", "The newest versions of a centre's plans, as lines that can be published again",
			"A page; the address of the next is in Link (RFC 8288). Every plan that is given out is journalled.", true, []string{"status", "after"}, nil,
			map[string]*huma.Response{"200": answer("One plan a line", "application/fhir+ndjson", &huma.Schema{Type: "string"})}, []int{400, 401, 403, 503},
		},
		{
			"POST", "/api/centre/drafts/{draft}/attachments", "add-draft-file", "Add a file to a draft", "The bytes of the file are the body; its type is found from them.", true, nil, bytes,
			map[string]*huma.Response{"200": answer("How the form names it", "application/json", schema(reflect.TypeFor[plans.FormFile](), "FormFile"))}, []int{401, 403, 404, 413, 415, 422},
		},
		{
			"GET", "/api/openings/{opening}/attachments/{n}", "opened-file", "A file of a plan that one has opened without an arrival", "The reading is journalled.", true, nil, nil,
			map[string]*huma.Response{"200": answer("The file", "*/*", bytes)}, []int{401, 403, 404, 415, 503},
		},
		{
			"POST", "/api/privacy/exposure.csv", "exposure-file", "Every patient whose details an account had before it between two times, as a file (RFC 4180)",
			"It takes the body of /api/privacy/exposure. The reading is journalled.", true, nil, nil,
			map[string]*huma.Response{"200": answer("The file", "text/csv", bytes)}, []int{401, 403, 413, 422, 503},
		},
		{
			"GET", "/api/centre/drafts/{draft}/attachments/{file}", "draft-file", "A file of a draft, to its author", "The reading is journalled.", true, nil, nil,
			map[string]*huma.Response{"200": answer("The file", "*/*", bytes)}, []int{401, 403, 404, 503},
		},
		{
			"GET", "/api/centre/plans/{plan}/versions/{version}/attachments/{n}", "own-file", "A file of any version of a plan, to the plan's centre", "The reading is journalled.", true, nil, nil,
			map[string]*huma.Response{"200": answer("The file", "*/*", bytes)}, []int{401, 403, 404, 415, 503},
		},
	} {
		o := &huma.Operation{Method: op.method, Path: op.path, OperationID: op.id, Summary: op.summary, Description: op.words, Responses: op.answers}
		if op.token {
			o.Security = []map[string][]string{{"token": {}}}
		}
		for name := range pathParameters(op.path) {
			o.Parameters = append(o.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: "string"}})
		}
		for _, name := range op.query {
			o.Parameters = append(o.Parameters, &huma.Param{Name: name, In: "query", Schema: &huma.Schema{Type: "string"}})
		}
		if op.takes != nil {
			o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: op.takes}}}
		}
		for _, status := range op.faults {
			o.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: problemBody}
		}
		api.AddOperation(o)
	}
}

// pathParameters yields the names in braces of a path, in order.
func pathParameters(path string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(path, "/") {
			if strings.HasPrefix(part, "{") && !yield(strings.Trim(part, "{}.")) {
				return
			}
		}
	}
}
