package main

import (
	"errors"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/documents"
	"github.com/ucpalert/ucpalert/hl7"
	"github.com/ucpalert/ucpalert/sql"
)

// mdmConfig says what stands in which observation (OBX-3) of a document message. Without a headline no documents are taken.
type mdmConfig struct {
	Headline    []string     `yaml:"headline"`
	Urgency     []string     `yaml:"urgency"`
	WhatToDo    []string     `yaml:"what_to_do"`
	WhatNotToDo []string     `yaml:"what_not_to_do"`
	Sections    []mdmSection `yaml:"sections"`
}

type mdmSection struct {
	Identifier string `yaml:"identifier"`
	Title      string `yaml:"title"`
}

func (c mdmConfig) check() error {
	if len(c.Headline) == 0 && len(c.Urgency)+len(c.WhatToDo)+len(c.WhatNotToDo)+len(c.Sections) > 0 {
		return errors.New("configuration: mdm.headline must name the observation that holds the headline; without it no documents are taken")
	}
	for _, s := range c.Sections {
		if s.Identifier == "" || s.Title == "" {
			return errors.New("configuration: each of mdm.sections needs an identifier and a title")
		}
	}
	return nil
}

func (c mdmConfig) rules() hl7.DocumentRules {
	rules := hl7.DocumentRules{Headline: c.Headline, Urgency: c.Urgency, Do: c.WhatToDo, DoNot: c.WhatNotToDo}
	for _, s := range c.Sections {
		rules.Sections = append(rules.Sections, hl7.DocumentSection(s))
	}
	return rules
}

// demoMDM is what the demo's centres write into OBX-3.
func demoMDM() mdmConfig {
	return mdmConfig{
		Headline: []string{"HEADLINE"}, Urgency: []string{"URGENCY"}, WhatToDo: []string{"DO"}, WhatNotToDo: []string{"DONOT"},
		Sections: []mdmSection{{"AIRWAY", "Airway"}},
	}
}

// documentDesk takes the documents of centres, under the same rules as the messages of hospitals.
func documentDesk(desk *alerts.Desk, store *sql.Store, current func() *directory.Directory, rules hl7.Rules) *documents.Desk {
	return &documents.Desk{Publisher: desk, Shelf: store, Directory: current, Rules: rules, Now: time.Now}
}
