package plans_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/plans"
)

func TestParseNHSNumber(t *testing.T) {
	for _, row := range []struct {
		what, in string
		want     string
		err      error
	}{
		{"ten digits with the right check digit", "9990000018", "9990000018", nil},
		{"spaces as people write it", "999 000 0026", "9990000026", nil},
		{"hyphens", "999-000-0034", "9990000034", nil},
		{"a check digit of 0", "9990000050", "9990000050", nil},
		{"one digit wrong", "9990000019", "", plans.ErrNHSNumberCheck},
		{"two digits swapped", "9990000108", "", plans.ErrNHSNumberCheck},
		{"nine digits", "999000001", "", plans.ErrNHSNumberLength},
		{"eleven digits", "99900000180", "", plans.ErrNHSNumberLength},
		{"nothing", "", "", plans.ErrNHSNumberLength},
		{"a letter", "999000001O", "", plans.ErrNHSNumberLength},
		{"ten equal digits that pass the sum", "3333333333", "", plans.ErrNHSNumberEqual},
		{"ten zeros", "0000000000", "", plans.ErrNHSNumberEqual},
	} {
		t.Run(row.what, func(t *testing.T) {
			n, err := plans.ParseNHSNumber(row.in)
			if !errors.Is(err, row.err) || n.Reveal() != row.want {
				t.Fatalf("got %q, %v; want %q, %v", n.Reveal(), err, row.want, row.err)
			}
		})
	}
}

func TestAnNHSNumberMasksItselfWhereverItIsPrinted(t *testing.T) {
	n, err := plans.ParseNHSNumber("9990000018")
	if err != nil {
		t.Fatal(err)
	}
	type holder struct {
		N        plans.NHSNumber
		Identity plans.Identity
	}
	h := holder{n, plans.Identity{NHSNumber: n, Family: "Marker"}}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("patient", "number", n, "identity", h.Identity)
	encoded, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	for what, printed := range map[string]string{
		"%v": fmt.Sprintf("%v", n), "%+v": fmt.Sprintf("%+v", h), "%#v": fmt.Sprintf("%#v", h), "%s": fmt.Sprintf("%s|%v", h.Identity, &h.Identity),
		"slog": logged.String(), "json": string(encoded),
	} {
		if strings.Contains(printed, "9990000018") || strings.Contains(printed, "Marker") {
			t.Errorf("%s shows the patient: %s", what, printed)
		}
	}
	if got := n.String(); got != "*** *** 0018" {
		t.Errorf("masked number is %q", got)
	}
}
