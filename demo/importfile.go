package demo

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// ImportBundles writes n invented plans of one centre as `ucpalert plans import` reads them: one transaction Bundle a line, about 3 KB
// each. The same n and centre give the same bytes.
func ImportBundles(to io.Writer, centre string, n int) error {
	w := bufio.NewWriterSize(to, 1<<20)
	for i := range n {
		_, bundle, err := loadPlan(i, centre)
		if err != nil {
			return err
		}
		if _, err := w.Write(append(bundle, '\n')); err != nil {
			return fmt.Errorf("write plan %d: %w", i, err)
		}
	}
	return w.Flush()
}

// ImportRows writes n invented plans of one centre as a CSV file with every column that docs/import.md names.
func ImportRows(to io.Writer, n int) error {
	w := csv.NewWriter(to)
	header := []string{
		"nhs_number", "family", "given", "birth_date", "sex", "postcode", "plan_id", "status", "urgency", "headline", "what_to_do",
		"what_not_to_do", "notes", "author", "review_due", "phone", "section:Background",
	}
	if err := w.Write(header); err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	urgency := map[Priority]string{HighPriority: "critical", MediumPriority: "urgent", LowPriority: "routine"}
	short := shortPlans()
	for i := range n {
		p := short[wrap(i, len(short))]
		who := PersonAt(i)
		row := []string{
			who.NHSNumber, who.Family, who.Given, who.Born.Format(time.DateOnly), who.Sex, who.Postcode, "row-" + strconv.Itoa(i), "active",
			urgency[p.Priority], p.Headline, strings.Join(p.Do, "\n"), strings.Join(p.DoNot, "\n"), strings.Join(p.Notes, "\n"), p.Author,
			p.Reviewed.AddDate(1, 0, 0).Format(time.DateOnly), p.Phone, p.Background,
		}
		if err := w.Write(row); err != nil {
			return fmt.Errorf("write plan %d: %w", i, err)
		}
	}
	w.Flush()
	return w.Error()
}
