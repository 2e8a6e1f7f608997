package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/profiles"
)

// profilesCommand is for the files that say how each hospital's system writes.
type profilesCommand struct {
	Check     profilesCheck     `cmd:"" help:"Say what profiles hold, or every fault in them."`
	Default   profilesDefault   `cmd:"" help:"Print the built-in profile, which explains every key."`
	Locations profilesLocations `cmd:"" help:"List what each rule for locations last matched, and the locations that nobody knows."`
}

type profilesCheck struct {
	Config string   `type:"existingfile" placeholder:"FILE" help:"The configuration: check also against its directory, and say what would change."`
	Files  []string `arg:"" type:"existingpath" help:"Profiles, or a folder of them."`
}

// Run reads all files as one set, as the service would, and prints what they hold.
func (c profilesCheck) Run() error {
	var all []*profiles.Profile
	var faults profiles.Faults
	for _, name := range c.Files {
		set, err := profiles.Load(name)
		var wrong profiles.Faults
		switch {
		case errors.As(err, &wrong):
			faults = append(faults, wrong...)
		case err != nil:
			return err
		default:
			all = append(all, set.Profiles()...)
		}
	}
	set, wrong := profiles.NewSet(all...)
	faults = append(faults, wrong...)
	if c.Config != "" {
		more, err := c.against(set)
		if err != nil {
			return err
		}
		faults = append(faults, more...)
	}
	if len(faults) > 0 {
		return faults
	}
	for _, p := range set.Profiles() {
		if _, err := fmt.Fprintln(os.Stdout, p.Summary()); err != nil {
			return err
		}
	}
	return nil
}

// against fits the profiles to the directory of a configuration, and says what would change in the service that has it.
func (c profilesCheck) against(set *profiles.Set) (profiles.Faults, error) {
	cfg, _, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return nil, err
	}
	dir, err := directory.Load(cfg.Directory)
	if err != nil {
		return nil, err
	}
	var faults profiles.Faults
	if _, err := set.Apply(dir); err != nil && !errors.As(err, &faults) {
		return nil, err
	}
	before, err := profiles.Load(cfg.Profiles)
	if err != nil || len(faults) > 0 {
		return faults, nil // those in use may be the faulty ones: nothing to compare with
	}
	return nil, printLines(os.Stdout, profiles.Differences(before, set))
}

type profilesDefault struct{}

// Run prints the built-in profile.
func (profilesDefault) Run() error {
	_, err := os.Stdout.Write(profiles.DefaultYAML)
	return err
}
