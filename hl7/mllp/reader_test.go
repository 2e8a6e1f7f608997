package mllp

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	arrival = "MSH|^~\\&|EPR|RQW|||20261122140000||ADT^A04|42|P|2.4\rPID|1||9990000018^^^NHS^NH\r"
	update  = "MSH|^~\\&|EPR|RQW|||20261122140100||ADT^A08|43|P|2.4\rPID|1||9990000018^^^NHS^NH\r"
)

func frame(message string) string { return string(AppendFrame(nil, []byte(message))) }

// readAll writes down, one line each, what a reader makes of a stream.
func readAll(stream io.Reader, limits Limits) (lines []string) {
	reader := NewReader(stream, limits)
	for {
		message, err := reader.Next()
		var damage *FrameError
		switch {
		case err == nil:
			lines = append(lines, "message "+string(message))
			continue
		case errors.As(err, &damage):
			lines = append(lines, damage.Reason.Error()+": "+string(damage.Head))
			if damage.Resumable() {
				continue
			}
		case err != io.EOF:
			lines = append(lines, "error "+err.Error())
		}
		return lines
	}
}

func TestWhatIsReadFromTheWire(t *testing.T) {
	for _, row := range []struct {
		name   string
		stream string
		want   []string
	}{
		{"one message in its frame", frame(arrival), []string{"message " + arrival}},
		{"nothing at all", "", nil},
		{"several frames in one read", frame(arrival) + frame(update) + frame(arrival), []string{"message " + arrival, "message " + update, "message " + arrival}},
		{"an LF after the final CR", frame(arrival) + "\n" + frame(update) + "\r\n", []string{"message " + arrival, "message " + update}},
		{"a byte-order mark before 0x0B", "\xEF\xBB\xBF" + frame(arrival), []string{"message " + arrival}},
		{"a byte-order mark after 0x0B is for whoever reads the text", frame("\xEF\xBB\xBF" + arrival), []string{"message \xEF\xBB\xBF" + arrival}},
		{"bytes before the start byte", "hello Much rubbish" + frame(arrival), []string{"message " + arrival}},
		{"a web browser", "GET / HTTP/1.1\r\nHost: MSH\r\n\r\n", nil},
		{"a message without its start byte", arrival + "\x1c\r" + frame(update), []string{"message " + arrival, "message " + update}},
		{"a byte-order mark and no start byte", "\xEF\xBB\xBF" + arrival + "\x1c\r", []string{"message " + arrival}},
		{"a missing start byte in the middle of a feed", frame(update) + "\r\n" + arrival + "\x1c\r" + frame(update), []string{"message " + update, "message " + arrival, "message " + update}},
		{"the start byte sent twice", "\x0b" + frame(arrival), []string{"message " + arrival}},
		{"0x0B inside a message is content", frame("MSH|^~\\&|a\x0bb\rNTE|1||line\x0bMSHA"[:22]), []string{"message MSH|^~\\&|a\x0bb\rNTE|1||li"}},
		{"0x1C inside a message is content", frame("MSH|^~\\&|a\x1cb\x1c\x1c"), []string{"message MSH|^~\\&|a\x1cb\x1c\x1c"}},
		{"a new message before the end of the last", "\x0b" + arrival[:30] + frame(update), []string{ErrLostEnd.Error() + ": " + arrival[:30], "message " + update}},
		{"two lost ends", "\x0bMSH|1\r\x0bMSH|2\r" + frame("MSH|3\r"), []string{ErrLostEnd.Error() + ": MSH|1\r", ErrLostEnd.Error() + ": MSH|2\r", "message MSH|3\r"}},
		{"an end that lost its 0D, and a next message", "\x0b" + arrival + "\x1c" + frame(update), []string{"message " + arrival, "message " + update}},
		{"an end that lost its 0D, and the end of the stream", "\x0b" + arrival + "\x1c", []string{"message " + arrival}},
		{"a cut in the middle", frame(update) + "\x0b" + arrival[:50], []string{"message " + update, ErrCut.Error() + ": " + arrival[:50]}},
		{"a cut after the start byte", "\x0b", []string{ErrCut.Error() + ": "}},
		{"an end without a message", "\x1c\r" + frame(arrival), []string{"message " + arrival}},
		{"an empty frame", "\x0b\x1c\r" + frame(arrival), []string{"message ", "message " + arrival}},
		{"UTF-16 is framed as any bytes are", frame("\xff\xfeM\x00S\x00H\x00|\x00"), []string{"message \xff\xfeM\x00S\x00H\x00|\x00"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			for how, stream := range map[string]io.Reader{
				"all at once":                        strings.NewReader(row.stream),
				"one byte a segment":                 iotest.OneByteReader(strings.NewReader(row.stream)),
				"the end of the stream with content": iotest.DataErrReader(strings.NewReader(row.stream)),
			} {
				if diff := cmp.Diff(row.want, readAll(stream, Limits{})); diff != "" {
					t.Errorf("%s (-want +got):\n%s", how, diff)
				}
			}
		})
	}
}

func TestTheSizeLimitIsExact(t *testing.T) {
	const limit = 20_000 // more than a read buffer, so that a message comes in pieces
	for _, row := range []struct {
		name   string
		stream string
		want   string
	}{
		{"a message of just the limit", frame(strings.Repeat("a", limit)), "message"},
		{"one byte more", frame(strings.Repeat("a", limit+1)), ErrTooLarge.Error()},
		{"one byte more without an end", "\x0b" + strings.Repeat("a", limit+1), ErrTooLarge.Error()},
		{"just the limit without an end", "\x0b" + strings.Repeat("a", limit), ErrCut.Error()},
		{"0x1C as the byte too many", frame(strings.Repeat("a", limit) + "\x1c" + "b"), ErrTooLarge.Error()},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := readAll(strings.NewReader(row.stream), Limits{MessageBytes: limit})
			if len(got) != 1 || !strings.HasPrefix(got[0], row.want) {
				t.Errorf("got %.60q, want one %s", got, row.want)
			}
		})
	}
}

// endless is a message that never ends and counts what was taken of it.
type endless struct{ taken int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	if e.taken == 0 {
		p[0] = startBlock
	}
	e.taken += len(p)
	return len(p), nil
}

func TestAMessageWithoutEndIsReadNoFurtherThanTheLimit(t *testing.T) {
	const limit = 100_000
	source := &endless{}
	_, err := NewReader(source, Limits{MessageBytes: limit}).Next()
	var damage *FrameError
	if !errors.As(err, &damage) || damage.Reason != ErrTooLarge || damage.Resumable() {
		t.Fatalf("got %v, want an unresumable %v", err, ErrTooLarge)
	}
	if len(damage.Head) != headBytes || cap(damage.Head) > 4*headBytes {
		t.Errorf("kept %d bytes in room for %d, want the first %d", len(damage.Head), cap(damage.Head), headBytes)
	}
	if most := limit + 2*readBuffer; source.taken > most {
		t.Errorf("took %d bytes from the network, want at most %d", source.taken, most)
	}
}

// A room is used again; what was handed out of it is the caller's.
func TestAMessageStaysAsItIsWhenOthersAreRead(t *testing.T) {
	for _, size := range []int{10, 3 * readBuffer} {
		first, cut := strings.Repeat("a", size), strings.Repeat("b", size)
		one, err := NewReader(strings.NewReader(frame(first)), Limits{}).Next()
		if err != nil {
			t.Fatal(err)
		}
		_, err = NewReader(strings.NewReader("\x0b"+cut), Limits{}).Next()
		damage, ok := errors.AsType[*FrameError](err)
		if !ok {
			t.Fatal(err)
		}
		if _, err := NewReader(strings.NewReader(frame(strings.Repeat("c", size))), Limits{}).Next(); err != nil {
			t.Fatal(err)
		}
		if string(one) != first || string(damage.Head) != cut {
			t.Errorf("of %d bytes, what was read before has changed", size)
		}
	}
}

func TestRubbishIsBoundedAndCounted(t *testing.T) {
	const limit = 100
	reader := NewReader(strings.NewReader(strings.Repeat("?", limit)+frame(arrival)+strings.Repeat("?", limit+1)), Limits{RubbishBytes: limit})
	if _, err := reader.Next(); err != nil {
		t.Fatalf("after as many bytes as allowed: %v", err)
	}
	if got := reader.Skipped(); got != limit {
		t.Errorf("counted %d skipped bytes, want %d", got, limit)
	}
	if _, err := reader.Next(); !errors.Is(err, ErrRubbish) {
		t.Errorf("after one byte too many: %v, want %v", err, ErrRubbish)
	}
}

func TestErrorTextsHoldNothingOfTheMessage(t *testing.T) {
	_, err := NewReader(strings.NewReader("\x0b"+arrival), Limits{}).Next()
	if err == nil || strings.Contains(err.Error(), "9990000018") || strings.Contains(err.Error(), "MSH") {
		t.Errorf("got %v", err)
	}
}

func TestAMessageIsTheCallersToKeep(t *testing.T) {
	reader := NewReader(strings.NewReader(frame(arrival)+frame(update)), Limits{})
	first, err := reader.Next()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.Next(); err != nil {
		t.Fatal(err)
	}
	if string(first) != arrival {
		t.Error("reading the second message changed the first")
	}
}

// chunks gives out a stream in pieces of given lengths, then the rest.
type chunks struct {
	rest  []byte
	sizes []int
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		return 0, io.EOF
	}
	n := len(c.rest)
	if len(c.sizes) > 0 {
		n, c.sizes = min(c.sizes[0], n), c.sizes[1:]
	}
	n = copy(p, c.rest[:n])
	c.rest = c.rest[n:]
	return n, nil
}

func TestAnyChunkingOfTheBytesGivesTheSameMessages(t *testing.T) {
	limits := Limits{MessageBytes: 3000, RubbishBytes: 200}
	pieces := rapid.SampledFrom([]string{
		arrival, update, "\x0b", "\x1c", "\r", "\n", "\x1c\r", "M", "MS", "MSH", "MSH|", "\xef\xbb\xbf", "\x00", "é", "|", strings.Repeat("x", 1500),
	})
	rapid.Check(t, func(t *rapid.T) {
		stream := strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "stream"), "")
		sizes := rapid.SliceOf(rapid.IntRange(1, 40)).Draw(t, "sizes")
		whole := readAll(strings.NewReader(stream), limits)
		pieced := readAll(&chunks{[]byte(stream), sizes}, limits)
		if diff := cmp.Diff(whole, pieced); diff != "" {
			t.Fatalf("chunking changed what was read (-whole +pieced):\n%s", diff)
		}
	})
}

func TestMessagesComeOutAsTheyWentIn(t *testing.T) {
	content := rapid.SliceOf(rapid.Byte().Filter(func(b byte) bool { return b != startBlock && b != endBlock }))
	rapid.Check(t, func(t *rapid.T) {
		messages := rapid.SliceOf(content).Draw(t, "messages")
		var stream []byte
		var want []string
		for _, message := range messages {
			stream = AppendFrame(stream, message)
			want = append(want, "message "+string(message))
		}
		sizes := rapid.SliceOf(rapid.IntRange(1, 40)).Draw(t, "sizes")
		if diff := cmp.Diff(want, readAll(&chunks{stream, sizes}, Limits{})); diff != "" {
			t.Fatalf("(-sent +read):\n%s", diff)
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(frame(arrival)), uint8(1))
	f.Add([]byte("\x0bMSH|1\r"+frame("MSH|2")), uint8(3))
	f.Add([]byte("\xef\xbb\xbfMSH|\x1c\x1c\x0bMSH"), uint8(7))
	f.Fuzz(func(t *testing.T, stream []byte, size uint8) {
		limits := Limits{MessageBytes: 64, RubbishBytes: 32}
		sizes := bytes.Repeat([]byte{size%9 + 1}, len(stream))
		pieced := &chunks{rest: stream}
		for _, s := range sizes {
			pieced.sizes = append(pieced.sizes, int(s))
		}
		whole := readAll(bytes.NewReader(stream), limits)
		if diff := cmp.Diff(whole, readAll(pieced, limits)); diff != "" {
			t.Errorf("chunking changed what was read (-whole +pieced):\n%s", diff)
		}
		for _, line := range whole {
			if len(line) > limits.MessageBytes+100 {
				t.Errorf("%d bytes given out, limit %d", len(line), limits.MessageBytes)
			}
		}
	})
}
