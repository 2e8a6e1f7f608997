package matching

// jaroWinkler tells how alike two words are, from 0 to 1, letter by letter (runes, not bytes). Source: W. E. Winkler, "String Comparator
// Metrics and Enhanced Decision Rules in the Fellegi–Sunter Model of Record Linkage" (1990), with its prefix scale of 0.1 and at most four
// letters of prefix.
func jaroWinkler(a, b string) float64 {
	var bufferA, bufferB [maxLetters]rune
	x, y := runesOf(a, &bufferA), runesOf(b, &bufferB)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	j := jaro(x, y)
	prefix := 0
	for prefix < min(4, len(x), len(y)) && x[prefix] == y[prefix] {
		prefix++
	}
	return j + float64(prefix)*0.1*(1-j)
}

func jaro(x, y []rune) float64 {
	window := max(0, max(len(x), len(y))/2-1)
	var takenX, takenY [maxLetters]bool
	matches := 0
	for i, r := range x {
		for j := max(0, i-window); j < min(len(y), i+window+1); j++ {
			if !takenY[j] && y[j] == r {
				takenX[i], takenY[j] = true, true
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0
	}
	transposed, j := 0, 0
	for i := range x {
		if !takenX[i] {
			continue
		}
		for !takenY[j] {
			j++
		}
		if x[i] != y[j] {
			transposed++
		}
		j++
	}
	m := float64(matches)
	return (m/float64(len(x)) + m/float64(len(y)) + (m-float64(transposed)/2)/m) / 3
}

// oneSlip tells whether one letter more, less or other, or two neighbours that changed places, turn one word into the other.
func oneSlip(a, b string) bool {
	var bufferA, bufferB [maxLetters]rune
	x, y := runesOf(a, &bufferA), runesOf(b, &bufferB)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) < len(y) {
		return sameRunes(x[i:], y[i+1:])
	}
	if i == len(x) {
		return true
	}
	if sameRunes(x[i+1:], y[i+1:]) {
		return true
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && sameRunes(x[i+2:], y[i+2:])
}

func sameRunes(x, y []rune) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}

// The spellings of a name that count as slips of the pen. Source: the values at which Winkler's own tables and the demo's labelled pairs
// begin to hold more strangers than slips.
const (
	similarEnough = 0.93
	slipLetters   = 4
)

// similar tells whether one word may be the other, mistyped.
func similar(a, b string) bool {
	short := min(len(a), len(b))
	if short < slipLetters {
		return false
	}
	return oneSlip(a, b) || short > slipLetters && jaroWinkler(a, b) >= similarEnough
}
