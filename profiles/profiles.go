// Package profiles answers: what does each hospital's system do in its own way?
//
// A profile is a YAML file, so that a new trust is data and not a program. It is checked as a whole when it is read: all faults are
// listed, each with its line. What it says about messages is a [hl7.Profile], what it says about locations are rules of the directory.
package profiles

import (
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/plans"
)

// DefaultYAML is the built-in profile, written out: every key with what holds where a profile leaves it out.
//
//go:embed default.yaml
var DefaultYAML []byte

// Profile is one file.
type Profile struct {
	// File is its name without the folder.
	File string
	// Organisations are the ODS codes of those who write like this; Listener is the listener that such messages come to. One of the two.
	Organisations []string
	Listener      string
	// Reading is how messages are understood.
	Reading *hl7.Profile
	// Locations say in which department a location is; of several that match the first counts.
	Locations []directory.Rule
}

// Faults are all faults that were found, in words for people.
type Faults []string

func (f Faults) Error() string {
	if len(f) == 1 {
		return f[0]
	}
	return fmt.Sprintf("%d faults:\n  %s", len(f), strings.Join(f, "\n  "))
}

// Set is all profiles of a service. It is immutable; nil has no profiles but the built-in one.
type Set struct {
	profiles       []*Profile
	byOrganisation map[string]*Profile
	byListener     map[string]*Profile
}

// Load reads a file, or all files of a folder whose names end in .yaml or .yml. Without a name there are no profiles. The error is
// [Faults] if what could be read cannot be meant.
func Load(name string) (*Set, error) {
	texts, err := Read(name)
	if err != nil {
		return nil, err
	}
	return Of(texts)
}

// Text is what a file says.
type Text struct {
	// File is its name without the folder.
	File string `json:"file"`
	Text string `json:"text"`
}

// Read is what the files say that [Load] reads, in the order of their names.
func Read(name string) ([]Text, error) {
	if name == "" {
		return nil, nil
	}
	files, err := Files(name)
	if err != nil {
		return nil, err
	}
	var all []Text
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read a profile: %w", err)
		}
		all = append(all, Text{filepath.Base(file), string(text)})
	}
	return all, nil
}

// Of makes profiles of what files say. The error is [Faults].
func Of(texts []Text) (*Set, error) {
	var all []*Profile
	var faults Faults
	for _, t := range texts {
		p, wrong := Parse(t.File, []byte(t.Text))
		faults = append(faults, wrong...)
		if p != nil {
			all = append(all, p)
		}
	}
	set, wrong := NewSet(all...)
	if faults = append(faults, wrong...); len(faults) > 0 {
		return nil, faults
	}
	return set, nil
}

// LoadFS reads all profiles of a folder that is part of a program.
func LoadFS(files fs.FS, folder string) (*Set, error) {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, fmt.Errorf("read the profiles: %w", err)
	}
	var all []Text
	for _, e := range entries {
		text, err := fs.ReadFile(files, folder+"/"+e.Name())
		if err != nil {
			return nil, fmt.Errorf("read a profile: %w", err)
		}
		all = append(all, Text{e.Name(), string(text)})
	}
	return Of(all)
}

// Files are the files that [Load] reads, in the order of their names.
func Files(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("read the profiles: %w", err)
	}
	if !info.IsDir() {
		return []string{name}, nil
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, fmt.Errorf("read the profiles: %w", err)
	}
	var files []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, filepath.Join(name, e.Name()))
		}
	}
	return files, nil
}

// NewSet puts profiles together. There is one profile for an organisation, and one for a listener.
func NewSet(all ...*Profile) (*Set, Faults) {
	s := &Set{profiles: all, byOrganisation: map[string]*Profile{}, byListener: map[string]*Profile{}}
	var faults Faults
	add := func(to map[string]*Profile, key, what string, p *Profile) {
		if other, twice := to[key]; twice {
			faults = append(faults, fmt.Sprintf("%s: %s %s has a profile already, in %s", p.File, what, key, other.File))
			return
		}
		to[key] = p
	}
	for _, p := range all {
		for _, code := range p.Organisations {
			add(s.byOrganisation, code, "organisation", p)
		}
		if p.Listener != "" {
			add(s.byListener, p.Listener, "listener", p)
		}
	}
	return s, faults
}

// Profiles lists all, in the order of their files.
func (s *Set) Profiles() []*Profile {
	if s == nil {
		return nil
	}
	return slices.Clone(s.profiles)
}

// For finds how a sender writes: by the listener that it came to, else by the organisation that it says it is (MSH-4: the code of an
// organisation or of one of its sites; a closed one counts as its successor). Who has no profile has the built-in one.
func (s *Set) For(listener, facility string, dir *directory.Directory, at time.Time) *hl7.Profile {
	if p := s.Find(listener, facility, dir, at); p != nil {
		return p.Reading
	}
	return builtIn
}

// Find is [Set.For], with nil for a sender that has no profile of its own.
func (s *Set) Find(listener, facility string, dir *directory.Directory, at time.Time) *Profile {
	if s == nil || len(s.profiles) == 0 {
		return nil
	}
	if p, ok := s.byListener[listener]; ok {
		return p
	}
	if p, ok := s.byOrganisation[facility]; ok {
		return p
	}
	org, ok := dir.Sending(facility, at)
	if !ok {
		return nil
	}
	return s.byOrganisation[org.ID]
}

var builtIn = hl7.DefaultProfile()

// Trusted are the statuses of an NHS number in which an organisation's word is taken for it; false for an organisation without a profile.
func (s *Set) Trusted(organisation string) ([]plans.Tracing, bool) {
	if s == nil {
		return nil, false
	}
	p, ok := s.byOrganisation[organisation]
	if !ok {
		return nil, false
	}
	return slices.Clone(p.Reading.Trusted), true
}

// Apply gives a directory the rules of the profiles. The error is [Faults] if a profile names an organisation or a department that the
// directory does not have.
func (s *Set) Apply(dir *directory.Directory) (*directory.Directory, error) {
	rules := map[string][]directory.Rule{}
	if s != nil {
		for code, p := range s.byOrganisation {
			rules[code] = p.Locations
		}
	}
	with, faults := dir.WithRules(rules)
	if len(faults) > 0 {
		return nil, Faults(faults)
	}
	return with, nil
}

// Summary says in one line what a profile holds.
func (p *Profile) Summary() string {
	own := 0
	usual := hl7.DefaultProfile()
	for event, use := range p.Reading.Events {
		if usual.Use(event) != use {
			own++
		}
	}
	codes := len(p.Reading.Class) + len(p.Reading.Sex) + len(p.Reading.Consent) + len(p.Reading.Disposition)
	return fmt.Sprintf("%s, for %s: %d rules for locations, %d events of its own, %d codes, character set %s, other events %s",
		p.title(), p.whose(), len(p.Locations), own, codes, p.Reading.Charset, p.Reading.Others)
}
