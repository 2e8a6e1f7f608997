package people

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" // RFC 6238 §1.2; every authenticator app uses it
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// codeEvery is how long a code holds (RFC 6238 §4.1), codeDigits how long it is.
const (
	codeEvery  = 30 * time.Second
	codeDigits = 6
)

var secretCode = base32.StdEncoding.WithPadding(base32.NoPadding)

// newSecret makes a secret of 160 bits (RFC 4226 §4, R6), in base32 as apps take it.
func newSecret() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b)
	return secretCode.EncodeToString(b)
}

// code is the code of a time step (RFC 4226 §5.3, RFC 6238 §4.2).
func code(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := mac.Sum(nil)
	n := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&0x0f:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", codeDigits, n%1_000_000)
}

// Code is the code that an app with a secret shows at an instant; empty for a secret that cannot be read.
func Code(secret string, at time.Time) string {
	b, err := secretCode.DecodeString(secret)
	if err != nil {
		return ""
	}
	return code(b, stepAt(at))
}

func stepAt(at time.Time) int64 { return at.Unix() / int64(codeEvery/time.Second) }

// checkCode finds the time step of a code: the present one or one beside it (RFC 6238 §5.2, for clocks that differ), and only one after
// the last that was used.
func checkCode(secret, typed string, last int64, at time.Time) (step int64, ok bool) {
	typed = strings.ReplaceAll(strings.TrimSpace(typed), " ", "")
	b, err := secretCode.DecodeString(secret)
	if err != nil || len(b) == 0 || len(typed) != codeDigits {
		return 0, false
	}
	now := stepAt(at)
	for _, n := range []int64{now - 1, now, now + 1} {
		if n > last && subtle.ConstantTimeCompare([]byte(code(b, n)), []byte(typed)) == 1 {
			return n, true
		}
	}
	return 0, false
}

// keyURI is what a QR code says to an app (Google Authenticator's Key URI Format, which all of them read).
func keyURI(secret, name string) string {
	q := url.Values{"secret": {secret}, "issuer": {"ucpalert"}}
	return "otpauth://totp/" + url.PathEscape("ucpalert:"+name) + "?" + q.Encode()
}
