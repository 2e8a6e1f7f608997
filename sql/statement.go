package sql

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// Statement is one SQL statement in both dialects, read once when the program starts. Its parameters are names (:department); values
// for them come from a struct with `db` tags or from [Args].
type Statement struct {
	name     string
	compiled [2]compiled // by dialect
	binders  [2]sync.Map // reflect.Type → *binder, by dialect
	scanners sync.Map    // reflect.Type → *scanner
}

// compiled is a statement as one engine takes it.
type compiled struct {
	text   string   // with ?1 or $1 in place of :name
	params []string // the name of parameter n is at n-1
}

// Args are the values of a statement's parameters by name.
type Args map[string]any

type dialect int

const (
	sqlite dialect = iota
	postgres
)

func (d dialect) String() string {
	return [...]string{"sqlite", "postgres"}[d]
}

// Parse reads one statement. The text is the same for both engines: parameters are :name; what only one engine understands stands in
// a comment that begins with its name and is statement text for that engine alone:
//
//	SELECT id FROM due ORDER BY at LIMIT :limit /*postgres FOR UPDATE SKIP LOCKED */
//
// Literals, quoted identifiers, comments and :: casts are left alone.
func Parse(name, text string) (*Statement, error) {
	st := &Statement{name: name}
	for _, d := range []dialect{sqlite, postgres} {
		c, err := compile(d, text)
		if err != nil {
			return nil, fmt.Errorf("statement %s: %w", name, err)
		}
		st.compiled[d] = c
	}
	a, b := slices.Sorted(slices.Values(st.compiled[sqlite].params)), slices.Sorted(slices.Values(st.compiled[postgres].params))
	if !slices.Equal(a, b) {
		return nil, fmt.Errorf("statement %s: SQLite has the parameters %v, PostgreSQL %v", name, a, b)
	}
	return st, nil
}

// Name is the statement's name: that of its file without the ending.
func (st *Statement) Name() string { return st.name }

// Params are the names of its parameters, each once, in the order in which they first stand in the text.
func (st *Statement) Params() []string { return slices.Clone(st.compiled[sqlite].params) }

// catalogue holds the statements that the package's variables asked for while the program was being initialised.
var catalogue struct {
	statements []*Statement
	errs       []error
}

// statement is queries/NAME.sql. It is called only to initialise package variables, so that a missing or malformed file is noticed when
// the program starts: Open returns the error.
func statement(name string) *Statement {
	text, err := fs.ReadFile(queryFiles, "queries/"+name+".sql")
	if err != nil {
		catalogue.errs = append(catalogue.errs, err)
		return &Statement{name: name}
	}
	st, err := Parse(name, string(text))
	if err != nil {
		catalogue.errs = append(catalogue.errs, err)
		return &Statement{name: name}
	}
	catalogue.statements = append(catalogue.statements, st)
	return st
}

func loadError() error { return errors.Join(catalogue.errs...) }
