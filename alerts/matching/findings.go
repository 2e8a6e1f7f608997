package matching

// Degree is how far one field of two identities agrees.
type Degree string

// The degrees of agreement.
const (
	Agrees   Degree = "agrees"
	InPart   Degree = "agrees in part"
	Differs  Degree = "differs"
	NotKnown Degree = "not known"
)

// what is a field that is compared.
type what string

const (
	nhsNumber  what = "NHS number"
	familyName what = "family name"
	givenName  what = "given name"
	birthDate  what = "date of birth"
	sex        what = "sex"
	postcode   what = "postcode"
)

// finding is what comparing one field found. The zero value: it is not known on one side.
type finding uint8

const (
	notKnown finding = iota
	numberAgrees
	numberNearly
	numberDiffers
	familyAgrees
	familyFormer
	familyPart
	familySimilar
	familySounds
	familySwapped
	familyDiffers
	givenAgrees
	givenShort
	givenShorts
	givenFurther
	givenFirstOnly
	givenInitial
	givenFormer
	givenSimilar
	givenSounds
	givenSwapped
	givenDiffers
	bornAgrees
	bornFirstOfJanuary
	bornDayMonth
	bornTransposed
	bornDigit
	bornAdjacent
	bornOtherYear
	bornMonth
	bornYear
	bornDiffers
	bornGeneration
	sexAgrees
	sexDiffers
	postcodeAgrees
	postcodeLetter
	postcodeHalf
	postcodeDistrict
	postcodeDiffers
	findings
)

// about tells of each finding which field it is of, its name in weights.yaml, its degree, and the words after the degree.
var about = [findings]struct {
	of     what
	key    string
	degree Degree
	how    string
}{
	notKnown:           {"", "", NotKnown, ""},
	numberAgrees:       {nhsNumber, "agrees", Agrees, ""},
	numberNearly:       {nhsNumber, "nearly", InPart, "two of its digits are others"},
	numberDiffers:      {nhsNumber, "differs", Differs, ""},
	familyAgrees:       {familyName, "agrees", Agrees, ""},
	familyFormer:       {familyName, "former name", InPart, "with a former or other name"},
	familyPart:         {familyName, "part", InPart, "one part of a double name"},
	familySimilar:      {familyName, "similar", InPart, "similar spelling"},
	familySounds:       {familyName, "sounds alike", InPart, "sounds alike"},
	familySwapped:      {familyName, "swapped", InPart, "family and given name are swapped"},
	familyDiffers:      {familyName, "differs", Differs, ""},
	givenAgrees:        {givenName, "agrees", Agrees, ""},
	givenShort:         {givenName, "short form", InPart, "another form of the same name"},
	givenShorts:        {givenName, "two short forms", InPart, "two short forms of one name"},
	givenFurther:       {givenName, "further name", InPart, "with a further given name"},
	givenFirstOnly:     {givenName, "first only", InPart, "the first agrees, those after it differ"},
	givenInitial:       {givenName, "initial", InPart, "only an initial is stated"},
	givenFormer:        {givenName, "former name", InPart, "with a former or other name"},
	givenSimilar:       {givenName, "similar", InPart, "similar spelling"},
	givenSounds:        {givenName, "sounds alike", InPart, "sounds alike"},
	givenSwapped:       {givenName, "swapped", InPart, "family and given name are swapped"},
	givenDiffers:       {givenName, "differs", Differs, ""},
	bornAgrees:         {birthDate, "agrees", Agrees, ""},
	bornFirstOfJanuary: {birthDate, "first of january", Agrees, "on the first of January, which is often entered for an unknown day"},
	bornDayMonth:       {birthDate, "day and month", InPart, "day and month are swapped"},
	bornTransposed:     {birthDate, "digits transposed", InPart, "two digits are swapped"},
	bornDigit:          {birthDate, "one digit wrong", InPart, "one digit is another"},
	bornAdjacent:       {birthDate, "adjacent year", InPart, "one year apart"},
	bornOtherYear:      {birthDate, "other year", InPart, "day and month agree, the year differs"},
	bornMonth:          {birthDate, "month", InPart, "year and month agree, no day is stated"},
	bornYear:           {birthDate, "year", InPart, "the year agrees, no more is stated"},
	bornDiffers:        {birthDate, "differs", Differs, ""},
	bornGeneration:     {birthDate, "generation apart", Differs, "by years"},
	sexAgrees:          {sex, "agrees", Agrees, ""},
	sexDiffers:         {sex, "differs", Differs, ""},
	postcodeAgrees:     {postcode, "agrees", Agrees, ""},
	postcodeLetter:     {postcode, "one letter wrong", InPart, "one letter or digit is another"},
	postcodeHalf:       {postcode, "first half", InPart, "the first half agrees, no more is stated"},
	postcodeDistrict:   {postcode, "same district", InPart, "the first half agrees, the second differs"},
	postcodeDiffers:    {postcode, "differs", Differs, ""},
}

// Findings lists all that a comparison can find: for each the name of its field and its words, as they stand in [Field].
func Findings() [][2]string {
	var all [][2]string
	for f := finding(1); f < findings; f++ {
		all = append(all, [2]string{string(about[f].of), inWords[f]})
	}
	return all
}
