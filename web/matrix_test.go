package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/docs"
	"github.com/ucpalert/ucpalert/journal"
)

// written is docs/access.md's table of actions as a person reads it: action, then relation, then the roles in the cell.
func written(t *testing.T) map[string]map[string][]string {
	t.Helper()
	page, err := docs.Files.ReadFile("access.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "\n## Actions\n")
	table, _, ended := strings.Cut(table, "\n## ")
	if !found || !ended {
		t.Fatal("docs/access.md has no table of actions")
	}
	rows := map[string]map[string][]string{}
	var heads []string
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---"):
		case heads == nil:
			heads = cells
		default:
			rows[cells[0]] = map[string][]string{}
			for i, cell := range cells[1:] {
				rows[cells[0]][heads[i+1]] = strings.Split(cell, ", ")
			}
		}
	}
	if len(rows) < 20 {
		t.Fatalf("docs/access.md has only %d actions", len(rows))
	}
	return rows
}

// standing is how an account stands to the alert of the tests, which is in RQW-AE of RQW in QM7, and to its plan, which is RP4's.
type standing struct {
	what                     string
	organisation, department string
	// holds are the relations, as docs/access.md names them, in which it stands to a department, and to a plan.
	toDepartment, toPlan []string
}

var standings = []standing{
	{"in the department", "RQW", "RQW-AE", []string{"own department", "own organisation", "own organisation or region", "anywhere"}, []string{"anywhere"}},
	{"next door", "RQW", "RQW-UTC", []string{"own organisation", "own organisation or region", "anywhere"}, []string{"anywhere"}},
	{"in another hospital", "RWG", "RWG-AE", []string{"anywhere"}, []string{"anywhere"}},
	{"for the region", "QM7", "", []string{"own organisation or region", "anywhere"}, []string{"shared with its region", "anywhere"}},
	{"for another region", "Y61", "", []string{"anywhere"}, []string{"anywhere"}},
	{"at the plan's centre", "RP4", "", []string{"anywhere"}, []string{"own plans", "own organisation or region", "anywhere"}},
	{"at another centre", "RJZ", "", []string{"anywhere"}, []string{"anywhere"}},
}

// aboutOf tells what an address names: a department (as an alert and a hospital's message do), a plan, or only what is the caller's own.
// What a request to publish names is in its body: other tests publish another's.
func aboutOf(r route) string {
	switch {
	case strings.Contains(r.path, "{department}") || strings.Contains(r.path, "{alert}") || strings.Contains(r.path, "{message}") || strings.HasPrefix(r.path, "/api/answers/{token}") || strings.HasPrefix(r.path, "/api/walls/{person}"):
		return "department"
	case r.action == access.ReadOwnPlan && strings.HasPrefix(r.path, "/fhir/CarePlan/{id}"), strings.HasPrefix(r.path, "/api/centre/plans/{plan}"):
		return "plan"
	}
	return "own"
}

// TestTheMatrix asks for every address as every role in every standing, and compares with docs/access.md who is refused. Each refusal must
// be journalled in the name of who asked.
func TestTheMatrix(t *testing.T) {
	policy := written(t)
	book := map[access.Token]access.Account{access.HashToken("reads questions"): {Name: "reads questions", Role: access.Centre, Organisation: "RP4"}}
	for _, role := range access.Roles() {
		for _, st := range standings {
			name := string(role) + " " + st.what
			book[access.HashToken(name)] = access.Account{Name: name, Role: role, Organisation: st.organisation}
			if a := book[access.HashToken(name)]; role.OnWall() {
				a.Department = st.department
				book[access.HashToken(name)] = a
			}
		}
	}
	asked := 0
	for _, r := range newWorld(t).table {
		if r.who != signedIn || r.action == "" {
			continue
		}
		roles := access.Roles()
		if r.edge == fhirEdge && r.action == access.ReadOwnPlan { // how much of a plan crosses to a region is not a yes or no: peers_test.go
			roles = slices.DeleteFunc(roles, func(role access.Role) bool { return role == access.Peer })
		}
		address := at(r.path)
		if strings.HasSuffix(address, "/recall-seen") {
			address += "?department=RQW-AE" // by default, it is about the department of whoever asks
		}
		t.Run(r.method+" "+r.path, func(t *testing.T) {
			w := newWorld(t, func(o *Options) {
				o.Accounts = access.NewBook(book)
				withQuarantine(&aside{
					entries: []alerts.QuarantineEntry{{Quarantined: alerts.Quarantined{Sender: "PAS|RQW", Received: now, Answer: "AE"}, ID: strings.Repeat("ab", 32)}},
					replay: func(alerts.Quarantined) (alerts.Replayed, error) {
						return alerts.Replayed{Taken: true, Answer: "AA"}, nil
					},
				})(o)
				o.HeardFeeds = &ears{}
				o.Canaries, o.Depths = func() []Canary { return nil }, func() []Depth { return []Depth{} }
			})
			for _, role := range roles {
				for _, st := range standings {
					asked++
					w.arrive()
					w.recorded = nil
					name := string(role) + " " + st.what
					answer := w.ask(r.method, address, name, "")
					refused := w.entries(journal.AccessRefused)
					may := mayIn(policy, r, role, st)
					if may && (answer.Code == http.StatusForbidden || answer.Code >= 500 || len(refused) > 0) {
						t.Errorf("%s is answered %d, and may: %s", name, answer.Code, answer.Body)
					}
					if !may && (answer.Code != http.StatusForbidden || len(refused) != 1 || refused[0].Actor.Name != name || len(w.recorded) != 1) {
						t.Errorf("%s is answered %d, and may not; journalled: %+v", name, answer.Code, w.recorded)
					}
				}
			}
		})
	}
	if asked < 3000 {
		t.Errorf("only %d requests were made", asked)
	}
}

// mayIn tells whether the page lets a role in a standing do what an address is for.
func mayIn(policy map[string]map[string][]string, r route, role access.Role, st standing) bool {
	do := string(r.action)
	if role == access.Hospital && (r.path == "/fhir" || r.path == "/fhir/{$}") {
		do = string(access.SendAttendance) // a bundle of a hospital's system holds attendances
	}
	if role == access.Peer && r.edge != fhirEdge {
		return false // what crosses to a region, it follows over FHIR
	}
	for relation, roles := range policy[do] {
		if !slices.Contains(roles, string(role)) {
			continue
		}
		switch aboutOf(r) {
		case "department":
			return slices.Contains(st.toDepartment, relation)
		case "plan":
			return slices.Contains(st.toPlan, relation)
		}
		switch { // the directory has to know them as what they are
		case do == string(access.PublishPlan) && r.edge == fhirEdge:
			return st.organisation == "RP4" || st.organisation == "RJZ"
		case do == string(access.ReadScreens): // whoever has no department there is refused the list
			return st.organisation == "RQW" || st.organisation == "RWG" || st.organisation == "QM7" && relation == "own organisation or region"
		case do == string(access.SendAttendance):
			return st.organisation != "QM7" && st.organisation != "Y61"
		}
		return true
	}
	return false
}
