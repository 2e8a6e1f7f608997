package fhir_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ucpalert/ucpalert/fhir"
)

func TestHostileJSON(t *testing.T) {
	deep := func(n int) string {
		return carePlan(`,"title":"A","x":` + strings.Repeat("[", n) + strings.Repeat("]", n))
	}
	many := `,"title":"A"`
	for range 20 {
		many += `,"k` + strings.Repeat("x", len(many)%97) + `":1`
	}
	for _, row := range []struct {
		because    string
		body       string
		status     int
		code       fhir.Code
		expression string
		says       string
	}{
		{"nothing was sent", ``, 400, fhir.Structure, "CarePlan", "ends before"},
		{"it begins with a byte-order mark", "\ufeff" + carePlan(`,"title":"A"`), 400, fhir.Structure, "CarePlan", "byte-order mark"},
		{"it is an array", `[]`, 400, fhir.Structure, "CarePlan", "begins with {"},
		{"it is XML", `<CarePlan/>`, 400, fhir.Structure, "CarePlan", "begins with {"},
		{"it ends in the middle", carePlan(`,"title":"A"`)[:60], 400, fhir.Structure, "CarePlan.contained[0]", "ends"},
		{"there is more after the end", carePlan(`,"title":"A"`) + `{}`, 400, fhir.Structure, "CarePlan", "after the end"},
		{"an element stands there twice", carePlan(`,"title":"A","status":"revoked"`), 400, fhir.Structure, "CarePlan", "status stands here twice"},
		{"an element stands there twice, once in escapes", carePlan(`,"title":"A","stat\u0075s":"revoked"`), 400, fhir.Structure, "CarePlan", "status stands here twice"},
		{"an element stands twice among many", carePlan(many + `,"title":"B"`), 400, fhir.Structure, "CarePlan", "title stands here twice"},
		{"an unknown name stands twice", carePlan(`,"title":"A","Ada 999":1,"Ada 999":2`), 400, fhir.Structure, "CarePlan", "An element stands here twice"},
		{"text is not UTF-8", carePlan(`,"title":"caf` + "\xe9" + `"`), 400, fhir.Structure, "CarePlan.title", "UTF-8"},
		{"text is an overlong UTF-8 sequence", carePlan(`,"title":"` + "\xc0\xaf" + `"`), 400, fhir.Structure, "CarePlan.title", "UTF-8"},
		{"text holds a raw line break", carePlan(",\"title\":\"a\nb\""), 400, fhir.Structure, "CarePlan.title", "control character"},
		{"text holds an escaped NUL", carePlan(`,"title":"a\u0000b"`), 400, fhir.Value, "CarePlan.title", "control characters"},
		{"text holds an ANSI escape", carePlan(`,"title":"\u001b[31mred"`), 400, fhir.Value, "CarePlan.title", "control characters"},
		{"text holds a backspace", carePlan(`,"title":"a\b"`), 400, fhir.Value, "CarePlan.title", "control characters"},
		{"a high surrogate stands alone", carePlan(`,"title":"\ud83d"`), 400, fhir.Structure, "CarePlan.title", "surrogate"},
		{"a low surrogate stands alone", carePlan(`,"title":"\ude00"`), 400, fhir.Structure, "CarePlan.title", "surrogate"},
		{"a high surrogate is followed by a letter", carePlan(`,"title":"\ud83d\u0041"`), 400, fhir.Structure, "CarePlan.title", "surrogate"},
		{"an escape does not exist", carePlan(`,"title":"\x41"`), 400, fhir.Structure, "CarePlan.title", "escape"},
		{"an escape has too few digits", carePlan(`,"title":"\u41"`), 400, fhir.Structure, "CarePlan.title", "hexadecimal"},
		{"a number begins with zero", carePlan(`,"title":"A","x":01`), 400, fhir.Structure, "CarePlan", "comma"},
		{"a number has no digits after the point", carePlan(`,"title":"A","x":1.`), 400, fhir.Structure, "CarePlan.x", "decimal point"},
		{"a number is not a number", carePlan(`,"title":"A","x":NaN`), 400, fhir.Structure, "CarePlan.x", "JSON value"},
		{"a comma too many", carePlan(`,"title":"A",`), 400, fhir.Structure, "CarePlan", "name of an element"},
		{"a comment", carePlan(`/* */,"title":"A"`), 400, fhir.Structure, "CarePlan", "comma"},
		{"single quotes", carePlan(`,'title':'A'`), 400, fhir.Structure, "CarePlan", "double quotes"},
		{"it is nested too deep", deep(64), 400, fhir.TooCostly, "CarePlan.x", "64 levels"},
		{"it is nested a hundred thousand levels deep", deep(100_000), 400, fhir.TooCostly, "CarePlan.x", "64 levels"},
		{"it is too long", carePlan(`,"title":"` + strings.Repeat("A", 1<<20) + `"`), 413, fhir.TooLong, "", "1048576 bytes"},
		{"it is nothing but values", carePlan(`,"title":"A","x":[` + strings.Repeat("1,", 100_000) + `1]`), 400, fhir.TooCostly, "CarePlan.x", "more values"},
	} {
		t.Run(row.because, func(t *testing.T) {
			_, err := put(t, row.body)
			o, ok := fhir.AsOutcome(err)
			if !ok {
				t.Fatalf("the answer is %v", err)
			}
			got := o.Issues[0]
			if o.Status != row.status || got.Code != row.code || !strings.Contains(got.Diagnostics, row.says) || !strings.HasPrefix(got.Expression, row.expression) {
				t.Errorf("the answer is %d %s; want %d %s at %s…: %q", o.Status, o.JSON(), row.status, row.code, row.expression, row.says)
			}
		})
	}
}

func TestDepthAtTheLimitIsTaken(t *testing.T) {
	mustPut(t, carePlan(`,"title":"A","x":`+strings.Repeat("[", 63)+strings.Repeat("]", 63)))
}

func TestLimitsCanBeRaised(t *testing.T) {
	body := carePlan(`,"title":"A","x":"` + strings.Repeat("A", 1<<20) + `"`)
	if _, err := fhir.ReadCarePlan([]byte(body), "ada-1", "RP4", fhir.Limits{Bytes: 2 << 20}); err != nil {
		t.Error(explain(err))
	}
}

func TestAServiceForRealPatientsRefusesTestNumbers(t *testing.T) {
	_, err := fhir.ReadCarePlan([]byte(carePlan(`,"title":"A"`)), "ada-1", "RP4", fhir.Limits{RefuseTestNumbers: true})
	expect(t, err, 422, fhir.BusinessRule, "CarePlan.contained[0].identifier[0].value", "999 000 0000")
}

func TestARefusalTellsWhere(t *testing.T) {
	_, err := put(t, "{\n  \"resourceType\": \"CarePlan\",\n  \"title\": oops\n}")
	if err == nil || !strings.Contains(err.Error(), "line 3, column 12") {
		t.Errorf("the answer is %v", err)
	}
}

// Whatever is sent, reading it does not panic; what is taken can be given back, and both a strict and a lenient reader find the same in it.
func FuzzReadCarePlan(f *testing.F) {
	f.Add(carePlan(`,"title":"A"`))
	f.Add(carePlan(`,"title":"A","period":{"start":"2026-02-29"},"note":[{"text":"<p>x</p>"}],"activity":[{"detail":{"status":"scheduled"}}]`))
	f.Add(carePlan(`,"text":{"status":"generated","div":"<div><p>a<b"}`))
	f.Fuzz(func(t *testing.T, body string) {
		pub, err := fhir.ReadCarePlan([]byte(body), "ada-1", "RP4", fhir.Limits{})
		if err != nil {
			o, ok := fhir.AsOutcome(err)
			if !ok || o.Status < 400 || o.Status > 499 || len(o.Issues) == 0 || !json.Valid(o.JSON()) {
				t.Fatalf("the refusal is not an outcome: %v", err)
			}
			return
		}
		written, err := fhir.WriteCarePlan(pub.Document, "ada-1", 2, received)
		if err != nil || !json.Valid(written) {
			t.Fatalf("what was taken cannot be given back: %v", err)
		}
		for _, s := range pub.Plan.Sections {
			if !utf8.ValidString(s.Text) || s.Text == "" {
				t.Fatalf("a section has the text %q", s.Text)
			}
		}
		if n := utf8.RuneCountInString(pub.Plan.Headline); n == 0 || n > 140 {
			t.Fatalf("the headline has %d characters", n)
		}
	})
}

func FuzzReadTransaction(f *testing.F) {
	f.Add(transaction(f))
	f.Fuzz(func(t *testing.T, body string) {
		tr, err := fhir.ReadTransaction([]byte(body), "RP4", fhir.Limits{})
		if err != nil {
			if _, ok := fhir.AsOutcome(err); !ok {
				t.Fatalf("the refusal is not an outcome: %v", err)
			}
			return
		}
		results := make([]fhir.Result, len(tr.Publications))
		for i, pub := range tr.Publications {
			results[i] = fhir.Result{ID: pub.Plan.ID, Version: 1}
			if written, err := fhir.WriteCarePlan(pub.Document, pub.Plan.ID, 1, received); err != nil || !json.Valid(written) {
				t.Fatalf("what was taken cannot be given back: %v", err)
			}
		}
		if !json.Valid(tr.Response(results)) {
			t.Fatal("the response is not JSON")
		}
	})
}

func BenchmarkReadTransaction(b *testing.B) {
	body := []byte(transaction(b))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fhir.ReadTransaction(body, "RP4", fhir.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteCarePlan(b *testing.B) {
	pub := publish(b, transaction(b))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fhir.WriteCarePlan(pub.Document, "gosh-1181", 4, received); err != nil {
			b.Fatal(err)
		}
	}
}
