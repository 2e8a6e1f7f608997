package matching

import "strings"

// post is a postcode: half is its first half (outward code), full all of it without the space, empty if it is not stated. One of
// another country has no half.
type post struct{ half, full string }

// maxPostcode bounds what is taken for a postcode of any country.
const maxPostcode = 10

// readPost reads a postcode. One that begins with ZZ99 is no place: ODS gives these to people of no fixed abode and from abroad.
func readPost(s string) post {
	b := make([]byte, 0, maxPostcode)
	for i := 0; i < len(s) && i < 4*maxPostcode; i++ {
		c := s[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if (c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') && len(b) < maxPostcode {
			b = append(b, c)
		}
	}
	text := string(b)
	n := len(text)
	switch {
	case n < 2 || strings.HasPrefix(text, "ZZ99"):
		return post{}
	case n >= 5 && n <= 7 && letter(b[0]) && letter(b[n-1]) && letter(b[n-2]) && isHalf(b[:n-3]):
		switch b[n-3] { // the second half begins with a digit (BS 7666-0); clerks type the letter
		case 'O':
			b[n-3] = '0'
		case 'I', 'L':
			b[n-3] = '1'
		}
		if letter(b[n-3]) {
			return post{full: text}
		}
		return post{half: string(b[:n-3]), full: string(b)}
	case n <= 4 && isHalf(b):
		return post{half: text}
	}
	return post{full: text}
}

// isHalf tells whether letters could be the first half of a postcode: one or two letters, a digit, perhaps one more of either.
func isHalf(b []byte) bool {
	if len(b) < 2 || len(b) > 4 || !letter(b[0]) {
		return false
	}
	i := 1
	if letter(b[i]) {
		i++
	}
	if i == len(b) || letter(b[i]) || i+2 < len(b) {
		return false
	}
	return true
}

func letter(c byte) bool { return c >= 'A' && c <= 'Z' }

func comparePost(a, b post) finding {
	switch {
	case a == (post{}) || b == (post{}):
		return notKnown
	case a.full == "" || b.full == "":
		if a.half == b.half {
			return postcodeHalf
		}
		return postcodeDiffers
	case a.full == b.full:
		return postcodeAgrees
	case len(a.full) == len(b.full) && oneSlip(a.full, b.full):
		return postcodeLetter
	case a.half != "" && a.half == b.half:
		return postcodeDistrict
	}
	return postcodeDiffers
}
