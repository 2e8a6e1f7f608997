package files_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/ucpalert/ucpalert/demo"
	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/files"
	"github.com/ucpalert/ucpalert/plans"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lines reads a whole file.
func lines(t *testing.T, name, content string) []files.Line {
	t.Helper()
	var all []files.Line
	var size int64
	for line, err := range files.Read(strings.NewReader(content), name, "RP4") {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
		size += line.Size
	}
	if size > int64(len(content)) {
		t.Errorf("the lines take %d bytes of a file of %d", size, len(content))
	}
	return all
}

// said is what the report would say of a line.
func said(o *fhir.Outcome) string {
	var all []string
	for _, issue := range o.Issues {
		all = append(all, issue.Expression+": "+issue.Diagnostics)
	}
	return strings.Join(all, "\n")
}

const header = "nhs_number,family,given,birth_date,sex,postcode,plan_id,status,urgency,headline,what_to_do,what_not_to_do,cpr,cpr_date,ceiling,adrt," +
	"adrt_text,allergies,medicines_to_give,medicines_to_avoid,equipment,communication,carers,notes,author,role,last_reviewed,review_due,phone,section:Airway\n"

func TestARowBecomesThePlanThatItSays(t *testing.T) {
	row := `999 000 0018,Testcase,Ann,13/02/1980,F,CM20 1QX,RP4-1001,,Critical,Give hydrocortisone,"100 mg IM` + "\n" +
		`Then ""200 mg"" over 24 h",Do not wait for blood results,Not-For,1/2/2026,hospital,made,No ventilation,"Latex: rash` + "\n" +
		`Penicillin: anaphylaxis (severe)",Hydrocortisone: 100 mg IM,Suxamethonium,Ventilator,Speaks Welsh,"Siân Tester, mother: 020 7946 0002",` +
		`Likes cats,Dr A Author,Consultant,2026-01-31,2027-01-31,020 7946 0001,Difficult` + "\n"
	all := lines(t, "plans.csv", "\ufeff"+header+row)
	if len(all) != 1 || all[0].Refusal != nil {
		t.Fatalf("read %+v", all)
	}
	if all[0].Number != 2 || all[0].ID != "RP4-1001" || all[0].Kind != files.CarePlan {
		t.Errorf("line %d is %s %s", all[0].Number, all[0].Kind, all[0].ID)
	}
	pubs, err := files.Publications(all[0], "RP4", files.Limits(false))
	if err != nil || len(pubs) != 1 {
		t.Fatalf("%v %v", pubs, err)
	}
	p := pubs[0].Plan
	number, err := plans.ParseNHSNumber("9990000018")
	if err != nil {
		t.Fatal(err)
	}
	who := plans.Identity{NHSNumber: number, Family: "Testcase", Given: "Ann", BirthDate: "1980-02-13", Sex: plans.Female, Postcode: "CM20 1QX"}
	if p.Patient != who {
		t.Error("the patient is another one")
	}
	if p.ID != "RP4-1001" || p.Status != plans.Active || p.Urgency != plans.Critical || p.Headline != "Give hydrocortisone" || p.Author != "Dr A Author" {
		t.Errorf("the plan is %s %s %s %q by %q", p.ID, p.Status, p.Urgency, p.Headline, p.Author)
	}
	text := fmt.Sprintf("%v %+v", p.Sections, p.Content)
	for _, want := range []string{
		"100 mg IM", `Then "200 mg" over 24 h`, "Do not wait for blood results", "Latex", "anaphylaxis", "Suxamethonium", "Ventilator", "Speaks Welsh", "Siân Tester",
		"No ventilation", "Likes cats", "Consultant", "2026-01-31", "2027-01-31", "020 7946 0001", "Airway", "Difficult", "2026-02-01",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the plan: %s", want, text)
		}
	}
}

func TestRowsThatAreNoPlan(t *testing.T) {
	good := map[string]string{"nhs_number": "9990000018", "plan_id": "p-1", "headline": "H", "birth_date": "1980-02-13"}
	for _, row := range []struct{ what, column, cell, want string }{
		{"as it should be", "sex", "", ""},
		{"a wrong check digit", "nhs_number", "9990000019", "nhs_number: This is not a valid NHS number"},
		{"no NHS number", "nhs_number", "", "nhs_number:"},
		{"a month of another calendar", "birth_date", "31/02/1980", "birth_date:"},
		{"half a date", "birth_date", "1980-02", "birth_date:"},
		{"a date the American way", "birth_date", "12/31/1980", "birth_date:"},
		{"an id with a space", "plan_id", "p 1", "plan_id:"},
		{"no headline", "headline", " ", "headline: A plan needs a headline"},
		{"a headline too long", "headline", strings.Repeat("é", 141), "headline: The headline is 141 characters long"},
		{"a headline just long enough", "headline", strings.Repeat("é", 140), ""},
		{"a status that is none", "status", "live", "status:"},
		{"a withdrawn plan", "status", "Revoked", ""},
		{"an urgency that is none", "urgency", "high", "urgency: The cell must be empty or one of critical, urgent, routine."},
		{"a CPR decision that is none", "cpr", "maybe", "cpr:"},
		{"a CPR decision", "cpr", "for", ""},
		{"a date of no CPR decision", "cpr_date", "2026-01-01", "cpr: There is a date"},
		{"an advance decision of unknown state", "adrt_text", "No ventilation", "adrt: There is the text"},
		{"a section of a plan that nobody signed", "section:Airway", "Difficult", ""},
		{"a note", "notes", "Likes cats", ""},
		{"a sex that is none", "sex", "yes", "sex:"},
		{"letters of another encoding", "family", "Si\xe2n", "family: The cell is not UTF-8"},
	} {
		t.Run(row.what, func(t *testing.T) {
			cells := maps.Clone(good)
			cells[row.column] = row.cell
			columns := slices.Sorted(maps.Keys(cells))
			values := make([]string, len(columns))
			for i, c := range columns {
				values[i] = cells[c]
			}
			all := lines(t, "x.csv", strings.Join(columns, ";")+"\n"+strings.Join(values, ";")+"\n")
			if len(all) != 1 {
				t.Fatalf("read %d lines", len(all))
			}
			refusal := all[0].Refusal
			if refusal == nil {
				pubs, err := files.Publications(all[0], "RP4", files.Limits(false))
				if err != nil {
					t.Fatalf("the row makes no plan: %v", err)
				}
				if text := fmt.Sprintf("%v %+v", pubs[0].Plan.Sections, pubs[0].Plan.Content); row.column == "section:Airway" && !strings.Contains(text, row.cell) {
					t.Errorf("the section is not in the plan: %s", text)
				}
			}
			switch {
			case row.want == "" && refusal != nil:
				t.Errorf("refused: %s", said(refusal))
			case row.want != "" && (refusal == nil || !strings.Contains(said(refusal), row.want)):
				t.Errorf("got %v, want %q", refusal, row.want)
			case refusal != nil && len(row.cell) > 3 && strings.Contains(said(refusal), row.cell):
				t.Errorf("the report quotes the cell: %s", said(refusal))
			}
		})
	}
}

func TestARowThatIsBrokenDoesNotTakeTheOthersWithIt(t *testing.T) {
	all := lines(t, "x.csv", "nhs_number,plan_id,headline\n9990000018,a,H\n9990000018,b\n9990000018,c\"d,H\n9990000026,e,H\n")
	var got []string
	for _, line := range all {
		got = append(got, fmt.Sprint(line.Number, line.ID, line.Refusal == nil))
	}
	if want := []string{"2atrue", "3false", "4false", "5etrue"}; !cmp.Equal(normal(got), want) {
		t.Errorf("read %v, want %v", normal(got), want)
	}
}

func normal(texts []string) []string {
	for i := range texts {
		texts[i] = strings.ReplaceAll(texts[i], " ", "")
	}
	return texts
}

func TestAHeaderThatCannotBeMeantEndsTheFile(t *testing.T) {
	for what, h := range map[string]string{
		"a column that is not known": "nhs_number,plan_id,headline,headlnie", "a column twice": "nhs_number,plan_id,headline,Headline",
		"no plan id": "nhs_number,headline", "nothing at all": "",
	} {
		var failed error
		for _, err := range files.Read(strings.NewReader(h+"\n"), "x.csv", "") {
			failed = err
		}
		if failed == nil {
			t.Errorf("%s: nobody minded", what)
		}
	}
}

func TestEveryColumnIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range files.Columns {
		if !strings.Contains(string(text), "| `"+column+"` |") {
			t.Errorf("docs/import.md does not explain the column %s", column)
		}
	}
	_, rest, _ := strings.Cut(string(text), "```csv\n")
	example, _, _ := strings.Cut(rest, "```")
	for _, line := range lines(t, "example.csv", example) {
		if _, err := files.Publications(line, "RP4", files.Limits(false)); line.Refusal != nil || err != nil {
			t.Errorf("the example of docs/import.md is refused: %v %v", line.Refusal, err)
		}
	}
}

const planLine = `{"resourceType":"CarePlan","id":"%s","status":"active","intent":"plan","title":"%s","subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}]}`

func bundleLine(kind, method, more string) string {
	return fmt.Sprintf(`{"resourceType":"Bundle","type":"%s","entry":[{"resource":%s,"request":{"method":"%s","url":"CarePlan/b"%s}}]}`,
		kind, fmt.Sprintf(planLine, "b", "H"), method, more)
}

func TestLinesOfJSON(t *testing.T) {
	for _, row := range []struct{ what, text, want string }{
		{"a CarePlan", fmt.Sprintf(planLine, "a", "H"), ""},
		{"a CarePlan without an id", `{"resourceType":"CarePlan"}`, "CarePlan.id: The plan needs an id"},
		{"a transaction", bundleLine("transaction", "PUT", ""), ""},
		{"a transaction that would make the plan twice", bundleLine("transaction", "POST", ""), "Bundle.entry[0].request.method: A POST would make a new plan"},
		{"a transaction that makes it once", bundleLine("transaction", "POST", `,"ifNoneExist":"identifier=a|b"`), ""},
		{"a batch", bundleLine("batch", "PUT", ""), "Bundle.type: The Bundle of a line must be a transaction"},
		{"another resource", `{"resourceType":"Patient","id":"p"}`, ": The line must be a CarePlan or a Bundle"},
		{"no resource", `{}`, ": The line must be a CarePlan or a Bundle"},
		{"half a line", `{"resourceType":"CarePlan","id":"a"`, ":"},
		{"a list", `[1]`, ":"},
		{"no JSON", `nhs_number`, ":"},
		{"a line longer than any plan", `{"resourceType":"CarePlan","id":"` + strings.Repeat("a", files.LongestLine) + `"}`, "The line is longer than"},
	} {
		t.Run(row.what, func(t *testing.T) {
			after := fmt.Sprintf(planLine, "after", "H")
			all := lines(t, "x.ndjson", "\n"+row.text+"\r\n\n"+after)
			if len(all) != 2 || all[0].Number != 2 || all[1].Number != 4 || string(all[1].Body) != after {
				t.Fatalf("read %d lines", len(all))
			}
			switch refusal := all[0].Refusal; {
			case row.want == "" && (refusal != nil || string(all[0].Body) != row.text):
				t.Errorf("refused or changed: %v", refusal)
			case row.want != "" && (refusal == nil || !strings.Contains(said(refusal), row.want)):
				t.Errorf("got %v, want %q", refusal, row.want)
			}
		})
	}
}

func TestTheFormatIsToldByTheNameOrTheFirstCharacter(t *testing.T) {
	for _, row := range []struct {
		name, head string
		want       files.Format
	}{
		{"a.csv", "{", files.CSV}, {"a.NDJSON", "nhs", files.NDJSON}, {"a.jsonl", "", files.NDJSON}, {"-", "{", files.NDJSON},
		{"-", "\ufeff {", files.NDJSON}, {"-", "nhs_number", files.CSV}, {"plans.txt", "", files.CSV},
	} {
		if got := files.FormatOf(row.name, []byte(row.head)); got != row.want {
			t.Errorf("%s beginning with %q is %s", row.name, row.head, got)
		}
	}
}

// shelf is a publisher that keeps plans as the desk does.
type shelf struct {
	mu     sync.Mutex
	held   map[string]string
	calls  int
	broken func(files.Line) error
}

func (s *shelf) Publish(_ context.Context, line files.Line) (files.Fate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.broken != nil {
		if err := s.broken(line); err != nil {
			return 0, err
		}
	}
	before, known := s.held[line.ID]
	s.held[line.ID] = string(line.Body)
	switch {
	case !known:
		return files.Created, nil
	case before == string(line.Body):
		return files.Unchanged, nil
	}
	return files.Revised, nil
}

func newShelf() *shelf { return &shelf{held: map[string]string{}} }

func run(t *testing.T, to files.Publisher, content string) (files.Report, int64, error) {
	t.Helper()
	var mu sync.Mutex
	var size int64
	report, err := files.Import(t.Context(), files.Read(strings.NewReader(content), "x.ndjson", "RP4"), to, 8, func(n int64) {
		mu.Lock()
		defer mu.Unlock()
		size += n
	})
	return report, size, err
}

func TestTheSameFileAgainChangesNothing(t *testing.T) {
	var b strings.Builder
	if err := demo.ImportBundles(&b, "RP4", 200); err != nil {
		t.Fatal(err)
	}
	s := newShelf()
	first, size, err := run(t, s, b.String())
	if err != nil || first.Created != 200 || first.Published() != 200 || size != int64(b.Len()) {
		t.Fatalf("first: %+v, %d of %d bytes, %v", first, size, b.Len(), err)
	}
	again, _, err := run(t, s, b.String())
	if err != nil || again.Unchanged != 200 || again.Lines != 200 {
		t.Errorf("again: %+v %v", again, err)
	}
}

func TestAPlanStandsInAFileOnce(t *testing.T) {
	content := fmt.Sprintf(planLine, "a", "older") + "\n" + fmt.Sprintf(planLine, "b", "H") + "\n" + fmt.Sprintf(planLine, "a", "newer") + "\n"
	s := newShelf()
	for range 2 {
		report, _, err := run(t, s, content)
		if err != nil || len(report.Refused) != 1 || report.Refused[0].Line != 3 || report.Published() != 2 {
			t.Fatalf("%+v %v", report, err)
		}
		if !strings.Contains(said(report.Refused[0].Outcome), "line 1 already") {
			t.Errorf("the report does not say where: %s", said(report.Refused[0].Outcome))
		}
		if !strings.Contains(s.held["a"], "older") {
			t.Error("which of the two is held depends on chance")
		}
	}
}

func TestARefusedLineDoesNotEndTheImportAndAFailureDoes(t *testing.T) {
	var b strings.Builder
	for i := range 50 {
		fmt.Fprintf(&b, planLine+"\n", fmt.Sprint("p", i), "H")
	}
	refusing := newShelf()
	refusing.broken = func(line files.Line) error {
		if line.ID == "p7" || line.ID == "p3" {
			return fhir.Refuse(403, fhir.Forbidden, "", "no")
		}
		return nil
	}
	report, size, err := run(t, refusing, b.String())
	if err != nil || report.Created != 48 || len(report.Refused) != 2 || report.Refused[0].Line != 4 || report.Refused[1].Line != 8 || size != int64(b.Len()) {
		t.Errorf("%+v %d %v", report, size, err)
	}
	full := errors.New("the disk is full")
	failing := newShelf()
	failing.broken = func(line files.Line) error {
		if line.ID == "p7" {
			return full
		}
		return nil
	}
	if _, _, err := run(t, failing, b.String()); !errors.Is(err, full) || !strings.Contains(err.Error(), "line 8") {
		t.Errorf("got %v", err)
	}
}

func TestWhatAServiceAnswers(t *testing.T) {
	outcome := `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"too-long","diagnostics":"Too long.","expression":["CarePlan.title"]}]}`
	for _, row := range []struct {
		what    string
		answers []int
		fate    files.Fate
		refused string
		fails   bool
	}{
		{"new", []int{201}, files.Created, "", false},
		{"held", []int{200}, files.Held, "", false},
		{"refused in words", []int{422}, 0, "CarePlan.title: Too long.", false},
		{"busy at first", []int{429, 503, 201}, files.Created, "", false},
		{"busy for ever", []int{503, 503, 503, 503, 503, 503, 503, 503, 201}, 0, "", true},
		{"a token that nobody knows", []int{401, 201}, 0, "", true},
	} {
		t.Run(row.what, func(t *testing.T) {
			calls := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPut || r.URL.Path != "/fhir/CarePlan/a" || r.Header.Get("Authorization") != "Bearer t" {
					t.Errorf("asked %s %s", r.Method, r.URL.Path)
				}
				w.WriteHeader(row.answers[calls])
				calls++
				_, _ = w.Write([]byte(outcome))
			}))
			defer server.Close()
			service := &files.Service{Base: server.URL, Token: "t", Client: server.Client(), Pause: time.Microsecond}
			fate, err := service.Publish(t.Context(), files.Line{Kind: files.CarePlan, ID: "a", Body: []byte("{}")})
			refusal, refused := fhir.AsOutcome(err)
			if fate != row.fate || refused != (row.refused != "") || (err != nil && !refused) != row.fails {
				t.Errorf("fate %d, %v", fate, err)
			}
			if refused && said(refusal) != row.refused {
				t.Errorf("refused with %q", said(refusal))
			}
		})
	}
}

func TestTheDemosRowsAreAllPlans(t *testing.T) {
	var b strings.Builder
	if err := demo.ImportRows(&b, 100); err != nil {
		t.Fatal(err)
	}
	to := files.Rehearsal{Centre: "RP4", Limits: files.Limits(false)}
	report, err := files.Import(t.Context(), files.Read(strings.NewReader(b.String()), "x.csv", "RP4"), to, 2, func(int64) {})
	if err != nil || report.Created != 100 {
		t.Errorf("%+v %v", report, err)
	}
}

func TestAnExportFollowsThePagesAndWritesEachPlanOnce(t *testing.T) {
	pages := map[string]struct{ body, link string }{
		"status=active":  {fmt.Sprintf(planLine, "a", "older") + "\n" + fmt.Sprintf(planLine, "b", "H") + "\n", `</api/centre/export?after=2>; rel="next"`},
		"after=2":        {fmt.Sprintf(planLine, "a", "newer") + "\n" + bundleLine("transaction", "PUT", "") + "\n", `</api/centre/export?after=3>; rel="next"`},
		"after=3":        {fmt.Sprintf(planLine, "c", "H") + "\n", `<http://elsewhere.example/>; rel="next"`},
		"status=on-hold": {"<html>", "text"},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, known := pages[r.URL.RawQuery]
		if !known || r.URL.Path != "/api/centre/export" {
			t.Errorf("asked for %s?%s", r.URL.Path, r.URL.RawQuery)
		}
		if page.link != "text" {
			w.Header().Set("Content-Type", "application/fhir+ndjson")
		}
		w.Header().Set("Link", page.link)
		_, _ = w.Write([]byte(page.body))
	}))
	defer server.Close()
	service := &files.Service{Base: server.URL, Token: "t", Client: server.Client(), Pause: time.Microsecond}
	var out strings.Builder
	written, err := service.Export(t.Context(), []string{"active"}, &out)
	if err != nil || written != 3 || strings.Count(out.String(), "\n") != 3 || strings.Contains(out.String(), "newer") {
		t.Errorf("%d plans, %v:\n%s", written, err, out.String())
	}
	if _, err := service.Export(t.Context(), []string{"on-hold"}, &out); err == nil {
		t.Error("a page of something else was taken for plans")
	}
}
