package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestThePageOfAccessIsCurrent fails when an address, a command, a role or a rule was added without its row in docs/access.md.
func TestThePageOfAccessIsCurrent(t *testing.T) {
	written, err := os.ReadFile("../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written), accessPage()); diff != "" {
		t.Errorf("docs/access.md is not what the program does; go generate ./cmd/ucpalert (-written +program):\n%s", diff)
	}
}
