package hl7

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/plans"
)

// document is a new document as a centre sends it.
const document = "MSH|^~\\&|EPR|RP4|UCPALERT|UCPALERT|20261122120000||MDM^T02|D1|P|2.4\r" +
	"EVN|T02|20261122120000\r" +
	"PID|1||L1^^^RP4^MR~9990000018^^^NHS^NH||Testcase^Ann^^^MS^^L||19800213|2|||1 High Street^^Harlow^^CM20 1QX\r" +
	"PV1|1|O\r" +
	"TXA|1|CP|TX|20261122115900||20261120|||G1^Author^Ada^^^Dr|||DOC-1^EPR|||||AU||AV\r" +
	"OBX|1|TX|HEADLINE^Headline^L||Give hydrocortisone at once||||||F\r" +
	"OBX|2|ST|URGENCY||critical||||||F\r" +
	"OBX|3|TX|DO||Hydrocortisone 100 mg IM~Then 200 mg over 24 h||||||F\r" +
	"OBX|4|FT|DONOT||Do not wait\\.br\\for results||||||F\r" +
	"OBX|5|FT|1234^Breathing^L^AIRWAY^Airway^X||Difficult \\T\\ \\H\\narrow\\N\\ ^ see ENT\\.sp\\Call early||||||F\r" +
	"OBX|6|TX|5678^Background^L||Known since birth||||||F\r" +
	"OBX|7|TX|5678^Background^L||Under Dr A||||||F\r"

func documentRules(t testing.TB) Rules {
	r := testRules(t)
	r.Documents = DocumentRules{
		Headline: []string{"HEADLINE^L"}, Urgency: []string{"urgency"}, Do: []string{"DO"}, DoNot: []string{"DONOT"},
		Sections: []DocumentSection{{"AIRWAY", "A and B"}},
	}
	return r
}

func readDocument(t *testing.T, raw string) (Document, error) {
	t.Helper()
	return documentRules(t).ReadDocument(mustParse(t, raw), []byte(raw))
}

func TestADocumentIsUnderstood(t *testing.T) {
	d, err := readDocument(t, document)
	if err != nil {
		t.Fatal(err)
	}
	want := plans.Identity{NHSNumber: nhs(t, "9990000018"), Family: "Testcase", Given: "Ann", BirthDate: "1980-02-13", Sex: plans.Female, Postcode: "CM20 1QX"}
	if d.Patient != want {
		t.Error("the patient is another one")
	}
	if d.Trigger != "T02" || d.Number != "DOC-1^EPR" || d.Parent != "" || d.Facility != "RP4" || d.Status != plans.Active || d.Author != "Dr Ada Author" || d.Written != "2026-11-20" {
		t.Errorf("header: %q %q %q %q %s %q %s", d.Trigger, d.Number, d.Parent, d.Facility, d.Status, d.Author, d.Written)
	}
	if d.Headline != "Give hydrocortisone at once" || d.Urgency != plans.Critical {
		t.Errorf("%q %s", d.Headline, d.Urgency)
	}
	if diff := cmp.Diff([]string{"Hydrocortisone 100 mg IM", "Then 200 mg over 24 h"}, d.Do); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Do not wait", "for results"}, d.DoNot); diff != "" {
		t.Error(diff)
	}
	sections := []plans.Section{{Title: "A and B", Text: "Difficult & narrow ^ see ENT\nCall early"}, {Title: "Background", Text: "Known since birth\nUnder Dr A"}}
	if diff := cmp.Diff(sections, d.Sections); diff != "" {
		t.Error(diff)
	}
	if string(d.Raw) != document {
		t.Error("the message was not kept as it came")
	}
}

var pdf = base64.StdEncoding.EncodeToString([]byte("%PDF-1.4 invented"))

func TestWhichDocumentsAreRefusedAndWhere(t *testing.T) {
	headline := "OBX|1|TX|HEADLINE^Headline^L||Give hydrocortisone at once||||||F\r"
	for _, row := range []struct{ what, old, new, want string }{
		{"as it should be", "", "", ""},
		{"a message type without documents", "MDM^T02", "MDM^T01", "AR 201"},
		{"no headline", headline, "", "AE 101: the document has no headline: an OBX with HEADLINE^L in OBX-3 (OBX)"},
		{"the headline of another coding system", "HEADLINE^Headline^L", "HEADLINE^Headline^X", "AE 101"},
		{"a headline that was deleted", "at once||||||F", "at once||||||D", "AE 101"},
		{"a headline that is empty", "Give hydrocortisone at once", `""`, "AE 101"},
		{"a headline too long", "at once", strings.Repeat("x", 140), "AE 102: the headline is 160 characters long; at most 140 are shown (OBX^1^5)"},
		{"an urgency that is none", "critical", "very", "AE 103: the urgency is none of routine, urgent and critical (OBX^2^5)"},
		{"an urgency by its FHIR code", "critical", "PH", ""},
		{"a picture", "OBX|6|TX|5678^Background^L||Known since birth", "OBX|6|ED|PIC||^image^png^Base64^iVBORw0KGgo=", "AE 102: only a PDF in Base64 is taken as encapsulated data (OBX-5 of type ED) (OBX^6^5)"},
		{"a pointer", "OBX|6|TX", "OBX|6|RP", "AE 102: the observation is neither text (TX, FT, ST, CE, NM) nor a PDF (ED) (OBX^6^2)"},
		{"no NHS number", "9990000018^^^NHS^NH", "", "AE 101"},
		{"an NHS number with a wrong check digit", "9990000018", "9990000019", "AE 101: a plan needs a valid NHS number"},
		{"no patient", "PID|1", "ZID|1", "AE 100"},
		{"no document header", "TXA|1", "ZXA|1", "AE 100"},
		{"no number", "DOC-1^EPR", "", "AE 101: the document has no unique number (TXA-12) (TXA^1^12)"},
		{"no completion status", "|AU||AV", "|||AV", "AE 101"},
		{"a completion status that is none", "|AU||AV", "|XX||AV", "AE 103"},
		{"an addendum to nothing", "MDM^T02", "MDM^T06", "AE 101: an addendum or a replacement must name the document it belongs to (TXA-13) (TXA^1^13)"},
		{"an addendum to itself", "MDM^T02|D1|P|2.4\rEVN|T02", "MDM^T06|D1|P|2.4\rEVN|T06", "AE 101"},
		{"no control id", "|D1|P", "||P", "AE 101"},
		{"a version of the future", "|P|2.4", "|P|9.9", "AR 203"},
	} {
		t.Run(row.what, func(t *testing.T) {
			raw := strings.Replace(document, row.old, row.new, 1)
			if row.old != "" && raw == document {
				t.Fatal("the row changes nothing")
			}
			_, err := readDocument(t, raw)
			if row.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var refusal *Refusal
			if !errors.As(err, &refusal) || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %s", err, row.want)
			}
		})
	}
}

func TestWhatTheStatusOfADocumentMeans(t *testing.T) {
	for _, row := range []struct {
		completion, availability string
		want                     plans.Status
	}{
		{"AU", "AV", plans.Active}, {"LA", "", plans.Active}, {"la", "AV", plans.Active}, {"DI", "AV", plans.Draft}, {"IP", "AV", plans.Draft},
		{"PA", "", plans.Draft}, {"AU", "CA", plans.Revoked}, {"AU", "OB", plans.Revoked}, {"AU", "UN", plans.OnHold}, {"DO", "UN", plans.Draft},
	} {
		d, err := readDocument(t, strings.Replace(document, "|AU||AV", "|"+row.completion+"||"+row.availability, 1))
		if err != nil || d.Status != row.want {
			t.Errorf("%s %s is %s, %v", row.completion, row.availability, d.Status, err)
		}
	}
}

func TestAPDFIsTakenWithAHeadline(t *testing.T) {
	for _, data := range []string{
		"EPR^application^pdf^Base64^" + pdf, "EPR^AP^PDF^BASE64^" + strings.TrimRight(pdf, "="), "^^^^" + pdf[:8] + `\.br\` + pdf[8:], "^^^Hex^255044462d312e34",
	} {
		d, err := readDocument(t, strings.Replace(document, "OBX|6|TX|5678^Background^L||Known since birth", "OBX|6|ED|PDF^Crisis plan||"+data, 1))
		if err != nil || len(d.Files) != 1 || !strings.HasPrefix(string(d.Files[0].Data), "%PDF-1.4") || d.Files[0].Title != "Crisis plan" {
			t.Errorf("%.20s: %d files, %v", data, len(d.Files), err)
		}
	}
}

func TestACancellationNeedsNoText(t *testing.T) {
	raw, _, _ := strings.Cut(strings.ReplaceAll(document, "T02", "T11"), "OBX")
	d, err := readDocument(t, raw)
	if err != nil || d.Status != plans.Revoked || d.Number != "DOC-1^EPR" {
		t.Errorf("%s %v", d.Status, err)
	}
}

func TestADocumentPrintsNothingOfThePatient(t *testing.T) {
	d, err := readDocument(t, document)
	if err != nil {
		t.Fatal(err)
	}
	if text := d.String() + d.GoString(); strings.Contains(text, "hydrocortisone") || strings.Contains(text, "Testcase") {
		t.Errorf("shown: %s", text)
	}
}

// cabinet takes documents and fails as it is told.
type cabinet struct {
	taken []Document
	fail  error
}

func (c *cabinet) TakeDocument(_ context.Context, d Document) (DocumentTaken, error) {
	if c.fail != nil {
		return DocumentTaken{}, c.fail
	}
	c.taken = append(c.taken, d)
	return DocumentTaken{Plan: "p", Version: len(c.taken), Changed: len(c.taken) == 1}, nil
}

func TestDocumentsAreAnsweredAsArrivalsAre(t *testing.T) {
	r, c := newRig(t), &cabinet{}
	r.Rules, r.Receiver.Documents = documentRules(t), c
	for range 2 {
		if got := r.answered(t, document); !strings.HasPrefix(got, "MSA|AA|D1") {
			t.Errorf("answered %q", got)
		}
	}
	if r.Counters.Taken.Load() != 2 || r.Counters.Resent.Load() != 1 || len(c.taken) != 2 || len(r.desk.kept) != 0 {
		t.Errorf("taken %d, resent %d", r.Counters.Taken.Load(), r.Counters.Resent.Load())
	}
	if got := r.answered(t, strings.Replace(document, "HEADLINE", "OTHER", 1)); !strings.Contains(got, "MSA|AE|D1") || !strings.Contains(got, "OBX") {
		t.Errorf("without a headline: %q", got)
	}
	c.fail = &Refusal{Code: AE, Condition: TableValue, Location: "MSH^1^4", Text: "not a centre"}
	if got := r.answered(t, document); !strings.Contains(got, "MSA|AE|D1|not a centre") {
		t.Errorf("refused by the desk: %q", got)
	}
	if len(r.shelf.kept) != 2 || string(r.shelf.kept[1].Raw) != document {
		t.Errorf("%d messages in quarantine", len(r.shelf.kept))
	}
	c.fail = errors.New("the disk is full")
	if got := r.answered(t, document); !strings.Contains(got, "MSA|AE|D1|not stored, send again") {
		t.Errorf("not stored: %q", got)
	}
	r.Rules.Documents = DocumentRules{}
	if got := r.answered(t, document); !strings.Contains(got, "MSA|AR|D1|unsupported message type") {
		t.Errorf("without rules: %q", got)
	}
	r.Receiver.Documents = nil
	if got := r.answered(t, document); !strings.Contains(got, "MSA|AR|D1|unsupported message type") {
		t.Errorf("without a desk: %q", got)
	}
	if text := r.log.String(); strings.Contains(text, "hydrocortisone") || strings.Contains(text, "9990000018") || strings.Contains(text, "Testcase") {
		t.Error("the log holds a patient")
	}
}

func FuzzReadDocument(f *testing.F) {
	f.Add([]byte(document))
	f.Add([]byte(strings.Replace(document, "|TX|5678", "|ED|5678", 1)))
	f.Add([]byte("MSH|^~\\&|A|B|||20261122||MDM^T02|1|P|2.4\rTXA|1||||||||||1|1\rOBX|1|FT|HEADLINE||\\.br\\ \\X0D\\ \\.\\"))
	rules := documentRules(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(raw)
		if err != nil {
			return
		}
		d, err := rules.ReadDocument(m, raw)
		if err == nil && (d.Number == "" || d.Stamp == "" || d.Patient.NHSNumber.IsZero() || d.Trigger != "T11" && d.Trigger != "T06" && d.Headline == "") {
			t.Errorf("taken without what it needs: %v", d)
		}
	})
}
