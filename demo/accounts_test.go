package demo_test

import (
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/directory"
)

// today is a day on which the demo is shown.
var today = time.Date(2026, time.November, 22, 14, 0, 0, 0, time.UTC)

func theDirectory(t *testing.T) *directory.Directory {
	t.Helper()
	dir, err := directory.Parse(demo.DirectoryYAML)
	if err != nil {
		t.Fatalf("the demo's directory is not one: %v", err)
	}
	return dir
}

func TestWhereAPatientIsShown(t *testing.T) {
	dir := theDirectory(t)
	for _, row := range []struct{ trust, site, pointOfCare, department string }{
		{"RQW", "RQWG0", "AE", "RQW-AE"},
		{"RQW", "RQWG0", "AE-RESUS", "RQW-AE"},
		{"RQW", "RQWG0", "majors", "RQW-AE"},
		{"RWG", "RWG02", "AE", "RWG-AE"},
		{"RWH", "RWH01", "AE", "RWH-AE"},
		{"RAJ", "RAJ12", "AE", "RAJ-AE"},
	} {
		org, ok := dir.Facility(row.trust, today)
		if !ok {
			t.Fatalf("trust %s is not in the directory", row.trust)
		}
		place := dir.Locate(org, directory.Location{Site: row.site, PointOfCare: row.pointOfCare})
		if place.Department != row.department || place.Warning != "" {
			t.Errorf("%s at %s is shown at %q with warning %q, not at %s", row.pointOfCare, row.site, place.Department, place.Warning, row.department)
		}
	}
	org, _ := dir.Facility("RQW", today)
	if place := dir.Locate(org, directory.Location{Site: "RQWG0", PointOfCare: "WARD 7"}); place.Department != "RQW-AE" || place.Warning == "" {
		t.Errorf("a ward is shown at %q with warning %q, not at the main A&E with a warning", place.Department, place.Warning)
	}
}

func TestWhoSharesWithWhom(t *testing.T) {
	dir := theDirectory(t)
	for _, centre := range []string{"RP4", "RAL", "RJZ", "RRV", "RAN"} {
		for _, department := range []string{"RQW-AE", "RWG-AE", "RWH-AE", "RAJ-AE"} {
			want := department != "RAJ-AE" || centre == "RP4"
			if got := dir.Shares(centre, department, nil, today) == directory.Full; got != want {
				t.Errorf("%s shares with %s: %v, not %v", centre, department, got, want)
			}
		}
	}
	if successor, ok := dir.Facility("RAP", today); !ok || successor.ID != "RAL" {
		t.Errorf("the closed trust RAP is found under %q, not under RAL", successor.ID)
	}
}

func TestEveryDepartmentHasPhonesThatNobodyAnswers(t *testing.T) {
	for _, dep := range theDirectory(t).Departments(today) {
		if len(dep.Phones) == 0 {
			t.Errorf("department %s has no telephone list", dep.ID)
		}
		for _, p := range dep.Phones {
			if !isDrama(p.Number) {
				t.Errorf("department %s: %q is not a number that Ofcom keeps for drama", dep.ID, p.Number)
			}
		}
	}
}

func TestAccountsAgreeWithTheDirectory(t *testing.T) {
	dir := theDirectory(t)
	accounts := map[access.Token]access.Account{}
	for _, a := range demo.Accounts() {
		token := access.HashToken(a.Token)
		if _, twice := accounts[token]; twice {
			t.Errorf("two accounts have the token %s", a.Token)
		}
		accounts[token] = access.Account{Name: a.Name, Role: access.Role(a.Role), Organisation: a.Organisation, Department: a.Department}
		_, region := dir.Region(a.Organisation)
		if _, ok := dir.Organisation(a.Organisation); !ok && !(region && (a.Role == demo.RoleOperator || a.Role == demo.RoleCoordinator || a.Role == demo.RoleAdmin || a.Role == demo.RolePrivacy || a.Role == demo.RoleAuditor)) {
			t.Errorf("%s acts for %q, which the directory does not know", a.Name, a.Organisation)
		}
		if a.Description == "" {
			t.Errorf("%s has no description", a.Name)
		}
	}
	book := access.NewBook(accounts)
	for _, row := range []struct {
		token  string
		do     access.Action
		object access.Object
		may    bool
	}{
		{"demo-centre-RP4", access.PublishPlan, access.Object{Centre: "RP4"}, true},
		{"demo-centre-RAL", access.PublishPlan, access.Object{Centre: "RAL"}, true},
		{"demo-centre-RJZ", access.PublishPlan, access.Object{Centre: "RJZ"}, true},
		{"demo-centre-RRV", access.PublishPlan, access.Object{Centre: "RRV"}, true},
		{"demo-centre-RAN", access.PublishPlan, access.Object{Centre: "RAN"}, true},
		{"demo-centre-RP4", access.PublishPlan, access.Object{Centre: "RAL"}, false},
		{"demo-screen-RQW-AE", access.WatchBoard, access.Object{Department: "RQW-AE", Organisation: "RQW"}, true},
		{"demo-screen-RWG-AE", access.WatchBoard, access.Object{Department: "RWG-AE", Organisation: "RWG"}, true},
		{"demo-screen-RWH-AE", access.WatchBoard, access.Object{Department: "RWH-AE", Organisation: "RWH"}, true},
		{"demo-screen-RAJ-AE", access.WatchBoard, access.Object{Department: "RAJ-AE", Organisation: "RAJ"}, true},
		{"demo-screen-RQW-AE", access.WatchBoard, access.Object{Department: "RWG-AE", Organisation: "RWG"}, false},
		{"demo-clinician-RQW", access.Acknowledge, access.Object{Department: "RQW-AE", Organisation: "RQW"}, true},
		{"demo-operator", access.ReplayQuarantined, access.Object{Organisation: "RQW", Region: "QM7"}, true},
		{"demo-operator", access.ReplayQuarantined, access.Object{Organisation: "RAJ", Region: "QH8"}, false},
		{"demo-operator", access.ReplayQuarantined, access.Object{}, false},
		{"demo-operator", access.WatchBoard, access.Object{Department: "RQW-AE", Organisation: "RQW"}, false},
		{"demo-clinician-RQW", access.PublishPlan, access.Object{Centre: "RQW"}, false},
	} {
		account, ok := book.Find(row.token)
		if !ok {
			t.Errorf("nobody has the token %s", row.token)
			continue
		}
		if err := access.May(account, row.do, row.object); (err == nil) != row.may {
			t.Errorf("%s may %s in %+v: %v, not %v", row.token, row.do, row.object, err == nil, row.may)
		}
	}
}

func TestEveryDepartmentTrustAndCentreHasAnAccount(t *testing.T) {
	dir := theDirectory(t)
	tokens := map[string]bool{}
	for _, a := range demo.Accounts() {
		tokens[a.Token] = true
	}
	for _, dep := range dir.Departments(today) {
		org, _ := dir.OrganisationOf(dep.ID)
		for _, token := range []string{"demo-screen-" + dep.ID, "demo-clinician-" + org.ID, "demo-lead-" + org.ID, "demo-coordinator-" + org.ID, "demo-hospital-" + org.ID} {
			if !tokens[token] {
				t.Errorf("no account has the token %s", token)
			}
		}
	}
	if want := 4 + 4 + 4 + 4 + 4 + 5 + 1 + 1 + 1 + 1 + 1 + 2 + 1 + 1; len(tokens) != want {
		t.Errorf("there are %d accounts, not %d", len(tokens), want)
	}
}
