package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/sql/sqltest"
)

// TestTwoNodesShareOneDatabase lets a hospital send to one node while the screen is at the other.
func TestTwoNodesShareOneDatabase(t *testing.T) {
	options := sqltest.Postgres(t)
	type node struct{ http, mllp string }
	var nodes [2]node
	folders := [2]string{t.TempDir(), t.TempDir()}
	for i := range nodes {
		nodes[i] = node{freeAddress(t), freeAddress(t)}
		config, err := writeTestConfig(folders[i], nodes[i].http, nodes[i].mllp, options.PostgresURL)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 { // all nodes need the key that the first one made
			key, err := os.ReadFile(filepath.Join(folders[0], "ucpalert.key"))
			if err == nil {
				err = os.WriteFile(filepath.Join(folders[i], "ucpalert.key"), key, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		process, log := serving(t, config)
		t.Cleanup(func() {
			_ = process.Process.Signal(os.Interrupt)
			if err := process.Wait(); err != nil {
				t.Errorf("the node ended with %v: %s", err, log)
			}
		})
	}
	screen := newScreen("RQW-AE", "demo-screen-RQW-AE")
	if err := screen.connect(nodes[1].http); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(screen.disconnect)
	if code, body, err := putPlan(nodes[0].http, "demo-centre-RP4", "plan-1", planJSON("plan-1", killPatients[0], "1980-02-13", "Headline", "active")); err != nil || code != 201 {
		t.Fatalf("publish: %d %s %v", code, body, err)
	}
	client := &mllp.Client{Address: nodes[0].mllp}
	t.Cleanup(func() { _ = client.Close() })
	answer, err := client.Send(t.Context(), []byte("MSH|^~\\&|PAS|RQW|UCPALERT|UCPALERT|20261122120000||ADT^A04|1|P|2.4\rEVN|A04|20261122120000\rPID|1||"+killPatients[0]+"^^^NHS||Testcase^Ann||19800213|2\rPV1|1|E|AE^^^RQWG0||||||||||||||||V1\r"))
	if err != nil || !bytes.Contains(answer, []byte("MSA|AA|1")) {
		t.Fatalf("answer %q, %v", answer, err)
	}
	if err := screen.wait("the alert at the other node", func() bool { return len(screen.frames) == 1 }); err != nil {
		t.Fatal(err)
	}
	if done, err := screen.send("acknowledge", screen.frames[0].Alert.ID); err != nil || done.Type != "done" {
		t.Fatalf("acknowledging at the other node: %+v, %v", done, err)
	}
	if err := screen.wait("the acknowledgement", func() bool { return len(screen.frames) == 2 && screen.frames[1].Change == "acknowledged" }); err != nil {
		t.Fatal(err)
	}
}
