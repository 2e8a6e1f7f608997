package pager

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

// ErrCollides is returned where the file and what is kept both have a rota of an id, or a line of a centre: nobody could say which of them holds.
var ErrCollides = errors.New("the file and what is kept in the service both have it: take it out of the file, or drop it in the service")

// With is the plan of a file with what is kept beside it. names are what people with an account are called, by their ids; dir is asked whose a department is. Errors:
// ErrCollides.
func (p *Plan) With(k rotas.Kept, names map[string]string, dir func() *directory.Directory) (*Plan, error) {
	both := *p
	both.kept, both.names = k, names
	both.rotas, both.centres, both.order = maps.Clone(p.rotas), maps.Clone(p.centres), slices.Clone(p.order)
	both.of = func(department string) string {
		org, _ := dir().OrganisationOf(department)
		return org.ID
	}
	if both.rotas == nil {
		both.rotas = map[string]rotas.Answers{}
	}
	if both.centres == nil {
		both.centres = map[string]string{}
	}
	for _, r := range k.Rotas {
		if !r.Dropped.IsZero() {
			continue
		}
		if both.rotas[r.ID] != nil {
			return nil, fmt.Errorf("rota %s: %w", r.ID, ErrCollides)
		}
		t, err := r.Timeline()
		if err != nil {
			return nil, fmt.Errorf("rota %s: %w", r.ID, err)
		}
		both.rotas[r.ID], both.order = t, append(both.order, r.ID)
	}
	for _, l := range k.Lines {
		if both.centres[l.Centre] != "" {
			return nil, fmt.Errorf("the line of centre %s: %w", l.Centre, ErrCollides)
		}
		both.centres[l.Centre] = l.Rota
	}
	return &both, nil
}

// File is what the plan has of a file, for whoever changes what is kept beside it. It must be asked of a plan without anything kept.
func (p *Plan) File() rotas.File {
	f := rotas.File{People: map[string]string{}, Lines: p.centres}
	for _, r := range p.Rotas() {
		f.Rotas = append(f.Rotas, rotas.FileRota{ID: r.ID, Answers: r.Answers})
	}
	for id := range p.people {
		f.People[id] = p.Name(id)
	}
	for i, of := range p.policies {
		f.Policies = append(f.Policies, rotas.Policy{Terms: rotas.Terms{
			Name: "policy " + strconv.Itoa(i+1) + " of the file", Departments: of.departments, Urgencies: of.urgencies, Again: of.Again, Steps: of.Steps,
		}})
	}
	return f
}
