package files

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// errNoExport is for an answer that is no page of an export.
var errNoExport = errors.New("the service did not answer with plans: look at --to, and whether the token is that of a centre")

// Export writes the newest versions of the centre's plans, in some states or in all, one a line, and tells how many there were. A plan that
// is revised meanwhile is given out again at the end; it is written once, as it came first.
func (s *Service) Export(ctx context.Context, statuses []string, to io.Writer) (written int, err error) {
	out := bufio.NewWriterSize(to, 1<<20)
	seen := map[string]bool{}
	path := "/api/centre/export?" + url.Values{"status": statuses}.Encode()
	for path != "" {
		a, err := s.persist(ctx, http.MethodGet, path, nil)
		switch {
		case err != nil:
			return written, err
		case a.status == http.StatusUnauthorized:
			return written, errNotSignedIn
		case a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "application/fhir+ndjson"):
			return written, fmt.Errorf("%w (%d %s)", errNoExport, a.status, http.StatusText(a.status))
		}
		for text := range bytes.Lines(a.body) {
			line, some := resource(text, 0, int64(len(text)))
			if !some || line.ID != "" && seen[line.ID] {
				continue
			}
			seen[line.ID] = true
			if _, err := out.Write(text); err != nil {
				return written, err
			}
			written++
		}
		path = next(a.header.Get("Link"))
	}
	return written, out.Flush()
}

// next is the address of the page that follows (RFC 8288), without the service's own; "" if there is none.
func next(link string) string {
	address, rest, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	if !ok || !strings.Contains(rest, `rel="next"`) || !strings.HasPrefix(address, "/") {
		return ""
	}
	return address
}
