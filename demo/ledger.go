package demo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Sent is one message that was sent, and what became of it.
type Sent struct {
	// Control is MSH-10, Visit PV1-19, Trust the ODS code of the sending hospital (MSH-4).
	Control, Visit, Trust string
	// NHSNumber is the patient's, and Flagged whether the patient is one of those with a plan.
	NHSNumber string
	Flagged   bool
	// Code is the answer, such as "AA"; empty if none came.
	Code string
}

// record is a Sent in 32 bytes.
type record struct {
	run      int64 // in milliseconds since 1970
	number   uint64
	person   int32
	hospital int8
	flagged  bool
	code     [2]byte
}

func (r record) sent() Sent {
	run := time.UnixMilli(r.run)
	return Sent{
		Control: controlID(run, r.number), Visit: visitNumber(run, r.number), Trust: hospitals[r.hospital].trust,
		NHSNumber: strconv.FormatInt(nhsNumberAt(int(r.person)), 10), Flagged: r.flagged,
		Code: strings.TrimRight(string(r.code[:]), "\x00"),
	}
}

// Ledger keeps what was sent and what was answered, apart from the server's own disk. One ledger may go through many loads, one after the
// other or at once. The zero value is empty.
type Ledger struct {
	mu      sync.Mutex
	records []record
}

func (l *Ledger) add(r record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, r)
}

// Len is how many messages the ledger holds.
func (l *Ledger) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.records)
}

// All lists what the ledger held when it was called.
func (l *Ledger) All() iter.Seq[Sent] {
	l.mu.Lock()
	records := slices.Clip(l.records)
	l.mu.Unlock()
	return func(yield func(Sent) bool) {
		for _, r := range records {
			if !yield(r.sent()) {
				return
			}
		}
	}
}

// noAnswer stands for the code of a message without an answer.
const noAnswer = "-"

// WriteTo writes one line a message: control id, visit, trust, NHS number, "flagged" or "plain", and the answered code or "-".
func (l *Ledger) WriteTo(w io.Writer) (int64, error) {
	out := bufio.NewWriter(w)
	var written int64
	for s := range l.All() {
		kind := "plain"
		if s.Flagged {
			kind = "flagged"
		}
		if s.Code == "" {
			s.Code = noAnswer
		}
		n, err := fmt.Fprintln(out, s.Control, s.Visit, s.Trust, s.NHSNumber, kind, s.Code)
		written += int64(n)
		if err != nil {
			return written, fmt.Errorf("write the ledger: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return written, fmt.Errorf("write the ledger: %w", err)
	}
	return written, nil
}

// ReadLedger reads what WriteTo wrote.
func ReadLedger(r io.Reader) ([]Sent, error) {
	var all []Sent
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		w := strings.Fields(lines.Text())
		if len(w) != 6 || w[4] != "flagged" && w[4] != "plain" {
			return nil, fmt.Errorf("read the ledger: line %d: %w", len(all)+1, errLedgerLine)
		}
		s := Sent{Control: w[0], Visit: w[1], Trust: w[2], NHSNumber: w[3], Flagged: w[4] == "flagged", Code: w[5]}
		if s.Code == noAnswer {
			s.Code = ""
		}
		all = append(all, s)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return all, nil
}

var errLedgerLine = errors.New("a line has control id, visit, trust, NHS number, flagged or plain, and code")
