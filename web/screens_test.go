package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ucpalert/ucpalert/subscribers"
)

// hall is who can see which board, as a test says.
type hall struct{}

func (hall) Watches() []subscribers.Watch {
	return []subscribers.Watch{
		{ScreenCount: subscribers.ScreenCount{Department: "RQW-AE", Connected: 3, Visible: 2}, Watched: true, Since: now.Add(-time.Hour)},
		{ScreenCount: subscribers.ScreenCount{Department: "RWG-AE", Connected: 1}, Since: now.Add(-time.Minute)},
	}
}

func (hall) Connected() []subscribers.ConnectedScreen {
	return []subscribers.ConnectedScreen{{Department: "RQW-AE", Account: "board", Name: "majors-1", Version: "1.0", Visible: true, Since: now, Receipt: now, Behind: 4}}
}

func TestWhichBoardsNobodyCanSee(t *testing.T) {
	for _, row := range []struct {
		what, token string
		want        []string
	}{
		{"an operator sees all", "operator", []string{"RQW-AE seen 2 of 3", "RWG-AE unseen 0 of 1"}},
		{"a clinician sees the own trust", "clinician-RQW", []string{"RQW-AE seen 2 of 3"}},
	} {
		t.Run(row.what, func(t *testing.T) {
			w := newWorld(t)
			answer := w.ask("GET", "/api/operations/screens", row.token, "")
			if answer.Code != http.StatusOK {
				t.Fatalf("%d %s", answer.Code, answer.Body)
			}
			var list screenList
			if err := json.Unmarshal(answer.Body.Bytes(), &list); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range list.Departments {
				got = append(got, strings.Join([]string{d.Department, d.State, string(rune('0' + d.Visible)), "of", string(rune('0' + d.Connected))}, " "))
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if s := list.Departments[0].Screens; len(s) != 1 || s[0].Screen != "majors-1" {
				t.Errorf("the screens are %+v", s)
			}
		})
	}
	w := newWorld(t)
	for _, token := range []string{"screen-RQW-AE", "centre-RP4", "hospital-RQW"} {
		if answer := w.ask("GET", "/api/operations/screens", token, ""); answer.Code != http.StatusForbidden {
			t.Errorf("%s is answered %d", token, answer.Code)
		}
	}
}
