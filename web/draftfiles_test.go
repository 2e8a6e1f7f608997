package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/plans"
)

const letter = "%PDF-1.4 a letter"

// attach sends a file of a draft and returns it as the form names it.
func (w *world) attach(draft, content, title string) plans.FormFile {
	w.t.Helper()
	answer := w.ask("POST", "/api/centre/drafts/"+draft+"/attachments", "centre-RP4", content, "Content-Type", "text/html")
	want(w.t, answer, http.StatusOK)
	file := decode[plans.FormFile](w.t, answer.Body.Bytes())
	file.Title = title
	return file
}

func TestAFileIsAttachedOncePublishedWithThePlanAndStaysWithTheOlderVersion(t *testing.T) {
	w := newWorld(t)
	begun := decode[draftView](t, w.post("/api/centre/drafts", "centre-RP4", `{}`, http.StatusOK))
	pdf := w.attach(begun.Draft, letter, "Letter")
	if pdf.Type != "application/pdf" || pdf.Bytes != len(letter) {
		t.Errorf("the file is %+v: what the browser says of it must not matter", pdf)
	}
	form := goodForm
	form.Attachments = []plans.FormFile{pdf, {SHA256: "lost", Title: "Lost", Type: "image/png"}}
	view := w.write(begun.Draft, 0, form)
	if len(view.Faults) != 1 || view.Faults[0].Field != "attachments" || !strings.Contains(view.Faults[0].Words, "file 2 again") {
		t.Errorf("the faults are %v", view.Faults)
	}
	form.Attachments = form.Attachments[:1]
	view = w.write(begun.Draft, view.Revision, form)
	if files := view.Preview.Content.Attachments; len(view.Faults) != 0 || len(files) != 1 || files[0].Title != "Letter" {
		t.Fatalf("%v; the preview has %+v", view.Faults, files)
	}
	answer := w.ask("GET", "/api/centre/drafts/"+begun.Draft+"/attachments/"+pdf.SHA256, "centre-RP4", "")
	want(t, answer, http.StatusOK)
	if answer.Body.String() != letter || answer.Header().Get("Content-Security-Policy") != attachmentPolicy || !strings.HasPrefix(answer.Header().Get("Content-Disposition"), "inline;") {
		t.Errorf("the file is given out as %q with %v", answer.Body, answer.Header())
	}
	wantProblem(t, w.ask("GET", "/api/centre/drafts/"+begun.Draft+"/attachments/"+pdf.SHA256, "centre-RJZ", ""), http.StatusNotFound, "no such draft")
	publication := func(draft string, revision int) publishedPlan {
		return decode[publishedPlan](t, w.post("/api/centre/drafts/"+draft+"/publication", "centre-RP4", fmt.Sprintf(`{"revision":%d}`, revision), http.StatusOK))
	}
	done := publication(begun.Draft, view.Revision)
	if held := w.held[done.Plan]; len(held.Plan.Content.Attachments) != 1 || held.Plan.Content.Attachments[0].SHA256 != pdf.SHA256 || !strings.Contains(string(held.Document), "DocumentReference") {
		t.Fatalf("published is %+v", held.Plan.Content.Attachments)
	}
	path := "/api/centre/plans/" + done.Plan + "/versions/1/attachments/1"
	if answer = w.ask("GET", path, "centre-RP4", ""); answer.Body.String() != letter {
		t.Errorf("the centre reads %d %q", answer.Code, answer.Body)
	}
	want(t, w.ask("GET", path, "centre-RJZ", ""), http.StatusForbidden)

	revise := decode[draftView](t, w.post("/api/centre/drafts", "centre-RP4", `{"plan":"`+done.Plan+`"}`, http.StatusOK))
	if len(revise.Form.Attachments) != 1 || !revise.Whole || len(revise.LeftBehind) != 0 || len(revise.Faults) != 0 {
		t.Fatalf("the draft that revises it is %+v", revise)
	}
	view = w.write(revise.Draft, revise.Revision, revise.Form)
	done = publication(revise.Draft, view.Revision)
	if again := w.held[done.Plan].Plan.Content.Attachments; len(again) != 1 || again[0].SHA256 != pdf.SHA256 {
		t.Errorf("the revision has the files %+v", again)
	}
}

func TestFilesThatAreNotTaken(t *testing.T) {
	w := newWorld(t)
	begun := decode[draftView](t, w.post("/api/centre/drafts", "centre-RP4", `{}`, http.StatusOK))
	for _, row := range []struct {
		what, content string
		status        int
		says          string
	}{
		{"a web page that says it is a PDF", "<html><script>alert(1)</script> %PDF-", http.StatusUnsupportedMediaType, "Only PDF"},
		{"a drawing that can hold scripts", `<svg xmlns="http://www.w3.org/2000/svg"/>`, http.StatusUnsupportedMediaType, "Only PDF"},
		{"an empty file", "", http.StatusUnsupportedMediaType, "Only PDF"},
		{"a file of more than 1 MB", "%PDF-" + strings.Repeat("x", plans.MaxFile), http.StatusRequestEntityTooLarge, "1 MB"},
	} {
		t.Run(row.what, func(t *testing.T) {
			wantProblem(t, w.ask("POST", "/api/centre/drafts/"+begun.Draft+"/attachments", "centre-RP4", row.content, "Content-Type", "application/pdf"), row.status, row.says)
		})
	}
	wantProblem(t, w.ask("POST", "/api/centre/drafts/"+begun.Draft+"/attachments", "centre-RJZ", letter), http.StatusNotFound, "no such draft")
	form := goodForm
	for i := range 3 {
		content := "%PDF-" + strings.Repeat(string(rune('a'+i)), 800_000)
		form.Attachments = append(form.Attachments, w.attach(begun.Draft, content, "Scan"))
	}
	body, err := json.Marshal(map[string]any{"revision": 0, "form": form})
	if err != nil {
		t.Fatal(err)
	}
	view := decode[draftView](t, w.ask("PUT", "/api/centre/drafts/"+begun.Draft, "centre-RP4", string(body), "Content-Type", "application/json").Body.Bytes())
	if len(view.Faults) != 1 || !strings.Contains(view.Faults[0].Words, "2 MB") {
		t.Errorf("the faults are %v", view.Faults)
	}
}
