// Package docs answers: where do the documents for people and programs stand that the service gives out about itself?
package docs

import "embed"

// Files are the documents of this folder, and the AsyncAPI document of the stream.
//
//go:embed *.md asyncapi.yaml
var Files embed.FS
