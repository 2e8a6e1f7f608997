package plans_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/plans"
)

func TestWhatAFormMustSayBeforeItIsPublished(t *testing.T) {
	good := plans.Form{
		NHSNumber: "999 100 0003", Family: "Tester", BirthDate: "1980-2-13", Headline: "Ring us", Urgency: "urgent", Do: "Ring us", Phone: "020 7946 0000",
		Author: "A nurse", Reviewed: "2026-11-22",
	}
	for _, row := range []struct {
		what   string
		change func(*plans.Form)
		field  string
	}{
		{"all that is needed", func(*plans.Form) {}, ""},
		{"no NHS number", func(f *plans.Form) { f.NHSNumber = " " }, "nhs_number"},
		{"one digit wrong", func(f *plans.Form) { f.NHSNumber = "9991000004" }, "nhs_number"},
		{"no family name", func(f *plans.Form) { f.Family = "" }, "family"},
		{"born on 30 February", func(f *plans.Form) { f.BirthDate = "1980-2-30" }, "birth_date"},
		{"only the year of birth", func(f *plans.Form) { f.BirthDate = "1980--" }, "birth_date"},
		{"born tomorrow", func(f *plans.Form) { f.BirthDate = "2026-11-23" }, "birth_date"},
		{"born today", func(f *plans.Form) { f.BirthDate = "2026-11-22" }, ""},
		{"a headline of 140 characters", func(f *plans.Form) { f.Headline = strings.Repeat("é", 140) }, ""},
		{"a headline of 141 characters", func(f *plans.Form) { f.Headline = strings.Repeat("é", 141) }, "headline"},
		{"no urgency", func(f *plans.Form) { f.Urgency = "" }, "urgency"},
		{"an urgency that does not exist", func(f *plans.Form) { f.Urgency = "very" }, "urgency"},
		{"nothing to do", func(f *plans.Form) { f.Do = "\n \n" }, "do"},
		{"a day of the CPR decision without the decision", func(f *plans.Form) { f.CPRDate = "2026-1-2" }, "cpr"},
		{"CPR decided tomorrow", func(f *plans.Form) { f.CPR, f.CPRDate = "not-for", "2026-11-23" }, "cpr_date"},
		{"an advance decision that says nothing", func(f *plans.Form) { f.ADRT = "made" }, "adrt_text"},
		{"a retracted one needs no words", func(f *plans.Form) { f.ADRT = "retracted" }, ""},
		{"words of an advance decision that is none", func(f *plans.Form) { f.ADRTText = "No ventilation" }, "adrt"},
		{"no telephone", func(f *plans.Form) { f.Phone = "" }, "phone"},
		{"a telephone without digits", func(f *plans.Form) { f.Phone = "ask switchboard" }, "phone"},
		{"nobody wrote it", func(f *plans.Form) { f.Author = "" }, "author"},
		{"never reviewed", func(f *plans.Form) { f.Reviewed = "" }, "reviewed"},
		{"reviewed tomorrow", func(f *plans.Form) { f.Reviewed = "2026-11-23" }, "reviewed"},
		{"the next review before the last", func(f *plans.Form) { f.ReviewDue = "2026-11-22" }, "review_due"},
		{"dissent, and who may be shown it all the same", func(f *plans.Form) { f.Consent, f.OnlyOrganisations = "dissent", "RQW" }, "consent"},
		{"it ends before it begins", func(f *plans.Form) { f.Starts, f.Ends = "2027-1-2", "2027-1-1" }, "ends"},
		{"it holds for one day", func(f *plans.Form) { f.Starts, f.Ends = "2027-1-1", "2027-1-1" }, ""},
		{"a section without a heading", func(f *plans.Form) { f.Sections = []plans.Section{{Text: "x"}} }, "section_title_0"},
		{"an empty section is none", func(f *plans.Form) { f.Sections = []plans.Section{{}} }, ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			f := good
			row.change(&f)
			faults := f.Faults(noon)
			switch {
			case row.field == "" && len(faults) > 0:
				t.Errorf("there is something wrong: %v", faults)
			case row.field != "" && (len(faults) != 1 || faults[0].Field != row.field || faults[0].Words == ""):
				t.Errorf("the faults are %v; want one of %s", faults, row.field)
			}
			for _, fault := range faults {
				if f.NHSNumber != " " && strings.Contains(fault.Words, f.NHSNumber) {
					t.Errorf("the words quote what was typed: %s", fault.Words)
				}
			}
		})
	}
}

func TestADateAsItIsTyped(t *testing.T) {
	for in, want := range map[string]plans.Date{"1980-2-3": "1980-02-03", "1980-12-31": "1980-12-31", "": "", "--": "", " - - ": ""} {
		if got, err := plans.TypedDate(in); got != want || err != nil {
			t.Errorf("%q is %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"80-2-3", "1980-2-", "1980--3", "1980", "1980-2-30", "1980-2-3-4", "x-y-z", "1980-002-3"} {
		if got, err := plans.TypedDate(in); err == nil {
			t.Errorf("%q is taken for %q", in, got)
		}
	}
}

func TestAFormIsNotPrinted(t *testing.T) {
	f := plans.Form{NHSNumber: "9991000003", Family: "Marker"}
	for _, printed := range []string{fmt.Sprintf("%v", f), fmt.Sprintf("%+v", f), fmt.Sprintf("%#v", f)} {
		if strings.Contains(printed, "Marker") || strings.Contains(printed, "9991000003") {
			t.Errorf("printed as %s", printed)
		}
	}
}

func TestAVersionLaidOutByItsHeadings(t *testing.T) {
	e := plans.Edition{Headline: "Ring us", Author: "A nurse", Content: plans.Content{
		Actions: []plans.Step{{Text: "Ring us"}, {Title: "Then", Text: "wait"}}, CPR: plans.Standing{Says: plans.NotForCPR, Since: "2026-01-02"},
		Allergies: []plans.Allergy{{To: "Latex"}, {To: "Penicillin", Reaction: "rash"}}, Medicines: []plans.Medicine{{Use: plans.Avoid, Name: "Aspirin", Note: "bleeds"}},
		Sections: []plans.Section{{Title: "About me", Text: "Swims."}},
	}}
	want := []plans.Section{
		{Title: "Headline", Text: "Ring us"}, {Title: "What to do first", Text: "Ring us\nThen: wait"}, {Title: "CPR", Text: "Not for attempted CPR, 2026-01-02"},
		{Title: "Allergies and reactions", Text: "Latex\nPenicillin: rash"}, {Title: "Medicines to avoid", Text: "Aspirin: bleeds"},
		{Title: "Author", Text: "A nurse"}, {Title: "About me", Text: "Swims."},
	}
	if diff := cmp.Diff(want, e.Written()); diff != "" {
		t.Error(diff)
	}
}

func TestAReviewOfATimeZoneIsThatOfItsDay(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	midnight := time.Date(2026, 6, 1, 23, 30, 0, 0, time.UTC) // half past midnight on 2 June in London
	if got := plans.ReviewOf("2026-06-01", midnight.In(london)); got != plans.ReviewOverdue {
		t.Errorf("on 2 June a review due on 1 June is %q", got)
	}
}
