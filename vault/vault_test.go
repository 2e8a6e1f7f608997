package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func keyOf(b byte) (k Key) {
	for i := range k {
		k[i] = b + byte(i)
	}
	return k
}

func ringOf(numbers ...uint16) *Ring {
	r := NewRing(keyOf(99), nil)
	for _, n := range numbers {
		r.Add(n, keyOf(byte(n)))
	}
	return r
}

var here = Place{"attendance.patient", "0199-a"}

const (
	vectorSealed         = "017563530007a0a1a2a3a4a5a6a7000102030405060708090a0b709fc0d6b54b403edad67d6b18f0030cd6c1b45daf0d2a53a8f1e6a542b560f6cff4ee"
	vectorBlind          = "NOZyMJ58nxHmaCe3F3wQ7Q"
	vectorBlind64 uint64 = 0x72ae92087aefa81a
)

// The vectors were computed with another library (Python's cryptography) from the same inputs: keys of bytes that count up, salt a0 to a7, nonce 00 to 0b.
func TestWhatWasSealedOnceIsReadForEver(t *testing.T) {
	t.Parallel()
	sealed, err := hex.DecodeString(vectorSealed)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ringOf(7).Open(nil, sealed, here)
	if err != nil || string(got) != "9990000018 Testcase" {
		t.Fatalf("opened %q, %v", got, err)
	}
	if got := ringOf(7).Blind("nhs", "", "9990000018"); got != vectorBlind {
		t.Errorf("the blind index is %s", got)
	}
	if got := ringOf(7).Blind64(2, 0x0123456789abcdef); got != vectorBlind64 {
		t.Errorf("the blind index of 64 bits is %#x", got)
	}
}

func TestASealedValueIsReadInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	r := ringOf(1)
	sealed := r.Seal(nil, []byte("hydrocortisone at once"), here)
	if len(sealed) != len("hydrocortisone at once")+Overhead {
		t.Errorf("%d bytes", len(sealed))
	}
	for _, row := range []struct {
		what string
		at   Place
		want error
	}{
		{"its place", here, nil},
		{"another row", Place{here.Column, "0199-b"}, ErrForged},
		{"another column", Place{"plan.patient", here.Row}, ErrForged},
		{"a column and a row that are as long together", Place{here.Column + here.Row[:1], here.Row[1:]}, ErrForged},
	} {
		if _, err := r.Open(nil, sealed, row.at); !errors.Is(err, row.want) {
			t.Errorf("%s: %v", row.what, err)
		}
	}
	for i := range sealed {
		for bit := range 8 {
			forged := bytes.Clone(sealed)
			forged[i] ^= 1 << bit
			if got, err := r.Open(nil, forged, here); err == nil {
				t.Fatalf("bit %d of byte %d changed, and it says %q", bit, i, got)
			}
		}
	}
	for n := range sealed {
		if _, err := r.Open(nil, sealed[:n], here); err == nil {
			t.Fatalf("cut to %d bytes, and it opens", n)
		}
	}
}

func TestKeysAreReplacedWhileBothAreRead(t *testing.T) {
	t.Parallel()
	r := ringOf(1)
	before := r.Seal(nil, []byte("before"), here)
	r.Add(2, keyOf(2))
	after := r.Seal(nil, []byte("after"), here)
	if n, ok := KeyOf(after); !ok || n != 2 || r.Newest() != 2 {
		t.Errorf("sealed with key %d", n)
	}
	for text, sealed := range map[string][]byte{"before": before, "after": after} {
		if got, err := r.Open(nil, sealed, here); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	if _, err := ringOf(2).Open(nil, before, here); !errors.Is(err, ErrNoKey) {
		t.Errorf("without key 1: %v", err)
	}
	var asked []uint16
	var late *Ring
	late = NewRing(keyOf(99), func(n uint16) error {
		asked = append(asked, n)
		late.Add(n, keyOf(byte(n)))
		return nil
	})
	late.Add(1, keyOf(1))
	if got, err := late.Open(nil, after, here); err != nil || string(got) != "after" || len(asked) != 1 {
		t.Errorf("a key that another node made: %q, %v, asked for %v", got, err, asked)
	}
}

func TestManySealAtOnceAndNoNonceComesTwice(t *testing.T) {
	t.Parallel()
	r := ringOf(1)
	var mu sync.Mutex
	seen := map[string]bool{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 500 {
				sealed := r.Seal(nil, []byte("x"), here)
				name := string(sealed[atSession:atText])
				mu.Lock()
				if seen[name] {
					t.Error("a nonce came twice")
				}
				seen[name] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
}

func TestASessionKeyEndsBeforeItsNoncesRepeat(t *testing.T) {
	t.Parallel()
	r := ringOf(1)
	first := r.Seal(nil, []byte("x"), here)
	r.mine.Load().left.Store(0)
	next := r.Seal(nil, []byte("y"), here)
	if bytes.Equal(first[atSession:atNonce], next[atSession:atNonce]) {
		t.Error("the session key goes on")
	}
	if got, err := r.Open(nil, first, here); err != nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestBlindIndexesTellKindsAndScopesApart(t *testing.T) {
	t.Parallel()
	r := ringOf(1)
	seen := map[string]string{}
	for _, in := range [][3]string{{"visit", "RQW", "1"}, {"visit", "RWG", "1"}, {"number", "RQW", "1"}, {"visit", "RQW", "2"}, {"visit", "", "RQW1"}, {"visit", "RQ", "W1"}} {
		index := r.Blind(in[0], in[1], in[2])
		if other, ok := seen[index]; ok {
			t.Errorf("%v has the index of %s", in, other)
		}
		seen[index] = fmt.Sprint(in)
		if index != ringOf(5).Blind(in[0], in[1], in[2]) {
			t.Error("the index changes with the data keys")
		}
	}
	if r.Blind64(1, 1) == r.Blind64(2, 1) || r.Blind64(1, 1) == r.Blind64(1, 2) {
		t.Error("two keys of 64 bits have one index")
	}
}

func TestAWrappedKeyIsOpenedByItsMasterForItsPurpose(t *testing.T) {
	t.Parallel()
	master, k := keyOf(3), keyOf(4)
	wrapped := master.Wrap(k, "data 1")
	if got, err := master.Unwrap(wrapped, "data 1"); err != nil || got != k {
		t.Error(err)
	}
	if _, err := keyOf(5).Unwrap(wrapped, "data 1"); !errors.Is(err, ErrForged) {
		t.Errorf("another master: %v", err)
	}
	if _, err := master.Unwrap(wrapped, "data 2"); !errors.Is(err, ErrForged) {
		t.Errorf("another purpose: %v", err)
	}
	if _, err := master.Unwrap(wrapped[1:], "data 1"); !errors.Is(err, ErrForged) {
		t.Errorf("cut: %v", err)
	}
	if text := fmt.Sprintf("%v %s %+v %#v %x", k, k, k, k, k); text != "key key key key "+hex.EncodeToString([]byte("key")) {
		t.Errorf("a key prints as %s", text)
	}
}

func TestTheMasterKeyComesFromAFileACredentialOrACommand(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "made", "data.key")
	ctx := t.Context()
	if _, _, err := (Source{File: file}).Master(ctx, true); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Fatalf("a missing file is made though something was sealed: %v", err)
	}
	master, made, err := Source{File: file}.Master(ctx, false)
	if err != nil || made != file {
		t.Fatalf("made %q, %v", made, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if again, made, err := (Source{File: file}).Master(ctx, true); err != nil || made != "" || again != master {
		t.Errorf("read again: made %q, %v", made, err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", filepath.Dir(file))
	if got, _, err := (Source{Credential: "data.key"}).Master(ctx, true); err != nil || got != master {
		t.Errorf("as a credential: %v", err)
	}
	if got, _, err := (Source{Command: []string{"cat", file}}).Master(ctx, true); err != nil || got != master {
		t.Errorf("from a command: %v", err)
	}
	if _, _, err := (Source{Command: []string{"sh", "-c", "echo no such key >&2; exit 3"}}).Master(ctx, true); err == nil || !strings.Contains(err.Error(), "no such key") {
		t.Errorf("a command that fails: %v", err)
	}
	if _, _, err := (Source{Command: []string{"echo", "short"}}).Master(ctx, true); err == nil || strings.Contains(err.Error(), "short") {
		t.Errorf("a command that prints no key: %v", err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := (Source{File: file}).Master(ctx, true); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that everybody reads: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	r := ringOf(1, 2)
	f.Add(r.Seal(nil, []byte("hydrocortisone"), here))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := r.Open(nil, in, here)
		if err == nil && string(got) != "hydrocortisone" {
			t.Errorf("%q opens as %q", in, got)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	r := ringOf(1)
	value := bytes.Repeat([]byte("a"), 120)
	var to []byte
	b.ReportAllocs()
	for b.Loop() {
		to = r.Seal(to[:0], value, here)
	}
}

func BenchmarkOpen(b *testing.B) {
	r := ringOf(1)
	sealed := r.Seal(nil, bytes.Repeat([]byte("a"), 120), here)
	var to []byte
	b.ReportAllocs()
	for b.Loop() {
		to, _ = r.Open(to[:0], sealed, here)
	}
}

func BenchmarkBlind(b *testing.B) {
	r := ringOf(1)
	b.ReportAllocs()
	for b.Loop() {
		_ = r.Blind("visit", "RQW", "V1234567")
	}
}

func BenchmarkBlind64(b *testing.B) {
	r := ringOf(1)
	b.ReportAllocs()
	for b.Loop() {
		_ = r.Blind64(1, 42)
	}
}
