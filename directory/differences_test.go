package directory_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/directory"
)

func TestWhatANewDirectoryChanges(t *testing.T) {
	for _, row := range []struct {
		what, old, new string
		want           []string
	}{
		{"nothing", "", "", nil},
		{"only the order of the file", "  - {id: QM7, name: Hertfordshire and West Essex}\n  - {id: QH8, name: Mid and South Essex}",
			"  - {id: QH8, name: Mid and South Essex}\n  - {id: QM7, name: Hertfordshire and West Essex}", nil},
		{"a department more", "  - {id: RAJ-AE,", "  - {id: RQW-EYE, name: Eye casualty, site: RQWG9, main: true}\n  - {id: RAJ-AE,",
			[]string{"Department RQW-EYE (Eye casualty) was added."}},
		{"a department less", "  - {id: RQW-UTC, name: Urgent treatment, site: RQWG0, locations: [UTC]}\n", "", []string{"Department RQW-UTC (Urgent treatment) was removed."}},
		{"other locations", `[AE, "MAJ*"]`, "[AE]", []string{"Department RQW-AE (A&E) has the locations AE now; it was AE, MAJ*."}},
		{"another name", "name: Royal Free,", "name: Royal Free London,", []string{"Organisation RAL (Royal Free London) has the name Royal Free London now; it was Royal Free."}},
		{"a telephone number", "name: Royal Free,", "name: Royal Free, phone: 01632 960700,", []string{"Organisation RAL (Royal Free) has the telephone number 01632 960700 now; it had none."}},
		{"an agreement that ends earlier", "last_day: 2027-03-31", "last_day: 2026-11-21",
			[]string{"The agreement that London (Y56) shows all plans (full) in Hertfordshire and West Essex (QM7) has the last day 21 November 2026 now; it was 31 March 2027."}},
		{"an agreement that is gone", "  - {from: RP4, to: QH8}\n", "", []string{"The agreement that Great Ormond Street (RP4) shows all plans (full) in Mid and South Essex (QH8) was ended: it is not in the new directory."}},
		{"an agreement that shows less", "{from: RP4, to: QH8}", "{from: RP4, to: QH8, show: summary}", []string{
			"The agreement that Great Ormond Street (RP4) shows all plans (full) in Mid and South Essex (QH8) was ended: it is not in the new directory.",
			"The agreement that Great Ormond Street (RP4) shows all plans (summary) in Mid and South Essex (QH8) was added."}},
		{"an agreement about some plans", "{from: RP4, to: QH8}", "{from: RP4, to: QH8}\n  - {from: RAL, to: RAJ, plans: [736373009], first_day: 2027-01-01}", []string{
			"The agreement that Royal Free (RAL) shows the plans of category 736373009 (full) in Mid and South Essex (RAJ) was added, from 1 January 2027."}},
		{"a centre that stops", "name: Great Ormond Street, region: Y56, centre: true", "name: Great Ormond Street, region: Y56, centre: true, last_day: 2026-12-31",
			[]string{"Organisation RP4 (Great Ormond Street) has the last day 31 December 2026 now; it had none."}},
	} {
		t.Run(row.what, func(t *testing.T) {
			if !strings.Contains(sample, row.old) {
				t.Fatalf("the sample has no %q", row.old)
			}
			before, after := load(t, sample), load(t, strings.Replace(sample, row.old, row.new, 1))
			if diff := cmp.Diff(row.want, directory.Differences(before, after)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatDeservesALookInADirectory(t *testing.T) {
	got := strings.Join(load(t, strings.Replace(sample, "2027-03-31", "2026-12-01", 1)).Summary(today), "\n")
	for _, want := range []string{"3 regions, 5 organisations (2 of them publish plans), 3 sites", "3 departments, 3 of them with a board today", "2 agreements, 2 of them hold today",
		"ends soon, on 1 December 2026", "centre RAL has no phone"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
