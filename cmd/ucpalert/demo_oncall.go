package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ucpalert/ucpalert/access"
	"github.com/ucpalert/ucpalert/directory"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/subscribers/escalation"
	"github.com/ucpalert/ucpalert/subscribers/rota"
	"github.com/ucpalert/ucpalert/subscribers/rotas"
)

// The people of the demo who keep its rotas, and those who agree.
var (
	demoLead   = journal.Actor{Name: "rota-lead.rqw", Role: string(access.RotaLead), Organisation: "RQW"}
	demoNurse  = journal.Actor{Name: "nurse in charge RQW", Role: string(access.NurseInCharge), Organisation: "RQW"}
	demoCentre = journal.Actor{Name: "centre-lead.rp4", Role: string(access.CentreLead), Organisation: "RP4"}
)

// furnishOnCall puts a small rota of a hospital and one of a centre into the demo, with a policy, as people would; once.
func furnishOnCall(ctx context.Context, desk *rotas.Desk, now time.Time) error {
	first := rota.Date(now.AddDate(0, 0, -28).Format(time.DateOnly))
	b, err := desk.Book(ctx, now)
	if err != nil || len(b.Kept.Rotas) > 0 {
		return err
	}
	for _, of := range []struct {
		by    journal.Actor
		draft rotas.Draft
	}{
		{demoLead, rotas.Draft{ID: "harlow-doctors", Organisation: "RQW", Plan: rotas.Plan{Name: "Harlow on-call doctors", Layers: []rota.Layer{
			{Name: "weeks", Handover: "0 9 * * 1", People: []string{"on-call.a", "on-call.b"}, First: first},
			{Name: "weekend nights", Handover: "0 20 * * *", People: []string{"on-call.b", "on-call.a"}, First: first, Windows: []rota.Window{{Weekdays: []rota.Weekday{"sat", "sun"}, From: "20:00", To: "08:00"}}},
		}}}},
		{demoLead, rotas.Draft{ID: "harlow-site", Organisation: "RQW", Plan: rotas.Plan{Name: "Harlow site manager", Layers: []rota.Layer{
			{Name: "weekdays", Handover: "0 8 * * *", People: []string{"rota-lead.rqw"}, First: first, Windows: []rota.Window{{Weekdays: []rota.Weekday{"mon", "tue", "wed", "thu", "fri"}}}},
			{Name: "weekends", Handover: "0 8 * * *", People: []string{"on-call.a", "on-call.b"}, First: first, Windows: []rota.Window{{Weekdays: []rota.Weekday{"sat", "sun"}}}},
		}}}},
		{demoCentre, rotas.Draft{ID: "gosh-metabolic", Organisation: "RP4", Plan: rotas.Plan{Name: "GOSH metabolic on call", Layers: []rota.Layer{
			{Name: "always", Handover: "0 8 * * 1", People: []string{"centre-lead.rp4"}, First: first},
		}}}},
	} {
		of.draft.Zone = directory.DefaultTimeZone
		if _, err := desk.Keep(ctx, of.by, of.draft); err != nil {
			return fmt.Errorf("rota %s of the demo: %w", of.draft.ID, err)
		}
	}
	if _, err := desk.KeepLine(ctx, demoCentre, rotas.Line{Centre: "RP4", Rota: "gosh-metabolic"}); err != nil {
		return fmt.Errorf("the centre's line of the demo: %w", err)
	}
	return furnishPolicy(ctx, desk)
}

// furnishPolicy keeps the policy of the demo's Harlow, to which a second person agrees.
func furnishPolicy(ctx context.Context, desk *rotas.Desk) error {
	out, err := desk.KeepPolicy(ctx, demoLead, rotas.Wish{ID: "harlow-emergency", Organisation: "RQW", Terms: rotas.Terms{
		Name: "Harlow A&E", Departments: []string{"RQW-AE"}, Urgencies: []plans.Urgency{plans.Critical, plans.Urgent}, Again: 1,
		Steps: []escalation.Step{
			{Name: "board", To: escalation.Board, Wait: 2 * time.Minute},
			{Name: "on-call doctor", To: escalation.OnCall, Rota: "harlow-doctors", Wait: 3 * time.Minute},
			{Name: "site manager", To: escalation.OnCall, Rota: "harlow-site", Wait: 5 * time.Minute},
			{Name: "centre's own line", To: escalation.Centre, Wait: 5 * time.Minute},
		},
	}})
	if err == nil && out.Change == "" {
		err = errors.New("nobody was asked to agree")
	}
	if err == nil {
		err = desk.Decide(ctx, demoNurse, out.Change, true, "")
	}
	if err != nil {
		return fmt.Errorf("the policy of the demo: %w", err)
	}
	return nil
}
