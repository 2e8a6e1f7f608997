package pager

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
	"github.com/ucpalert/ucpalert/subscribers/rota"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

// Plan is who is on call and what happens while nobody answers: a checked file, which docs/on-call.md explains, and what is kept beside it
// ([Plan.With]). The zero Plan has nobody, and the default policy for everybody.
type Plan struct {
	rotas    map[string]rotas.Answers
	order    []string // ids of the rotas, those of the file first, in its order
	files    []string // of shifts
	people   map[string]Person
	centres  map[string]string // id of the rota, by ODS code
	policies []policy
	kept     rotas.Kept
	names    map[string]string // of people who are not the file's
	of       func(department string) (organisation string)
}

// Person is somebody who can be on call.
type Person struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	// Email is where mail reaches them; empty: it does not.
	Email string `yaml:"email"`
}

// policy is a policy and what it is for.
type policy struct {
	departments []string
	urgencies   []plans.Urgency
	escalation.Policy
}

// The shape of the file. Unknown keys are refused by name.
type file struct {
	Holidays []rota.Date       `yaml:"bank_holidays"`
	People   []Person          `yaml:"people"`
	Rotas    []rotaOfFile      `yaml:"rotas"`
	Centres  map[string]string `yaml:"centres"`
	Policies []struct {
		Departments []string        `yaml:"departments"`
		Urgencies   []plans.Urgency `yaml:"urgencies"`
		Again       int             `yaml:"again"`
		Steps       []struct {
			Name string        `yaml:"name"`
			To   escalation.To `yaml:"to"`
			Rota string        `yaml:"rota"`
			Wait time.Duration `yaml:"wait"`
		} `yaml:"steps"`
	} `yaml:"policies"`
}

// rotaOfFile is a rota as the file has it.
type rotaOfFile struct {
	rota.Spec `yaml:",inline"`
	// Shifts names a file of comma-separated values beside this one. What it says stands above all layers, and below overrides and swaps.
	Shifts string `yaml:"shifts"`
}

// LoadPlan reads and checks a file, and the files of shifts that it names: they are in its folder, or below.
func LoadPlan(name string, dir *directory.Directory) (*Plan, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read who is on call: %w", err)
	}
	p, err := ParsePlan(b, os.DirFS(filepath.Dir(name)), dir)
	if err != nil {
		return nil, fmt.Errorf("on call %s: %w", name, err)
	}
	return p, nil
}

// ParsePlan reads and checks a plan in YAML, and the files of shifts beside it. Its departments and centres must be in the directory.
func ParsePlan(b []byte, beside fs.FS, dir *directory.Directory) (*Plan, error) {
	var f file
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.DisallowUnknownField()).Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the YAML: %w", err)
	}
	p := &Plan{rotas: map[string]rotas.Answers{}, people: map[string]Person{}, centres: f.Centres}
	for _, person := range f.People {
		if err := p.addPerson(person); err != nil {
			return nil, err
		}
	}
	for _, of := range f.Rotas {
		if err := p.addRota(of, f.Holidays, beside); err != nil {
			return nil, err
		}
	}
	for code, id := range f.Centres {
		if org, ok := dir.Organisation(code); !ok || !org.Centre {
			return nil, fmt.Errorf("centres: %s is no centre of the directory", code)
		}
		if p.rotas[id] == nil {
			return nil, fmt.Errorf("centres: %s: there is no rota %q", code, id)
		}
	}
	return p, p.addPolicies(f, dir)
}

func (p *Plan) addPerson(of Person) error {
	if _, twice := p.people[of.ID]; of.ID == "" || twice {
		return fmt.Errorf("people: each person needs an id of their own, not %q", of.ID)
	}
	if of.Email != "" {
		if at, err := mail.ParseAddress(of.Email); err != nil || at.Address != of.Email {
			return fmt.Errorf("people: %s: %q is not an address such as name@example.nhs.uk", of.ID, of.Email)
		}
	}
	p.people[of.ID] = of
	return nil
}

// addRota adds a rota, all of whose people must be known.
func (p *Plan) addRota(of rotaOfFile, holidays []rota.Date, beside fs.FS) error {
	spec := of.Spec
	if spec.ID == "" || p.rotas[spec.ID] != nil {
		return fmt.Errorf("rotas: each rota needs an id of its own, not %q", spec.ID)
	}
	if spec.Zone == "" {
		spec.Zone = directory.DefaultTimeZone
	}
	spec.Holidays = append(slices.Clone(holidays), spec.Holidays...)
	if of.Shifts != "" {
		planned, err := readShifts(of.Shifts, beside, spec.Zone)
		if err != nil {
			return fmt.Errorf("rota %s: shifts %s: %w", spec.ID, of.Shifts, err)
		}
		spec.Overrides, p.files = append(planned, spec.Overrides...), append(p.files, of.Shifts)
	}
	r, err := rota.New(spec)
	if err != nil {
		return err
	}
	for _, id := range r.People() {
		if _, ok := p.people[id]; !ok {
			return fmt.Errorf("rota %s: %s is not among the people", spec.ID, id)
		}
	}
	p.rotas[spec.ID], p.order = r, append(p.order, spec.ID)
	return nil
}

// readShifts reads a file of shifts as overrides that were decided before all others.
func readShifts(name string, beside fs.FS, zone string) ([]rota.Override, error) {
	in, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("load the time zone: %w", err)
	}
	from, err := beside.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = from.Close() }() // it was only read
	shifts, err := rota.ReadCSV(from, in)
	return rota.Planned(name, shifts, time.Time{}), err
}

// Files are the files of shifts that the plan was made of, relative to its own.
func (p *Plan) Files() []string { return p.files }

func (p *Plan) addPolicies(f file, dir *directory.Directory) error {
	for i, of := range f.Policies {
		added := policy{of.Departments, of.Urgencies, escalation.Policy{Again: of.Again}}
		for _, s := range of.Steps {
			added.Steps = append(added.Steps, escalation.Step{Name: s.Name, To: s.To, Rota: s.Rota, Wait: s.Wait})
			if s.Rota != "" && p.rotas[s.Rota] == nil {
				return fmt.Errorf("policy %d: there is no rota %q", i+1, s.Rota)
			}
		}
		if err := added.Check(); err != nil {
			return fmt.Errorf("policy %d: %w", i+1, err)
		}
		for _, id := range of.Departments {
			if _, ok := dir.Department(id); !ok {
				return fmt.Errorf("policy %d: department %q is not in the directory", i+1, id)
			}
		}
		for _, u := range of.Urgencies {
			if u != plans.Routine && u != plans.Urgent && u != plans.Critical {
				return fmt.Errorf("policy %d: urgency must be %s, %s or %s", i+1, plans.Routine, plans.Urgent, plans.Critical)
			}
		}
		p.policies = append(p.policies, added)
	}
	return nil
}

// Policy is what is kept for a department and an urgency; else the first policy of the file that is for them; the default where there is none.
func (p *Plan) Policy(department string, urgency plans.Urgency) escalation.Policy {
	if p.of != nil {
		if kept, ok := p.kept.PolicyFor(p.of(department), department, urgency); ok {
			return escalation.Policy{Steps: kept.Steps, Again: kept.Again}
		}
	}
	for _, of := range p.policies {
		if (len(of.departments) == 0 || slices.Contains(of.departments, department)) && (len(of.urgencies) == 0 || slices.Contains(of.urgencies, urgency)) {
			return of.Policy
		}
	}
	return escalation.Default
}

// MailChannel is the name of the channel that sends mail.
const MailChannel = "mail"

// Who finds whom a step tells, for a plan of a centre, at an instant. reaches tells whether somebody can be told. Whoever cannot be is nobody.
func (p *Plan) Who(s escalation.Step, centre string, at time.Time, reaches func(person string) bool) (person, why string) {
	id := s.Rota
	if s.To == escalation.Centre {
		if id = p.centres[centre]; id == "" {
			return "", "the centre " + centre + " has no rota"
		}
	}
	r := p.rotas[id]
	if r == nil {
		return "", "there is no rota " + id
	}
	on := r.At(at)
	if on.Person == "" {
		return "", "rota " + id + ": " + on.Why
	}
	if !reaches(on.Person) {
		return "", "rota " + id + ": " + on.Person + " is on (" + on.Why + ") and has no channel"
	}
	return on.Person, "rota " + id + ", " + on.Why
}

// Email is the mail address of a person in the file; empty where there is none.
func (p *Plan) Email(person string) string { return p.people[person].Email }

// mailed are the people in the file who have a mail address.
func (p *Plan) mailed() (all []string) {
	for id, person := range p.people {
		if person.Email != "" {
			all = append(all, id)
		}
	}
	return all
}

// Rotas are the rotas: those of the file first, in its order, then those that are kept.
func (p *Plan) Rotas() (all []NamedRota) {
	for _, id := range p.order {
		all = append(all, NamedRota{id, p.rotas[id]})
	}
	return all
}

// NamedRota is a rota and its id.
type NamedRota struct {
	ID string
	rotas.Answers
}

// Name is what a person is called.
func (p *Plan) Name(person string) string {
	return cmp.Or(strings.TrimSpace(p.people[person].Name), p.names[person], person)
}
