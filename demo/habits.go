package demo

import (
	"embed"

	"golang.org/x/text/encoding/charmap"
)

// Profiles tell ucpalert how each of the demo's hospitals writes: one YAML file each, in the folder profiles.
//
//go:embed profiles/*.yaml
var Profiles embed.FS

// habits are what a hospital's system does in its own way. What is left out is as most do it.
type habits struct {
	arrival      string // the event of a registration, instead of A04
	class        string // PV1-2 of an emergency, instead of E
	pointOfCare  string // PV1-3.1 of the A&E, instead of AE
	female, male string // PID-8
	authority    string // PID-3.4 of its own numbers, which then have no type and stand behind one of another system
	latin        bool   // letters are in windows-1252, and MSH-18 says nothing
}

// or is the habit, or what is usual.
func or(habit, usual string) string {
	if habit == "" {
		return usual
	}
	return habit
}

// encode writes a message in windows-1252. A letter that this does not have keeps the message as it is: such a system was mended.
func encode(message []byte) []byte {
	latin, err := charmap.Windows1252.NewEncoder().Bytes(message)
	if err != nil {
		return message
	}
	return latin
}
