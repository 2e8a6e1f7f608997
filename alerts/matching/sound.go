package matching

// sound is how a word sounds to an English ear: up to eight letters, packed. The zero value is a word without a sound. Two words that
// sound alike have equal sounds.
type sound uint64

// soundOf is our own code in the line of Soundex, NYSIIS and Metaphone: consonants that clerks confuse become one letter, vowels count only
// at the beginning, and a letter that repeats counts once. Silent letters go first: the k of Knight, the w of Wright, the p of Psaila, the
// gh of Wright, the p of Thompson. Letters other than a to z are left as they are.
func soundOf(word string) sound {
	var buffer [maxLetters]rune
	w := runesOf(word, &buffer)
	var s sound
	var last rune
	count := 0
	for i := 0; i < len(w) && count < 8; {
		code, used := soundAt(w, i)
		vowel := code == 'a'
		switch {
		case code == 0, vowel && i > 0:
			if vowel {
				last = 0
			}
		case code != last:
			s = s<<8 | sound(byte(code^code>>8))
			count++
			last = code
		}
		i += used
	}
	return s
}

// soundAt gives the code of the letters at a place, 0 for silence, and how many letters that took.
func soundAt(w []rune, i int) (code rune, used int) {
	next := func(n int) rune {
		if i+n < len(w) {
			return w[i+n]
		}
		return 0
	}
	switch r := w[i]; r {
	case 'a', 'e', 'i', 'o', 'u':
		return 'a', 1
	case 'y':
		if i == 0 && isVowel(next(1)) {
			return 'y', 1
		}
		return 'a', 1
	case 'h':
		if i == 0 {
			return 'h', 1
		}
		return 0, 1
	case 'w':
		switch {
		case i == 0 && next(1) == 'r':
			return 0, 1
		case i == 0:
			return 'w', 1
		}
		return 0, 1
	case 'k':
		if i == 0 && next(1) == 'n' {
			return 0, 1
		}
		return 'k', 1
	case 'c':
		return soundOfC(w, i)
	case 'q':
		return 'k', 1
	case 'g':
		switch {
		case next(1) == 'h' && i > 0:
			return 0, 2
		case next(1) == 'n' && i == 0:
			return 0, 1
		}
		return 'g', 1
	case 'p':
		switch {
		case next(1) == 'h':
			return 'f', 2
		case i == 0 && (next(1) == 's' || next(1) == 'f'):
			return 0, 1
		case i > 0 && w[i-1] == 'm' && (next(1) == 's' || next(1) == 't'):
			return 0, 1
		}
		return 'p', 1
	case 'v', 'f':
		return 'f', 1
	case 's':
		if next(1) == 'c' && next(2) == 'h' {
			return 's', 3
		}
		return 's', 1
	case 'z', 'x':
		return 's', 1
	case 'd':
		if next(1) == 't' {
			return 0, 1
		}
		return 'd', 1
	default:
		return r, 1
	}
}

// soundOfC reads a c: soft before e, i and y, a part of ch, ck and Mc otherwise.
func soundOfC(w []rune, i int) (rune, int) {
	if i+1 == len(w) {
		return 'k', 1
	}
	switch w[i+1] {
	case 'h':
		return 'c', 2
	case 'e', 'i', 'y':
		return 's', 1
	}
	return 'k', 1
}

func isVowel(r rune) bool {
	switch r {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
}

// letters is how many letters the sound has. One or two say too little.
func (s sound) letters() int {
	n := 0
	for ; s != 0; s >>= 8 {
		n++
	}
	return n
}
