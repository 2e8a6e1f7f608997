package web

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
)

// withFiles is a published plan with a PDF and a web page that came along.
func withFiles(t *testing.T, w *world) string {
	t.Helper()
	file := func(id, kind, content string) string {
		return `{"resourceType":"DocumentReference","id":"` + id + `","status":"current","subject":{"reference":"#p"},"content":[{"attachment":{"contentType":"` + kind +
			`","data":"` + base64.StdEncoding.EncodeToString([]byte(content)) + `"}}]}`
	}
	body := `{"resourceType":"CarePlan","id":"gosh-1","status":"active","intent":"plan","title":"Adrenal insufficiency","subject":{"reference":"#p"},"contained":[
		{"resourceType":"Patient","id":"p","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]},` +
		file("a", "application/pdf", "%PDF-1.4 letter") + `,` + file("b", "text/html", "<script>alert(1)</script>") + `]}`
	pub, err := fhir.ReadCarePlan([]byte(body), "gosh-1", "RP4", fhir.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	pub.Plan.Version = 3
	id := w.arrive(func(s *alerts.Sight) { s.Plan = pub.Plan })
	w.held["gosh-1"] = &plans.Held{Plan: pub.Plan, Document: pub.Document}
	return id
}

func TestAnAttachmentIsGivenOutAsItCame(t *testing.T) {
	w := newWorld(t)
	id := withFiles(t, w)
	answer := w.ask("GET", "/api/alerts/"+id+"/attachments/1", "clinician-RQW", "")
	want(t, answer, http.StatusOK)
	if answer.Body.String() != "%PDF-1.4 letter" {
		t.Errorf("the file is %q", answer.Body)
	}
	for header, value := range map[string]string{
		"Content-Type": "application/pdf", "Content-Disposition": `inline; filename="plan-attachment-1.pdf"`, "X-Content-Type-Options": "nosniff",
		"Cache-Control": "no-store", "Content-Security-Policy": attachmentPolicy,
	} {
		if got := answer.Header().Get(header); got != value {
			t.Errorf("%s is %q, not %q", header, got, value)
		}
	}
	if reads := w.entries(journal.PlanRead); len(reads) != 1 || reads[0].Subject != "gosh-1" || reads[0].Version != 3 || reads[0].Actor.Name != "doctor" {
		t.Errorf("the journal holds the readings %+v", reads)
	}
}

func TestAttachmentsThatAreNotGivenOut(t *testing.T) {
	w := newWorld(t)
	id := withFiles(t, w)
	wantProblem(t, w.ask("GET", "/api/alerts/"+id+"/attachments/2", "clinician-RQW", ""), http.StatusUnsupportedMediaType, "kept, but not shown")
	for _, n := range []string{"0", "3", "-1", "01", "+1", "1e0", "a", "99999999999999999999"} {
		wantProblem(t, w.ask("GET", "/api/alerts/"+id+"/attachments/"+n, "clinician-RQW", ""), http.StatusNotFound, "no such attachment")
	}
	if len(w.entries(journal.PlanRead)) != 0 {
		t.Error("a reading is journalled that was none")
	}
	w.sights[id] = func(s alerts.Sight) alerts.Sight { s.Alert.Match = alerts.Possible; return s }(w.sights[id])
	answer := w.ask("GET", "/api/alerts/"+id+"/attachments/1", "clinician-RQW", "")
	wantProblem(t, answer, http.StatusForbidden, "confirm identity")
	if strings.Contains(answer.Body.String(), "PDF") {
		t.Error("the file is in the answer")
	}
}

func TestAnAttachmentIsNotShownUnlessThatIsJournalled(t *testing.T) {
	w := newWorld(t)
	id := withFiles(t, w)
	w.unrecordable = errNotJournalled
	answer := w.ask("GET", "/api/alerts/"+id+"/attachments/1", "clinician-RQW", "")
	want(t, answer, http.StatusServiceUnavailable)
	if strings.Contains(answer.Body.String(), "PDF") {
		t.Error("the file is in the answer")
	}
}

func TestThePlanTellsWhereAnotherOneDisagrees(t *testing.T) {
	says := func(s plans.Saying) plans.Content {
		return plans.Content{CPR: plans.Standing{Says: s}, ReviewDue: "2026-11-21"}
	}
	for _, row := range []struct {
		when   string
		centre string
		shown  bool
	}{
		{"both may be shown here", "RJZ", true},
		{"only the headline of the other may be", "RGT", false},
	} {
		t.Run(row.when, func(t *testing.T) {
			w := newWorld(t)
			id := w.arrive(func(s *alerts.Sight) {
				s.Plan.Content = says(plans.NotForCPR)
				s.Beside = []plans.Plan{{ID: "other-1", Version: 2, Centre: row.centre, Status: plans.Active, Content: says(plans.ForCPR)}}
			})
			for _, path := range []string{"/api/alerts/" + id, "/api/alerts/" + id + "/plan"} {
				answer := w.ask("GET", path, "clinician-RQW", "")
				want(t, answer, http.StatusOK)
				body := answer.Body.String()
				if strings.Contains(body, `"says":"for-cpr"`) != row.shown || strings.Contains(body, "other-1") != row.shown {
					t.Errorf("%s answers %s", path, body)
				}
				if !strings.Contains(body, `"review":"overdue"`) {
					t.Errorf("%s does not say that the review is overdue: %s", path, body)
				}
			}
		})
	}
}
