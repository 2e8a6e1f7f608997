package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/alerts"
	"github.com/ucpalert/ucpalert/hl7/mllp"
	"github.com/ucpalert/ucpalert/journal"
	"github.com/ucpalert/ucpalert/plans"
	"github.com/ucpalert/ucpalert/sql"
)

// killPatients have a plan each; most messages are about patients without one.
var killPatients = []string{"9991000003", "9991000011", "9991000038", "9991000046", "9991000054"}

// ledgerLine is one line of the ledger, kept outside the service: what was sent and answered AA.
type ledgerLine struct {
	control, visit string
	hash           [32]byte
	flagged        bool
}

// TestNothingAnsweredIsLost kills the service again and again under load and then compares what was answered AA with what is on disk.
// UCPALERT_TEST_KILLS is how often; 50 by default.
func TestNothingAnsweredIsLost(t *testing.T) {
	kills := 50
	if n, err := strconv.Atoi(os.Getenv("UCPALERT_TEST_KILLS")); err == nil {
		kills = n
	}
	folder := t.TempDir()
	httpAddress, mllpAddress := freeAddress(t), freeAddress(t)
	config, err := writeTestConfig(folder, httpAddress, mllpAddress, "")
	if err != nil {
		t.Fatal(err)
	}
	start := func() *exec.Cmd {
		process, _ := serving(t, config)
		return process
	}
	process := start()
	for i, nhs := range killPatients {
		id := fmt.Sprint("plan-", i)
		if code, body, err := putPlan(httpAddress, "demo-centre-RP4", id, planJSON(id, nhs, bornWith(nhs), "Headline", "active")); err != nil || code != 201 {
			t.Fatalf("publish: %d %s %v", code, body, err)
		}
	}
	load := startLoad(t.Context(), mllpAddress)
	for cycle := range kills {
		time.Sleep(time.Duration(100+cycle%7*40) * time.Millisecond)
		if err := process.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = process.Wait() // it was killed; that is its error
		process = start()
	}
	ledger := load.end()
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = process.Wait()
	if len(ledger) < kills*10 {
		t.Fatalf("only %d messages were answered AA: that proves nothing", len(ledger))
	}
	t.Logf("%d kills, %d messages answered AA", kills, len(ledger))
	compareLedger(t, filepath.Join(folder, "data"), ledger)
}

// killLoad is eight hospitals' connections that send, wait, and send again what was not answered.
type killLoad struct {
	cancel context.CancelFunc
	all    sync.WaitGroup
	mu     sync.Mutex
	ledger []ledgerLine
}

func startLoad(ctx context.Context, address string) *killLoad {
	ctx, cancel := context.WithCancel(ctx)
	l := &killLoad{cancel: cancel}
	for c := range 8 {
		l.all.Go(func() { l.send(ctx, address, c) })
	}
	return l
}

func (l *killLoad) end() []ledgerLine {
	l.cancel()
	l.all.Wait()
	return l.ledger
}

// bornWith is the date of birth of whoever has a number, or has none: people of one name are told apart by it.
func bornWith(nhs string) string {
	if nhs == "" {
		return "1908-06-29"
	}
	k := int(nhs[7]-'0')*10 + int(nhs[8]-'0')
	return fmt.Sprintf("%d-%02d-%02d", 1931+k*7%80, 1+k%12, 1+(k+9)%28)
}

func (l *killLoad) send(ctx context.Context, address string, connection int) {
	client := &mllp.Client{Address: address, Timeout: 10 * time.Second}
	defer func() { _ = client.Close() }()
	for n := 0; ctx.Err() == nil; n++ {
		line := ledgerLine{control: fmt.Sprintf("%d-%d", connection, n), visit: fmt.Sprintf("K%d-%d", connection, n), flagged: n%20 == 0}
		nhs := ""
		if line.flagged {
			nhs = killPatients[n/20%len(killPatients)]
		}
		message := fmt.Appendf(nil, "MSH|^~\\&|KILL|RQW|UCPALERT|UCPALERT|20261122120000||ADT^A04|%s|P|2.4\rEVN|A04|20261122120000\rPID|1||%s^^^NHS||Testcase^Ann||%s|2\rPV1|1|E|AE^^^RQWG0||||||||||||||||%s\r", line.control, nhs, strings.ReplaceAll(bornWith(nhs), "-", ""), line.visit)
		line.hash = sha256.Sum256(message)
		for ctx.Err() == nil {
			answer, err := client.Send(ctx, message)
			if err == nil && bytes.Contains(answer, []byte("MSA|AA|"+line.control)) {
				l.mu.Lock()
				l.ledger = append(l.ledger, line)
				l.mu.Unlock()
				break
			}
			_ = client.Close() // whatever comes late on the old connection is not the answer to the resend
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// errJustLooking ends the transaction that looks, so that it changes nothing.
var errJustLooking = errors.New("just looking")

func compareLedger(t *testing.T, folder string, ledger []ledgerLine) {
	t.Helper()
	db, err := sql.Open(t.Context(), sql.Options{DataDir: folder})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	store := sql.NewStore(db)
	flagged := map[string]bool{}
	err = store.Write(t.Context(), func(tx alerts.Tx) error {
		for _, line := range ledger {
			if _, found, err := tx.Attendance("RQW", line.visit); err != nil || !found {
				t.Errorf("visit %s was answered AA and is lost (%v)", line.visit, err)
			}
			if isNew, err := tx.Remember(alerts.Message{Sender: "KILL|RQW", ControlID: line.control, Hash: line.hash, Received: time.Now()}); err != nil || isNew {
				t.Errorf("message %s was answered AA, but a resend would be taken as new (%v)", line.control, err)
			}
			if line.flagged {
				flagged[line.visit] = true
			}
		}
		return errJustLooking
	})
	if !errors.Is(err, errJustLooking) {
		t.Fatal(err)
	}
	_, board, err := store.Board(t.Context(), "RQW-AE")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]int{}
	for _, sight := range board {
		shown[sight.Attendance.Visit]++
		if sight.Plan.Status != plans.Active {
			t.Errorf("an alert of a plan that is %s", sight.Plan.Status)
		}
	}
	for visit := range flagged {
		if shown[visit] != 1 {
			t.Errorf("visit %s of a patient with a plan has %d alerts", visit, shown[visit])
		}
	}
	entries, err := store.After(t.Context(), 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	if err := journal.Verify(0, [32]byte{}, entries); err != nil {
		t.Error(err)
	}
}
