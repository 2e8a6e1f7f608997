package main

import (
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

func TestAConfigurationThatIsWrittenIsReadAsTheSame(t *testing.T) {
	t.Parallel()
	want := defaults()
	want.Retention.Digests = 0 // for ever
	text, err := yaml.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got config
	if err := yaml.UnmarshalWithOptions(text, &got, yaml.Strict()); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	if d := cmp.Diff(want.Retention, got.Retention); d != "" {
		t.Error(d)
	}
}
