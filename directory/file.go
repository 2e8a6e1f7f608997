package directory

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// The shape of the directory file. Unknown keys are refused by name.
type file struct {
	Regions []struct {
		ID   string `yaml:"id"`
		Name string `yaml:"name"`
		Days `yaml:",inline"`
	} `yaml:"regions"`
	Organisations []struct {
		ID        string   `yaml:"id"`
		Name      string   `yaml:"name"`
		Region    string   `yaml:"region"`
		Centre    bool     `yaml:"centre"`
		Phone     string   `yaml:"phone"`
		MainSite  string   `yaml:"main_site"`
		Successor string   `yaml:"successor"`
		Sending   []string `yaml:"sending_codes"`
		Days      `yaml:",inline"`
	} `yaml:"organisations"`
	Sites []struct {
		ID           string `yaml:"id"`
		Name         string `yaml:"name"`
		Organisation string `yaml:"organisation"`
		Days         `yaml:",inline"`
	} `yaml:"sites"`
	Departments []struct {
		ID        string   `yaml:"id"`
		Name      string   `yaml:"name"`
		Site      string   `yaml:"site"`
		Main      bool     `yaml:"main"`
		Locations []string `yaml:"locations"`
		TimeZone  string   `yaml:"time_zone"`
		Phones    []Phone  `yaml:"phones"`
		Days      `yaml:",inline"`
	} `yaml:"departments"`
	Agreements []struct {
		From  string    `yaml:"from"`
		To    string    `yaml:"to"`
		Plans planKinds `yaml:"plans"`
		Show  Show      `yaml:"show"`
		Days  `yaml:",inline"`
	} `yaml:"agreements"`
}

// planKinds is "all", or a list of at least one SNOMED CT code. Left out it is all.
type planKinds []string

// UnmarshalYAML reads either form. An empty list is refused: it could be meant as all or as none.
func (k *planKinds) UnmarshalYAML(read func(any) error) error {
	var word string
	if err := read(&word); err == nil {
		if word != "all" {
			return fmt.Errorf("plans must be the word all or a list of SNOMED CT codes, not %q", word)
		}
		return nil
	}
	var codes []string
	if err := read(&codes); err != nil || len(codes) == 0 {
		return errors.New("plans must be the word all or a list of SNOMED CT codes")
	}
	*k = codes
	return nil
}

// Days is the first and the last day (YYYY-MM-DD), both included.
type Days struct {
	First string `yaml:"first_day"`
	Last  string `yaml:"last_day"`
}

// DefaultTimeZone is the zone of a department that names none.
const DefaultTimeZone = "Europe/London"

// Load reads and checks a directory file.
func Load(name string) (*Directory, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	d, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("directory %s: %w", name, err)
	}
	return d, nil
}

// Parse reads and checks a directory in YAML.
func Parse(b []byte) (*Directory, error) {
	var f file
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.DisallowUnknownField()).Decode(&f); err != nil {
		return nil, fmt.Errorf("read the YAML: %w", err)
	}
	d := &Directory{
		regions: map[string]Region{}, organisations: map[string]Organisation{}, sendingCodes: map[string]string{}, sites: map[string]Site{},
		departments: map[string]Department{}, bySite: map[string][]Department{},
	}
	if err := d.fill(f); err != nil {
		return nil, err
	}
	return d, d.check()
}

func (d *Directory) fill(f file) error {
	for _, r := range f.Regions {
		span, err := r.span("region " + r.ID)
		if err := put(d.regions, "region", r.ID, Region{r.ID, r.Name, span}, err); err != nil {
			return err
		}
	}
	for _, o := range f.Organisations {
		span, err := o.span("organisation " + o.ID)
		org := Organisation{o.ID, o.Name, o.Region, o.Successor, o.Centre, o.Phone, nil, o.MainSite, span}
		for _, code := range o.Sending {
			org.SendingCodes = append(org.SendingCodes, strings.ToUpper(strings.TrimSpace(code)))
		}
		if err := put(d.organisations, "organisation", o.ID, org, err); err != nil {
			return err
		}
	}
	for _, s := range f.Sites {
		span, err := s.span("site " + s.ID)
		if err := put(d.sites, "site", s.ID, Site{s.ID, s.Name, s.Organisation, span}, err); err != nil {
			return err
		}
	}
	for _, p := range f.Departments {
		span, err := p.span("department " + p.ID)
		if p.TimeZone == "" {
			p.TimeZone = DefaultTimeZone
		}
		dep := Department{p.ID, p.Name, p.Site, p.Main, p.Locations, p.TimeZone, p.Phones, span}
		if err == nil {
			err = dep.check()
		}
		if err := put(d.departments, "department", p.ID, dep, err); err != nil {
			return err
		}
		d.order = append(d.order, p.ID)
		d.bySite[p.Site] = append(d.bySite[p.Site], dep)
	}
	for i, a := range f.Agreements {
		span, err := a.span(fmt.Sprintf("agreement %d", i+1))
		if err != nil {
			return err
		}
		switch a.Show {
		case "":
			a.Show = Full
		case Full, Summary:
		default:
			return fmt.Errorf("agreement %d: show must be full or summary", i+1)
		}
		d.agreements = append(d.agreements, Agreement{a.From, a.To, a.Plans, a.Show, span})
	}
	return nil
}

// put adds an entry under its id, once.
func put[T any](m map[string]T, what, id string, v T, err error) error {
	if err != nil {
		return err
	}
	if id == "" {
		return fmt.Errorf("a %s has no id", what)
	}
	if _, twice := m[id]; twice {
		return fmt.Errorf("%s %s is listed twice", what, id)
	}
	m[id] = v
	return nil
}

func (dep Department) check() error {
	if _, err := time.LoadLocation(dep.TimeZone); err != nil {
		return fmt.Errorf("department %s: time_zone: %w", dep.ID, err)
	}
	if slices.Contains(dep.Locations, "") {
		return fmt.Errorf("department %s: a location is empty", dep.ID)
	}
	return nil
}

// span turns the first and last day into instants in the calendar of Europe/London.
func (f Days) span(of string) (Span, error) {
	zone, err := time.LoadLocation(DefaultTimeZone)
	if err != nil {
		return Span{}, fmt.Errorf("load the time zone: %w", err)
	}
	var s Span
	if f.First != "" {
		if s.First, err = time.ParseInLocation(time.DateOnly, f.First, zone); err != nil {
			return Span{}, fmt.Errorf("%s: first_day must be a date such as 2026-04-01", of)
		}
	}
	if f.Last != "" {
		if s.Last, err = time.ParseInLocation(time.DateOnly, f.Last, zone); err != nil {
			return Span{}, fmt.Errorf("%s: last_day must be a date such as 2027-03-31", of)
		}
		s.Last = s.Last.AddDate(0, 0, 1)
	}
	if !s.Last.IsZero() && !s.First.Before(s.Last) {
		return Span{}, fmt.Errorf("%s: last_day is before first_day", of)
	}
	return s, nil
}
