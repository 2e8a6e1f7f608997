package hl7

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/plans"
)

// explainedElsewhere are the fields of an event that no place of a message is listed for, and why.
var explainedElsewhere = map[string]string{
	"Sender": "Explanation.Sender", "ControlID": "Explanation.ControlID", "Hash": "it is of the bytes", "Trigger": "Explanation.Event",
	"Facility": "Explanation.Facility", "Sites": "it is of the certificate, not of the message", "Visit": "it is read again from the place that identifies it",
	"Restricted": "no message of HL7 v2 says it",
}

// TestEveryFieldOfAnEventIsExplained states the fields of an event one by one and looks whether the explanation says so: whoever adds a field
// must have it explained.
func TestEveryFieldOfAnEventIsExplained(t *testing.T) {
	m := mustParse(t, "MSH|^~\\&|PAS|RQW|UCPALERT|UCPALERT|20261122120000||ADT^A40|1|P|2.4\r")
	explained := func(e alerts.Event) []ExplainedField {
		x := explainer{rules: testRules(t), profile: DefaultProfile(), m: m, e: e, patient: true}
		x.times()
		x.person()
		x.visit()
		return x.fields
	}
	unstated := alerts.Event{Kind: alerts.Merge}
	event := reflect.TypeFor[alerts.Event]()
	for i := range event.NumField() {
		name := event.Field(i).Name
		e := unstated
		state(t, reflect.ValueOf(&e).Elem().Field(i))
		is := !slices.Equal(explained(e), explained(unstated))
		if reason, elsewhere := explainedElsewhere[name]; is == elsewhere {
			t.Errorf("%s: explained is %v, and elsewhere %q", name, is, reason)
		}
	}
}

// state gives a field of an event a value.
func state(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)))
		return
	case plans.NHSNumber:
		n, err := plans.ParseNHSNumber("9990000018")
		if err != nil {
			t.Fatal(err)
		}
		v.Set(reflect.ValueOf(n))
		return
	case plans.Tracing:
		v.Set(reflect.ValueOf(plans.Verified))
		return
	case plans.Consent:
		v.Set(reflect.ValueOf(plans.Dissent))
		return
	case alerts.Presence:
		v.Set(reflect.ValueOf(alerts.Present))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("X")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.Struct:
		for i := range v.NumField() {
			state(t, v.Field(i))
		}
	case reflect.Array:
		state(t, v.Index(0))
	case reflect.Slice:
		one := reflect.New(v.Type().Elem()).Elem()
		state(t, one)
		v.Set(reflect.Append(v, one))
	default:
		t.Fatalf("no value for a %s is written here", v.Type())
	}
}
