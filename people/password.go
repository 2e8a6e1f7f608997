package people

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// hashMemory is in KiB. A hash costs 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet, argon2id). Tests make many, and lower it.
var hashMemory uint32 = 19 << 10

const (
	hashPasses = 2
	hashLanes  = 1
	hashSize   = 32
	saltSize   = 16
)

// What a password must be (NIST SP 800-63B §5.1.1.2: long, not common, without rules for kinds of characters).
const (
	shortestPassword = 12
	longestPassword  = 256
)

// The words that refuse a password.
var (
	ErrShort  = fmt.Errorf("a password has at least %d characters", shortestPassword)
	ErrLong   = fmt.Errorf("a password has at most %d bytes", longestPassword)
	ErrCommon = errors.New("this password is one of the first that are tried; choose another, such as four words that do not belong together")
)

// common are the cores of passwords that are tried first; digits and signs around them do not help.
var common = []string{
	"password", "passw0rd", "p@ssword", "p@ssw0rd", "welcome", "letmein", "qwerty", "qwertyuiop", "qwertyuiopasdf", "asdfghjkl", "asdfghjklzxcvbnm", "zxcvbnm", "qazwsxedc", "azerty",
	"administrator", "admin", "changeme", "iloveyou", "football", "liverpool", "arsenal", "chelsea", "sunshine", "princess", "monkey", "dragon", "superman", "batman", "trustno",
	"spring", "summer", "autumn", "winter", "january", "february", "september", "october", "november", "december", "hospital", "doctor", "nurse", "ucpalert", "urgentcareplan", "emergency", "nhspassword",
	"secret", "default", "correcthorsebatterystaple", "london", "england", "charlie", "michael", "jennifer",
}

// checkPassword tells whether somebody of a name may use a password; its length is in characters after NFKC.
func checkPassword(password, name string) error {
	switch {
	case len(password) > longestPassword:
		return ErrLong
	case utf8.RuneCountInString(password) < shortestPassword:
		return ErrShort
	}
	low := strings.ToLower(password)
	core := strings.TrimFunc(low, func(r rune) bool { return !unicode.IsLetter(r) })
	half := low[:len(low)/2]
	switch {
	case core == "" && runs(low), slices.Contains(common, core), slices.Contains(common, strings.TrimFunc(half, func(r rune) bool { return !unicode.IsLetter(r) })) && half+half == low:
		return ErrCommon
	case distinct(low) < 5, runs(low), name != "" && strings.Contains(low, name):
		return ErrCommon
	}
	return nil
}

// distinct counts the different characters of a text.
func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// runs tells whether each character follows the one before it, as in 123456789012 or abcdefghijkl.
func runs(s string) bool {
	letters := []rune(s)
	for _, step := range []rune{1, -1} {
		broken := 0
		for i := 1; i < len(letters); i++ {
			if d := letters[i] - letters[i-1]; d != step && d != -9*step {
				broken++
			}
		}
		if broken <= 1 {
			return true
		}
	}
	return false
}

// normal is a password in the form in which it is hashed: the same keys on any keyboard and system.
func normal(password string) string { return norm.NFKC.String(password) }

// hashPassword makes the argon2id hash with a salt of its own, in the encoding of the reference implementation.
func hashPassword(password string) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails (Go 1.24)
	sum := argon2.IDKey([]byte(normal(password)), salt, hashPasses, hashMemory, hashLanes, hashSize)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashLanes, enc.EncodeToString(salt), enc.EncodeToString(sum))
}

// verifyPassword tells whether a hash is that of a password. A hash that cannot be read is nobody's.
func verifyPassword(hash, password string) bool {
	var version int
	var memory, passes uint32
	var lanes uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil || passes == 0 || lanes == 0 || memory > 1<<20 {
		return false
	}
	enc := base64.RawStdEncoding
	salt, saltErr := enc.DecodeString(parts[4])
	sum, sumErr := enc.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(sum) == 0 {
		return false
	}
	return subtle.ConstantTimeCompare(sum, argon2.IDKey([]byte(normal(password)), salt, passes, memory, lanes, uint32(len(sum)))) == 1
}
