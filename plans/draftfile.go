package plans

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// FormFile is a file of a form: what it is called, and the hash by which the draft's copy of it is found.
type FormFile struct {
	SHA256 string `json:"sha256"`
	Title  string `json:"title"`
	Type   string `json:"type"`
	Bytes  int    `json:"bytes"`
}

// DraftFile is a file of a draft.
type DraftFile struct {
	SHA256, Type string
	Bytes        int
	// Content is nil where files are only listed.
	Content []byte
	At      time.Time
}

// How many files a plan written in the browser may have, how long each may be and all together, in bytes.
const (
	MaxFiles     = 10
	MaxFile      = 1 << 20
	MaxFileBytes = 2 << 20
)

// Errors about files that a caller can act on.
var (
	ErrFileType = errors.New("only PDF, PNG and JPEG files can be attached")
	ErrNoFile   = errors.New("the draft has no such file")
	// ErrFiles: the draft holds more than it could publish.
	ErrFiles = fmt.Errorf("a plan has at most %d files and %d bytes of them", MaxFiles, MaxFileBytes)
)

// fileBeginnings are how files begin that may be attached: those that a browser draws without running what is in them.
var fileBeginnings = map[string]string{"application/pdf": "%PDF-", "image/png": "\x89PNG\r\n\x1a\n", "image/jpeg": "\xff\xd8\xff"}

// NewDraftFile reads what kind of file it is from its first bytes; what a browser says of it does not matter.
//
// Errors: ErrFileType.
func NewDraftFile(content []byte, at time.Time) (DraftFile, error) {
	for kind, begins := range fileBeginnings {
		if bytes.HasPrefix(content, []byte(begins)) {
			sum := sha256.Sum256(content)
			return DraftFile{hex.EncodeToString(sum[:]), kind, len(content), content, at}, nil
		}
	}
	return DraftFile{}, ErrFileType
}

// FileFaults are what stands in the way of publishing the files of a draft.
func (d DraftPlan) FileFaults() []Fault {
	var faults []Fault
	add := func(words string) { faults = append(faults, Fault{"attachments", words}) }
	held := map[string]bool{}
	for _, f := range d.Files {
		held[f.SHA256] = true
	}
	all := 0
	seen := map[string]bool{}
	for i, f := range d.Form.Attachments {
		switch {
		case !held[f.SHA256]:
			add(fmt.Sprintf("Attach file %d again: it did not arrive", i+1))
		case seen[f.SHA256]:
			add(fmt.Sprintf("Remove file %d: it is attached twice", i+1))
		case strings.TrimSpace(f.Title) == "":
			add(fmt.Sprintf("Enter what file %d is", i+1))
		}
		all, seen[f.SHA256] = all+f.Bytes, true
	}
	if len(d.Form.Attachments) > MaxFiles {
		add(fmt.Sprintf("Attach at most %d files", MaxFiles))
	}
	if all > MaxFileBytes {
		add("The files must be 2 MB or less together")
	}
	return faults
}
