package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// built are the pages as they were when the program was built; a fresh clone has only a README there.
//
//go:embed all:ui/dist
var built embed.FS

func embeddedPages() fs.FS {
	pages, err := fs.Sub(built, "ui/dist")
	if err != nil {
		panic(err) // cannot be: the folder is embedded
	}
	return pages
}

// page is one file, ready to be sent.
type page struct {
	contentType string
	body        []byte
	// compressed gives nil where it would not be smaller. It is made when somebody first asks, so that the service is ready sooner.
	compressed func() []byte
	tag        string
}

// index is the file behind every address that a person types in.
const index = "index.html"

// worker is the file that a browser runs while no page is open, so that it can be told of an alert (Service Workers). Its address is at the
// root, because a worker's scope is never above its own address.
const worker = "sw.js"

// notBuilt stands in for the pages in a program that was built without them.
const notBuilt = `<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>Urgent Care Plan alerts</title></head>
<body>
<h1>The pages are not built</h1>
<p>The service runs, but it was built without its pages. Run <code>make build</code>, and start it again.</p>
</body>
</html>
`

// loadPages reads index.html, sw.js and everything below assets/ into memory.
func loadPages(files fs.FS) (map[string]page, error) {
	pages := map[string]page{index: newPage(index, []byte(notBuilt))}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name != index && name != worker && !strings.HasPrefix(name, "assets/") {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		pages[name] = newPage(name, body)
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return pages, nil
}

// types are the media types of the pages' files; what the machine says of them must not matter.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".json": "application/json", ".webmanifest": "application/manifest+json", ".map": "application/json",
	".woff2": "font/woff2", ".png": "image/png", ".ico": "image/x-icon", ".yaml": "application/yaml; charset=utf-8", ".mp3": "audio/mpeg",
}

func newPage(name string, body []byte) page {
	sum := sha256.Sum256(body)
	p := page{contentType: types[path.Ext(name)], body: body, tag: base64.RawURLEncoding.EncodeToString(sum[:12])}
	if p.contentType == "" {
		if p.contentType = mime.TypeByExtension(path.Ext(name)); p.contentType == "" {
			p.contentType = "application/octet-stream"
		}
	}
	p.compressed = sync.OnceValue(func() []byte { return compress(body) })
	return p
}

// compress gives a file in gzip, or nil if that saves less than a tenth.
func compress(body []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // cannot be: the level exists
	}
	_, werr := z.Write(body)
	if cerr := z.Close(); werr != nil || cerr != nil || b.Len() >= len(body)*9/10 {
		return nil
	}
	return b.Bytes()
}

// getIndex serves the page of every address that a person types in; the script on it reads the address.
func (s *server) getIndex(w http.ResponseWriter, r *http.Request) { s.pages[index].serve(w, r) }

// getWorker serves the script of the service worker.
func (s *server) getWorker(w http.ResponseWriter, r *http.Request) { s.getFile(w, r, worker) }

// getAsset serves a file of the pages.
func (s *server) getAsset(w http.ResponseWriter, r *http.Request) {
	s.getFile(w, r, "assets/"+r.PathValue("file"))
}

func (s *server) getFile(w http.ResponseWriter, r *http.Request, name string) {
	p, ok := s.pages[name]
	if !ok {
		s.fail(w, r, errNoPages)
		return
	}
	p.serve(w, r)
}

// serve sends a file, or says that the browser's copy holds: it asks every time, so that a new version is never mixed with an old one.
func (p page) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	body, tag := p.body, `"`+p.tag+`"`
	if compressed := p.compressed(); compressed != nil {
		h.Set("Vary", "Accept-Encoding")
		if takesGzip(r.Header.Get("Accept-Encoding")) {
			body, tag = compressed, `"`+p.tag+`.gz"`
		}
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", tag)
	for known := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if known = strings.TrimSpace(known); known == "*" || strings.TrimPrefix(known, "W/") == tag { // RFC 9110 §13.1.2: weak comparison
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if strings.HasSuffix(tag, `.gz"`) {
		h.Set("Content-Encoding", "gzip")
	}
	write(w, http.StatusOK, p.contentType, body)
}

// takesGzip tells whether a client takes gzip (RFC 9110 §12.5.3).
func takesGzip(accept string) bool {
	for one := range strings.SplitSeq(accept, ",") {
		coding, params, _ := strings.Cut(one, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		weight, stated := strings.CutPrefix(strings.TrimSpace(params), "q=")
		q, err := strconv.ParseFloat(weight, 64)
		return !stated || err == nil && q > 0
	}
	return false
}
