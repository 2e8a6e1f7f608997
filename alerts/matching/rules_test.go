package matching

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/plans"
)

func TestWeightsThatCannotBeRightAreRefused(t *testing.T) {
	for _, row := range []struct{ name, old, new, says string }{
		{"a finding is missing", "  day and month:", "  # day and month:", `"day and month" is missing`},
		{"a finding is not known", "  month:  ", "  moon:   ", `"month" is missing`},
		{"one finding too many", "\nsex:\n", "\nsex:\n  unclear: {m: 0.5, u: 0.5}\n", "not known"},
		{"a field is not known", "threshold: 28", "threshold: 28\nshoe size:\n  agrees: {m: 1, u: 1}\n", "shoe size"},
		{"a chance of nothing", "{m: 0.004, u: 0.5}", "{m: 0, u: 0.5}", "above 0"},
		{"a chance above one", "{m: 0.004, u: 0.5}", "{m: 0.004, u: 1.5}", "at most 1"},
		{"a difference that speaks for one person", "{m: 0.004, u: 0.5}", "{m: 0.9, u: 0.5}", "strangers more often"},
		{"a part that says more than the whole", "day and month:       {m: 0.01, u: 0.000035}", "day and month:       {m: 1, u: 0.000001}", "between"},
		{"no threshold", "threshold: 28", "threshold: 0", "threshold"},
	} {
		text := strings.Replace(string(weightsYAML), row.old, row.new, 1)
		if text == string(weightsYAML) {
			t.Errorf("%s: nothing was changed", row.name)
		}
		if _, err := ReadRules([]byte(text)); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

func TestListsOfNamesThatCannotBeReadAreRefused(t *testing.T) {
	for _, row := range []struct{ name, nicknames, names string }{
		{"a form with a mark", "sian: siân", ""},
		{"a line without a name", "liz lizzie", ""},
		{"a share without a section", "", "smith 10"},
		{"a share that is no number", "", "family\nsmith many"},
		{"a name twice", "", "family\nsmith 10\nsmith 11"},
		{"more people than there are", "", "family\nsmith 10001"},
	} {
		if _, err := readLexicon(row.nicknames, row.names); err == nil {
			t.Errorf("%s was read", row.name)
		}
	}
}

func TestFolding(t *testing.T) {
	for _, row := range []struct{ name, want string }{
		{"Siân", "sian"}, {"O'Brien", "obrien"}, {"O’Brien", "obrien"}, {"ŁUKASZ", "lukasz"}, {"Adébáyọ̀", "adebayo"}, {"  Mary-Ann ", "mary ann"}, {"Smith, Jr.", "smith jr"},
		{"Yıldız", "yildiz"}, {"Ştefănescu", "stefanescu"}, {"Müller-Lüdenscheidt", "muller ludenscheidt"}, {"Straße", "strasse"}, {"Дмитрий", "дмитрии"}, {"\x00\xff", ""}, {"李 小龍", "李 小龍"},
		{strings.Repeat("é", 10_000), strings.Repeat("e", maxLetters)},
	} {
		if got := fold(row.name); got != row.want {
			t.Errorf("%q is %q", row.name, got)
		}
		if once := fold(row.name); fold(once) != once {
			t.Errorf("%q: folding twice changes it", row.name)
		}
	}
}

func TestHowAlikeWordsAre(t *testing.T) {
	// The first three are Winkler's own examples.
	for _, row := range []struct {
		a, b string
		want string
	}{
		{"martha", "marhta", "0.961"}, {"dwayne", "duane", "0.840"}, {"dixon", "dicksonx", "0.813"}, {"siân", "sian", "0.867"}, {"", "x", "0.000"}, {"same", "same", "1.000"},
	} {
		if got := fmt.Sprintf("%.3f", jaroWinkler(row.a, row.b)); got != row.want {
			t.Errorf("%s and %s: %s, want %s", row.a, row.b, got, row.want)
		}
	}
	for _, pair := range [][2]string{{"smith", "smyth"}, {"smith", "simth"}, {"smith", "smiths"}, {"smith", "mith"}} {
		if !oneSlip(pair[0], pair[1]) || !oneSlip(pair[1], pair[0]) {
			t.Errorf("%v is not one slip", pair)
		}
	}
	for _, pair := range [][2]string{{"smith", "smythe"}, {"smith", "tmish"}, {"smith", "smithers"}, {"abcd", "badc"}} {
		if oneSlip(pair[0], pair[1]) || oneSlip(pair[1], pair[0]) {
			t.Errorf("%v is one slip", pair)
		}
	}
}

func TestSounds(t *testing.T) {
	for _, pair := range [][2]string{
		{"smith", "smyth"}, {"clarke", "clark"}, {"thompson", "thomson"}, {"phillips", "filips"}, {"stephens", "stevens"}, {"knight", "night"}, {"wright", "rite"}, {"reid", "reed"},
		{"catherine", "katherine"}, {"mohammed", "muhammad"}, {"schmidt", "smit"}, {"mackenzie", "makenzie"},
	} {
		if soundOf(pair[0]) != soundOf(pair[1]) {
			t.Errorf("%v do not sound alike", pair)
		}
	}
	for _, pair := range [][2]string{{"smith", "jones"}, {"harris", "harrison"}, {"khan", "chen"}, {"ward", "wood"}} {
		if soundOf(pair[0]) == soundOf(pair[1]) {
			t.Errorf("%v sound alike", pair)
		}
	}
}

func TestDatesOfBirth(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want finding
	}{
		{"1987-04-09", "1987-04-09", bornAgrees}, {"1987-04-09", "1987-09-04", bornDayMonth}, {"1987-04-09", "1987-04-19", bornDigit}, {"1987-04-09", "1986-04-09", bornAdjacent},
		{"1979-04-09", "1980-04-09", bornAdjacent}, {"1987-04-12", "1987-04-21", bornTransposed}, {"1987-04-09", "1978-04-09", bornTransposed}, {"1987-04-09", "1965-04-09", bornOtherYear},
		{"1987-04-09", "1987-04", bornMonth}, {"1987-04-09", "1987", bornYear}, {"1987-04-09", "1988", bornDiffers}, {"1987-04-09", "1990-11-30", bornDiffers},
		{"1987-04-09", "1950-11-30", bornGeneration}, {"1987-04-09", "", notKnown}, {"1987-04-09", "1900-01-01", notKnown}, {"1980-01-01", "1980-01-01", bornFirstOfJanuary},
		{"1987-04-09", "9 April 1987", notKnown},
	} {
		if got := compareBorn(readBorn(plans.Date(row.a)), readBorn(plans.Date(row.b))); got != row.want {
			t.Errorf("%s and %s: %s, want %s", row.a, row.b, inWords[got], inWords[row.want])
		}
	}
}

func TestPostcodes(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want finding
	}{
		{"CM17 9AB", "cm179ab", postcodeAgrees}, {"CM17 OAB", "CM17 0AB", postcodeAgrees}, {"CM17 9AB", "CM17 9AD", postcodeLetter}, {"CM17 9AB", "CM17", postcodeHalf},
		{"CM17 9AB", "CM17 4XY", postcodeDistrict}, {"CM17 9AB", "SG1 4XY", postcodeDiffers}, {"CM17 9AB", "", notKnown}, {"ZZ99 3VZ", "ZZ99 3VZ", notKnown}, {"75011", "75011", postcodeAgrees},
		{"CM17 9AB", "75011", postcodeDiffers}, {"E1 1AA", "E1", postcodeHalf}, {"EC1A 1BB", "EC1A", postcodeHalf}, {"CM17 9AB", "CM17 9BA", postcodeLetter},
	} {
		if got := comparePost(readPost(row.a), readPost(row.b)); got != row.want {
			t.Errorf("%s and %s: %s, want %s", row.a, row.b, inWords[got], inWords[row.want])
		}
	}
}

func TestPlaceholdersAreNobodysNames(t *testing.T) {
	for _, name := range []string{"Unknown", "UNKNOWN MALE", "Unknown 2", "Not Known", "XXX", "Baby", "Boy", "Girl of Marcia", "B/O Marcia", "Baby Twin1", "Infant", "Twin two"} {
		p := Prepare(plans.Identity{Given: name})
		if len(p.givens) != 0 {
			t.Errorf("%q is a given name", name)
		}
	}
	for _, row := range []struct{ name, want string }{
		{"Baby Smith", "smith"}, {"Baby of Smith", "smith"}, {"Mr Smith", "smith"}, {"Boyd", "boyd"}, {"Girling", "girling"}, {"Babington", "babington"}, {"Unknowles", "unknowles"},
	} {
		p := Prepare(plans.Identity{Family: row.name})
		if len(p.families) != 1 || p.families[0].whole.text != row.want {
			t.Errorf("%q is not the family name %s", row.name, row.want)
		}
	}
	if p := Prepare(plans.Identity{Family: "Unknown"}); len(p.families) != 0 {
		t.Error("Unknown is a family name")
	}
}

func TestWhichStatusesAreTrusted(t *testing.T) {
	verified, err := TrustOnly(plans.Verified)
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := TrustOnly()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		trust  Trust
		status plans.Tracing
		want   bool
	}{
		{Trust{}, plans.TracingUnknown, true}, {Trust{}, plans.Verified, true}, {Trust{}, plans.TraceRequired, true}, {Trust{}, plans.NoOrMultipleMatch, false},
		{Trust{}, plans.TraceConflict, false}, {Trust{}, plans.NumberNotPresent, false}, {Trust{}, "99", false}, {verified, plans.Verified, true},
		{verified, plans.NotTraced, false}, {verified, plans.TracingUnknown, false}, {nobody, plans.Verified, false},
	} {
		if got := row.trust.Trusts(row.status); got != row.want {
			t.Errorf("status %q: %t", row.status, got)
		}
	}
	if _, err := TrustOnly("9"); err == nil {
		t.Error("a status that does not exist was taken")
	}
}

// TestTheTableInTheDocsIsTheData holds the weights in docs/matching.md to weights.yaml.
func TestTheTableInTheDocsIsTheData(t *testing.T) {
	b, err := os.ReadFile("../../docs/matching.md")
	if err != nil {
		t.Fatal(err)
	}
	for f := finding(1); f < findings; f++ {
		line := fmt.Sprintf("| %s | %s | %+.1f |", about[f].of, inWords[f], builtIn.weights[f])
		if !strings.Contains(string(b), line) {
			t.Errorf("docs/matching.md lacks: %s", line)
		}
	}
	if line := fmt.Sprintf("**%g**", builtIn.Threshold); !strings.Contains(string(b), line) {
		t.Errorf("docs/matching.md does not tell the threshold as %s", line)
	}
}

func BenchmarkPrepare(b *testing.B) {
	i := plans.Identity{Family: "Llewellyn-Hart", Given: "Siân Elizabeth", BirthDate: "1987-04-09", Sex: plans.Female, Postcode: "CM17 9AB"}
	b.ReportAllocs()
	for b.Loop() {
		Prepare(i)
	}
}

func BenchmarkKeys(b *testing.B) {
	i := plans.Identity{Family: "Llewellyn-Hart", Given: "Siân Elizabeth", BirthDate: "1987-04-09", Sex: plans.Female, Postcode: "CM17 9AB"}
	b.ReportAllocs()
	for b.Loop() {
		Keys(i)
	}
}

func BenchmarkCompare(b *testing.B) {
	x := Prepare(plans.Identity{Family: "Llewellyn-Hart", Given: "Siân Elizabeth", BirthDate: "1987-04-09", Sex: plans.Female, Postcode: "CM17 9AB"})
	y := Prepare(plans.Identity{Family: "Llewelyn", Given: "Sian", BirthDate: "1987-09-04", Sex: plans.Female, Postcode: "CM17 9AD"})
	b.ReportAllocs()
	for b.Loop() {
		x.Compare(&y, Trust{})
	}
}

// TestWhatTheProofOfNoMissRestsOn holds the weights to the sums on which the proof's sets rest (package alerts, present): without the same
// NHS number, postcode or date of birth, nothing else is enough.
func TestWhatTheProofOfNoMissRestsOn(t *testing.T) {
	most := func(of ...finding) float64 {
		best := math.Inf(-1)
		for _, f := range of {
			best = max(best, builtIn.weights[f])
		}
		return best
	}
	// The rarest listed name weighs most.
	rarest := func(f finding, shares map[string]float64) float64 {
		best := builtIn.weights[f]
		for name, share := range shares {
			best = max(best, builtIn.weigh(f, word{text: name, share: share}, word{}).weight)
		}
		return best
	}
	family, given := rarest(familyAgrees, known.families), rarest(givenAgrees, known.givens)
	familyInPart := most(familyFormer, familyPart, familySimilar, familySounds, familySwapped)
	givenInPart := most(givenShort, givenShorts, givenFurther, givenFirstOnly, givenInitial, givenFormer, givenSimilar, givenSounds, givenSwapped)
	nearly := most(bornDayMonth, bornTransposed, bornDigit, bornAdjacent, bornMonth, bornYear)
	otherwise := most(bornOtherYear, bornDiffers, bornGeneration)
	half, slip := most(postcodeHalf), most(postcodeLetter, postcodeDistrict, postcodeDiffers)
	for _, row := range []struct {
		name string
		sum  float64
	}{
		{"neither name agrees fully", familyInPart + givenInPart + nearly + max(half, slip)},
		{"both names agree, the date of birth differs by more than a slip", family + given + otherwise + max(half, slip)},
		{"both names agree, there is no date of birth, and half of the postcode does not agree", family + given + max(0, slip)},
	} {
		if row.sum += most(sexAgrees) + max(0, most(numberNearly, numberDiffers)); row.sum >= builtIn.Threshold {
			t.Errorf("%s: that can weigh %.1f, and from %.1f on it is possible: the proof's sets overlook it", row.name, row.sum, builtIn.Threshold)
		}
	}
	// A share counts only for names that agree fully; it never adds to what agrees in part.
	for f := familyFormer; f <= givenDiffers; f++ {
		if f == givenAgrees || f == familyDiffers || f == givenDiffers {
			continue
		}
		if rare := builtIn.weigh(f, word{share: 0.00001}, word{}).weight; rare > builtIn.weights[f] && builtIn.weights[f] >= 0 {
			t.Errorf("%s weighs %.1f of a rare name, %.1f of others", inWords[f], rare, builtIn.weights[f])
		}
	}
}
