package web

import (
	"net/http"
	"testing"
)

func TestAnAnsweredAlertIsHandedOverOnce(t *testing.T) {
	w := newWorld(t)
	w.arrive()
	ask := func(path, body string) int {
		return w.ask("POST", "/api/alerts/alert1/"+path, "screen-RQW-AE", body, "Content-Type", "application/json").Code
	}
	for _, row := range []struct {
		what, path, body string
		want             int
	}{
		{"nobody answered yet", "handover", `{"from":"board","to":"Night registrar"}`, http.StatusConflict},
		{"answered as known", "acknowledgement?done=already_known", "", http.StatusOK},
		{"handed over", "handover", `{"from":"board","to":"Night registrar"}`, http.StatusOK},
		{"somebody else was first", "handover", `{"from":"board","to":"Dr Patel"}`, http.StatusConflict},
		{"handed on", "handover", `{"from":"Night registrar","to":"Dr Patel"}`, http.StatusOK},
	} {
		if got := ask(row.path, row.body); got != row.want {
			t.Errorf("%s: %d, want %d", row.what, got, row.want)
		}
	}
	if ack := w.sights["alert1"].Alert.Acknowledgement; ack.Holder() != "Dr Patel" {
		t.Errorf("it is with %s", ack.Holder())
	}
}
