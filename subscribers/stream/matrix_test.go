package stream

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/ucpalert/ucpalert/access"
)

// TestTheMatrixOfCommands gives every command as every role, from the stream of the own department, next door, and another hospital, about an
// alert of RQW-AE. Only whose action the table of access allows there is not refused, and nobody's stream begins whom it does not show the board.
func TestTheMatrixOfCommands(t *testing.T) {
	for _, role := range access.Roles() {
		for _, at := range []struct{ what, organisation, department string }{
			{"in the department", "RQW", "RQW-AE"}, {"next door", "RQW", "RQW-UTC"}, {"elsewhere", "RWG", "RWG-AE"}, {"for the region", "QM7", ""},
		} {
			t.Run(string(role)+" "+at.what, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					a := access.Account{Name: "somebody", Role: role, Organisation: at.organisation, Department: at.department}
					here := access.Object{Department: "RQW-AE", Organisation: "RQW", Region: "QM7"}
					w := newWorld(t)
					w.raise("RQW-AE", "here")
					c := serve(t, w, func(o *Options) {
						o.Accounts = access.NewBook(map[access.Token]access.Account{access.HashToken("somebody"): a})
					}).watch(t, "RQW-AE", "somebody", "")
					if shown := len(c.all("snapshot", "alert")) > 0; shown != (access.May(a, access.WatchBoard, here) == nil) {
						t.Errorf("shown the board: %v; closed %d", shown, c.closed())
					}
					if c.closed() != 0 {
						return
					}
					for command, action := range commands {
						if command == "canary_displayed" {
							continue // it is about no alert
						}
						before := len(c.all("done", "refused"))
						c.command(command, "here")
						replies := c.all("done", "refused")
						if len(replies) != before+1 {
							t.Fatalf("%s: %d replies", command, len(replies)-before)
						}
						refused := strings.HasSuffix(answer(replies[before]), reasonMayNot)
						if refused == (access.May(a, action, here) == nil) {
							t.Errorf("%s is answered %s", command, answer(replies[before]))
						}
					}
				})
			})
		}
	}
}
