package fhir

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // FHIR R4 §2.24.0.8 Attachment.hash is a SHA-1; it finds slips, not enemies
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ucpalert/ucpalert/plans"
)

// attachments adds the files of a DocumentReference. Their bytes stay in the document. A file that is not what it says it is is refused;
// one of a type that is not shown is kept, and named.
func (r *reader) attachments(of, cp element, c *plans.Content) {
	if status := of.get("status").text(); status == "entered-in-error" || status == "superseded" {
		return
	}
	for content := range of.list("content") {
		at := content.get("attachment")
		a := plans.Attachment{Title: title(at, of), Type: mediaType(at.get("contentType").text()), Dated: dateOf(first(at, "creation").text())}
		if a.Dated == "" {
			a.Dated = dateOf(of.get("date").text())
		}
		encoded := at.get("data")
		if !encoded.present() {
			if binary := r.binary(at.get("url").text(), of, cp); binary.present() {
				encoded = binary.get("data")
				if a.Type == "" {
					a.Type = mediaType(binary.get("contentType").text())
				}
			}
		}
		if encoded.present() {
			r.attached(at, encoded, &a)
		}
		c.Attachments = append(c.Attachments, a)
	}
}

// attached checks the bytes of a file and notes how to find them again.
func (r *reader) attached(at, encoded element, a *plans.Attachment) {
	file, err := decodeBase64(encoded.text())
	if err != nil || len(file) == 0 {
		r.add(encoded, Value, "The data must be base64 of a file that is not empty.")
		return
	}
	if size := at.get("size"); size.kind() == number && string(size.raw()) != strconv.Itoa(len(file)) {
		r.add(size, Value, "The size is not that of the data.")
	}
	if hash := at.get("hash"); hash.present() {
		sum := sha1.Sum(file) //nolint:gosec // as above
		if stated, err := decodeBase64(hash.text()); err != nil || !bytes.Equal(stated, sum[:]) {
			r.add(hash, Value, "The hash is not the SHA-1 of the data.")
		}
	}
	if begins := beginnings[a.Type]; begins != "" && !bytes.HasPrefix(file, []byte(begins)) {
		r.add(encoded, Value, "The data is not a file of the type that contentType says.")
		return
	}
	sum := sha256.Sum256(file)
	a.Bytes, a.SHA256 = len(file), hex.EncodeToString(sum[:])
}

// beginnings are how files of the types that are shown begin.
var beginnings = map[string]string{"application/pdf": "%PDF-", "image/png": "\x89PNG\r\n\x1a\n", "image/jpeg": "\xff\xd8\xff"}

// mediaType is a media type without its parameters.
func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.ToLower(line(s))
}

// title names a file: its own title, else what the DocumentReference says of it.
func title(at, of element) string {
	for _, words := range []string{line(at.get("title").text()), line(of.get("description").text()), concept(of.get("type"))} {
		if words != "" {
			return words
		}
	}
	return ""
}

// binary finds the Binary that an attachment's url leads to, in the Bundle or contained.
func (r *reader) binary(url string, of, cp element) element {
	found := of.absent()
	if id, inside := strings.CutPrefix(url, "#"); inside {
		found = r.inside(cp, id)
	} else if i, ok := r.bundle.byURL[url]; ok && i != none {
		found = r.bundle.entries[i].resource
	}
	if found.resourceType() != "Binary" {
		return of.absent()
	}
	return found
}

func decodeBase64(s string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
}

// ErrNoAttachment is returned for a file that a document does not hold.
var ErrNoAttachment = errors.New("the document holds no such file")

// AttachmentOf finds the bytes of a file in the document of its plan.
func AttachmentOf(document []byte, a plans.Attachment) ([]byte, error) {
	doc, err := rescan(document)
	if err != nil {
		return nil, fmt.Errorf("find an attachment: %w", ErrDocument)
	}
	for i, n := range doc.nodes {
		if n.key != "data" || n.kind != text || int(n.end-n.start) < a.Bytes {
			continue
		}
		file, err := decodeBase64(doc.textOf(int32(i)))
		if sum := sha256.Sum256(file); err == nil && len(file) == a.Bytes && hex.EncodeToString(sum[:]) == a.SHA256 {
			return file, nil
		}
	}
	return nil, fmt.Errorf("find an attachment: %w", ErrNoAttachment)
}
