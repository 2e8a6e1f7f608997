package mllp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// Reasons why a frame could not be read. A [FrameError] carries one of them.
var (
	ErrTooLarge = errors.New("message is larger than the limit")
	ErrLostEnd  = errors.New("a new message began before the end of this one")
	ErrCut      = errors.New("connection ended inside a message")
	ErrStalled  = errors.New("message did not arrive in time")
	ErrRubbish  = errors.New("too many bytes that belong to no message")
)

// FrameError says that a frame was not whole. Its text holds nothing of the message.
type FrameError struct {
	Reason error  // ErrTooLarge, ErrLostEnd, ErrCut, ErrStalled or ErrRubbish
	Head   []byte // what was read of the message, for whoever wants to name it in an answer; of one that is too large, its beginning
}

func (e *FrameError) Error() string {
	if e.Reason == ErrTooLarge {
		return fmt.Sprintf("read frame: %v", e.Reason)
	}
	return fmt.Sprintf("read frame (%d bytes read): %v", len(e.Head), e.Reason)
}

func (e *FrameError) Unwrap() error { return e.Reason }

// Resumable reports whether the next message can still be found after this error.
func (e *FrameError) Resumable() bool { return e.Reason == ErrLostEnd }

// readBuffer holds several usual messages, so that a pipelining sender costs few reads.
const readBuffer = 8 << 10

// headBytes is how much is kept of a message that is too large: enough for any MSH.
const headBytes = 4 << 10

// rooms are where messages are put together, *[]byte. They are used again: a sender of messages that are too large costs reading, and no memory
// that has to be cleared and collected while others wait.
var rooms = sync.Pool{New: func() any { return new([]byte) }}

var (
	segmentMSH   = []byte("MSH")
	startThenMSH = []byte{startBlock, 'M', 'S', 'H'}
)

// Reader takes messages out of a stream. It is for one goroutine.
type Reader struct {
	stream       *bufio.Reader
	messageBytes int
	rubbishBytes int

	inside  bool   // between the first and the last byte of a message
	waiting []byte // content that followed a lost end and is complete; nil if none

	skipped      int64
	missingStart int64
}

// NewReader reads messages from stream. Of limits it uses MessageBytes and RubbishBytes.
func NewReader(stream io.Reader, limits Limits) *Reader {
	limits = limits.withDefaults()
	return &Reader{
		stream:       bufio.NewReaderSize(stream, readBuffer),
		messageBytes: limits.MessageBytes,
		rubbishBytes: limits.RubbishBytes,
	}
}

// Skipped is the number of bytes so far that belonged to no message.
func (r *Reader) Skipped() int64 { return r.skipped }

// MissingStart is the number of messages so far that came without their 0B.
func (r *Reader) MissingStart() int64 { return r.missingStart }

// Next returns the next message without its frame. The slice is the caller's to keep.
//
// It returns io.EOF when the stream ends between messages, a [*FrameError] for a message that is not whole, and otherwise the
// stream's own error, wrapped. After a FrameError that is Resumable, Next goes on with the message that follows.
func (r *Reader) Next() ([]byte, error) {
	if r.waiting == nil {
		message, err := r.read()
		if err != nil {
			return nil, err
		}
		r.waiting = message
	}
	return r.hand()
}

// hand gives out the waiting content: all of it, or what stands before the next message if an end was lost on the way.
func (r *Reader) hand() ([]byte, error) {
	for {
		content := r.waiting
		i := bytes.Index(content, startThenMSH)
		if i < 0 {
			r.waiting = nil
			return content, nil
		}
		before := content[:i:i]
		r.waiting = content[i+1:]
		switch {
		case len(bytes.TrimLeft(before, "\x0b\r\n\x00 ")) == 0: // a start byte sent twice
			r.skipped += int64(i + 1)
		case before[i-1] == endBlock: // the end lost only its 0D
			return before[:i-1], nil
		default:
			return nil, &FrameError{Reason: ErrLostEnd, Head: before}
		}
	}
}

// read finds a start and reads up to the end.
func (r *Reader) read() ([]byte, error) {
	defer func() { r.inside = false }()
	if err := r.findStart(); err != nil {
		return nil, err
	}
	r.inside = true
	return r.readToEnd()
}

// findStart skips what is between messages. When it returns nil the stream stands on the first byte of content.
func (r *Reader) findStart() error {
	var skipped []byte
	previous := byte('\n') // the beginning of the stream begins a line
	for {
		b, err := r.stream.ReadByte()
		switch {
		case err == io.EOF:
			return io.EOF
		case err != nil:
			return r.interrupted(nil, err)
		case b == startBlock:
			return nil
		case b == 'M' && beginsLine(previous):
			found, err := r.bareMSH()
			if err != nil || found {
				return err
			}
		}
		r.skipped++
		if skipped = append(skipped, b); len(skipped) > r.rubbishBytes {
			return &FrameError{Reason: ErrRubbish, Head: skipped}
		}
		previous = b
	}
}

// beginsLine reports whether a message may start after b: a line end, a zero, or the last byte of a byte-order mark.
func beginsLine(b byte) bool {
	switch b {
	case '\r', '\n', 0, 0xBF, 0xFE, 0xFF:
		return true
	}
	return false
}

// bareMSH looks, after an M, whether a message begins there without its 0B. If so the stream stands on the M again.
func (r *Reader) bareMSH() (bool, error) {
	if err := r.stream.UnreadByte(); err != nil {
		return false, fmt.Errorf("step back to the start of a message: %w", err)
	}
	r.inside = true // to wait for these bytes is to wait inside a message
	next, err := r.stream.Peek(len(segmentMSH) + 1)
	r.inside = false
	if err != nil && err != io.EOF {
		return false, r.interrupted(bytes.Clone(next), err)
	}
	if err == nil && bytes.HasPrefix(next, segmentMSH) && separates(next[len(segmentMSH)]) {
		r.missingStart++
		return true, nil
	}
	if _, err := r.stream.Discard(1); err != nil {
		return false, fmt.Errorf("step over a letter that begins no message: %w", err)
	}
	return false, nil
}

// separates reports whether b may be MSH-1, the field separator.
func separates(b byte) bool {
	word := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
	return b > ' ' && b < 0x7F && !word
}

// readToEnd reads content up to 1C 0D and returns it without these.
func (r *Reader) readToEnd() ([]byte, error) {
	room := rooms.Get().(*[]byte)
	defer rooms.Put(room)
	err := r.fill(room)
	if err != nil {
		return nil, err
	}
	return bytes.Clone(*room), nil
}

// fill reads content up to 1C 0D into a room. What an error holds of it is a copy.
func (r *Reader) fill(room *[]byte) error {
	*room = (*room)[:0]
	for {
		chunk, err := r.stream.ReadSlice(endBlock)
		size := len(*room) + len(chunk)
		if r.tooLarge(size, err == nil) {
			return &FrameError{Reason: ErrTooLarge, Head: r.head(*room, chunk)}
		}
		if size > cap(*room) {
			*room = slices.Grow(*room, max(len(chunk), len(*room))) // doubled, and not by a quarter as append does
		}
		*room = append(*room, chunk...)
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			return r.interrupted(bytes.Clone(*room), err)
		}
		ended, err := r.endsHere(*room)
		if err != nil {
			return err
		}
		if ended {
			*room = (*room)[:len(*room)-1]
			return nil
		}
	}
}

// head is the beginning of a message that is too large.
func (r *Reader) head(content, chunk []byte) []byte {
	head := bytes.Clone(content[:min(len(content), headBytes)])
	more := max(min(headBytes, r.messageBytes)-len(head), 0)
	return append(head, chunk[:min(len(chunk), more)]...)
}

// tooLarge reports whether size bytes are over the limit, of which the last may be a 1C that is no content.
func (r *Reader) tooLarge(size int, endBlockIncluded bool) bool {
	if endBlockIncluded {
		size--
	}
	return size > r.messageBytes
}

// endsHere looks, after a 1C, whether the message ends. The end of the stream and silence in place of the 0D end it too.
func (r *Reader) endsHere(content []byte) (bool, error) {
	b, err := r.stream.ReadByte()
	switch {
	case err == io.EOF, errors.Is(err, ErrStalled):
		return true, nil
	case err != nil:
		return false, r.interrupted(bytes.Clone(content), err)
	case b == carriageReturn:
		return true, nil
	}
	if err := r.stream.UnreadByte(); err != nil {
		return false, fmt.Errorf("step back after 1C: %w", err)
	}
	return false, nil
}

// interrupted names a stream that ended, or fell silent, before the message was whole.
func (r *Reader) interrupted(content []byte, err error) error {
	switch {
	case err == io.EOF:
		return &FrameError{Reason: ErrCut, Head: content}
	case errors.Is(err, ErrStalled):
		return &FrameError{Reason: ErrStalled, Head: content}
	}
	return fmt.Errorf("read frame: %w", err)
}
