package people

import (
	"os"
	"strings"
	"testing"
	"time"
)

var costOfUse = hashMemory

func TestMain(m *testing.M) {
	hashMemory = 256
	os.Exit(m.Run())
}

// RFC 6238 appendix B gives eight digits for SHA-1; the last six of them are the code of six.
func TestCodesAreThoseOfRFC6238(t *testing.T) {
	secret := secretCode.EncodeToString([]byte("12345678901234567890"))
	for seconds, want := range map[int64]string{59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"} {
		if got := Code(secret, time.Unix(seconds, 0)); got != want[2:] {
			t.Errorf("at %d: %s, want %s", seconds, got, want[2:])
		}
	}
}

func TestACodeHoldsForAMomentAndOnce(t *testing.T) {
	secret, now := newSecret(), time.Unix(1_800_000_015, 0)
	typed := Code(secret, now)
	step, ok := checkCode(secret, " "+typed[:3]+" "+typed[3:]+" ", 0, now)
	if !ok {
		t.Fatal("the present code is refused")
	}
	for _, row := range []struct {
		what  string
		typed string
		last  int64
		at    time.Time
		ok    bool
	}{
		{"by a clock that is half a minute late", typed, 0, now.Add(30 * time.Second), true},
		{"by a clock that is half a minute early", typed, 0, now.Add(-30 * time.Second), true},
		{"a minute late", typed, 0, now.Add(time.Minute), false},
		{"used already", typed, step, now, false},
		{"an older one after a newer was used", Code(secret, now.Add(-30*time.Second)), step, now, false},
		{"too short", typed[:5], 0, now, false},
		{"nothing", "", 0, now, false},
	} {
		if _, ok := checkCode(secret, row.typed, row.last, row.at); ok != row.ok {
			t.Errorf("%s: %v", row.what, ok)
		}
	}
	if _, ok := checkCode("", code(nil, stepAt(now)), 0, now); ok {
		t.Error("an account without a secret takes a code")
	}
	if !strings.HasPrefix(keyURI(secret, "a.nurse"), "otpauth://totp/ucpalert:a.nurse?") {
		t.Error(keyURI(secret, "a.nurse"))
	}
}

func TestWhatAPasswordMustBe(t *testing.T) {
	for password, want := range map[string]error{
		"elevenchars":                      ErrShort,
		"éééééééééééé":                     ErrCommon,
		"Password1234!":                    ErrCommon,
		"Hospital2026!!":                   ErrCommon,
		"passwordpassword":                 ErrCommon,
		"123456789012":                     ErrCommon,
		"abcdefghijklm":                    ErrCommon,
		"aaaaaaaaaaaaaa":                   ErrCommon,
		"i am a.nurse here":                ErrCommon,
		strings.Repeat("long and so ", 22): ErrLong,
		"tram violet bucket nine":          nil,
		"Tr4m-violet-b":                    nil,
	} {
		if got := checkPassword(password, "a.nurse"); got != want {
			t.Errorf("%q: %v, want %v", password, got, want)
		}
	}
}

func TestAPasswordIsKeptAsASlowHash(t *testing.T) {
	lowered := hashMemory
	hashMemory = costOfUse
	t.Cleanup(func() { hashMemory = lowered })
	one, two := hashPassword("tram violet bucket é"), hashPassword("tram violet bucket é")
	if one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s and %s", one, two)
	}
	if !verifyPassword(one, "tram violet bucket e\u0301") {
		t.Error("the same letters typed in another way are refused")
	}
	for _, hash := range []string{one, "", "$argon2id$", strings.Replace(one, "argon2id", "argon2i", 1), one[:len(one)-4], strings.Replace(one, "t=2", "t=0", 1)} {
		if verifyPassword(hash, "tram violet bucket") {
			t.Errorf("%s takes another password", hash)
		}
	}
}
