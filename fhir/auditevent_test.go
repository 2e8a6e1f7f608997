package fhir_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/fhir"
	"github.com/ucpalert/ucpalert/journal"
)

func TestAnEntryAsAuditEvent(t *testing.T) {
	at := time.Date(2026, 11, 22, 14, 2, 10, 123456000, time.UTC)
	doctor := journal.Actor{Name: "doctor", Role: "clinician", Organisation: "RQW"}
	for _, row := range []struct {
		entry                                  journal.Entry
		code, action, outcome, reference, room string
	}{
		{journal.Entry{Kind: journal.PlanRead, Actor: doctor, Subject: "gosh-1", Version: 3}, "110110", "R", "0", "CarePlan/gosh-1/_history/3", ""},
		{journal.Entry{Kind: journal.AccessRefused, Actor: doctor, Subject: "alert1", Reason: "not allowed: the role clinician may not publish a plan"}, "110113", "E", "4", "", ""},
		{journal.Entry{Kind: journal.AlertRaised, Actor: journal.Service, Subject: "alert1", Room: "RQW-AE"}, "110110", "C", "0", "", "RQW-AE"},
		{journal.Entry{Kind: journal.AlertAcknowledged, Actor: doctor, Subject: "alert1", Room: "RQW-AE"}, "110110", "U", "0", "", "RQW-AE"},
		{journal.Entry{Kind: journal.TokenGiven, Actor: doctor, Subject: "gosh-epr"}, "110114", "E", "0", "", ""},
		{journal.Entry{Kind: journal.QuarantineListed, Actor: doctor}, "110110", "R", "0", "", ""},
		{journal.Entry{Kind: journal.CanaryPassed, Actor: journal.Service, Subject: "RQW-AE"}, "110100", "E", "0", "", ""},
	} {
		row.entry.Number, row.entry.Time = 42, at
		written := fhir.AuditEvent(row.entry)
		if strings.Contains(string(written), "\n") {
			t.Errorf("%s is more than one line", row.entry.Kind)
		}
		var e struct {
			ResourceType, ID, Action, Recorded, Outcome, OutcomeDesc string
			Type                                                     struct{ System, Code, Display string }
			Subtype                                                  []struct{ System, Code string }
			Agent                                                    []struct {
				AltID     string
				Requestor *bool
				Who       struct {
					Identifier struct{ System, Value string }
					Display    string
				}
				Role     []struct{ Text string }
				Location struct{ Display string }
			}
			Source struct {
				Observer struct{ Display string }
			}
			Entity []struct {
				What struct {
					Reference  string
					Identifier struct{ Value string }
				}
				Detail []struct{ Type, ValueString string }
			}
		}
		if err := json.Unmarshal(written, &e); err != nil {
			t.Fatal(err)
		}
		if e.ResourceType != "AuditEvent" || e.ID != "journal-42" || e.Type.Code != row.code || e.Type.System == "" || e.Action != row.action || e.Outcome != row.outcome || e.OutcomeDesc != row.entry.Reason ||
			e.Recorded != "2026-11-22T14:02:10.123456Z" || e.Subtype[0].Code != string(row.entry.Kind) || e.Source.Observer.Display == "" {
			t.Errorf("%s: %s", row.entry.Kind, written)
		}
		if who := e.Agent[0]; who.AltID != row.entry.Actor.Name || who.Requestor == nil || !*who.Requestor || who.Role[0].Text != row.entry.Actor.Role || who.Location.Display != row.room {
			t.Errorf("%s: who %+v", row.entry.Kind, who)
		}
		if org := row.entry.Actor.Organisation; org != "" && (len(e.Agent) != 2 || e.Agent[1].Who.Identifier.Value != org || e.Agent[1].Who.Identifier.System != fhir.OrganisationSystem || *e.Agent[1].Requestor) {
			t.Errorf("%s: on behalf of %+v", row.entry.Kind, e.Agent)
		}
		if of := e.Entity[0]; of.What.Reference != row.reference || row.reference == "" && of.What.Identifier.Value != row.entry.Subject || of.Detail[0].ValueString != "42" || len(of.Detail[1].ValueString) != 64 {
			t.Errorf("%s: about %+v", row.entry.Kind, of)
		}
	}
}
