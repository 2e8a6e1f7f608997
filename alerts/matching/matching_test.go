package matching_test

import (
	"strings"
	"testing"

	"github.com/ucpalert/ucpalert/alerts/matching"
	"github.com/ucpalert/ucpalert/plans"
)

func number(t *testing.T, s string) plans.NHSNumber {
	t.Helper()
	n, err := plans.ParseNHSNumber(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// siân is whom the rows compare others with: an uncommon name, everything known.
func siân(t *testing.T) plans.Identity {
	return plans.Identity{
		NHSNumber: number(t, "9990000018"), Family: "Llewellyn-Hart", Given: "Siân Elizabeth", BirthDate: "1987-04-09", Sex: plans.Female, Postcode: "CM17 9AB",
	}
}

// row changes what arrives.
type row struct {
	name    string
	arrived func(*plans.Identity)
	want    matching.Tier
	// says is a part of the reason.
	says string
}

// compare runs rows against one plan, and each the other way round: who is compared with whom does not matter.
func compare(t *testing.T, planned plans.Identity, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			arrived := planned
			r.arrived(&arrived)
			got := matching.Compare(arrived, planned, matching.Trust{})
			if got.Tier != r.want || !strings.Contains(got.Reason, r.says) {
				t.Errorf("got %s, %.1f: %s; want %s, %s", got.Tier, got.Weight, got.Reason, r.want, r.says)
			}
			for _, f := range got.Fields {
				t.Logf("%-14s %-60s %+.1f", f.Name, f.Agreement, f.Weight)
			}
			if back := matching.Compare(planned, arrived, matching.Trust{}); back.Tier != got.Tier || back.Weight != got.Weight {
				t.Errorf("the other way round: %s, %.1f", back.Tier, back.Weight)
			}
		})
	}
}

func TestTheNHSNumberAgrees(t *testing.T) {
	compare(t, siân(t), []row{
		{"everything agrees", func(i *plans.Identity) {}, matching.Confirmed, "NHS number and date of birth agree"},
		{"marks and hyphen lost, all in capitals", func(i *plans.Identity) { i.Family, i.Given = "LLEWELLYN HART", "SIAN" }, matching.Confirmed, ""},
		{"moved", func(i *plans.Identity) { i.Postcode = "SG1 4AB" }, matching.Confirmed, ""},
		{"no name, only the number and the date", func(i *plans.Identity) { i.Family, i.Given = "", "" }, matching.Possible, "no given name to compare"},
		{"entered as Unknown", func(i *plans.Identity) { i.Family, i.Given = "Unknown", "Female" }, matching.Possible, "no given name to compare"},
		{"a twin with the other's number, and no given name", func(i *plans.Identity) { i.Given = "" }, matching.Possible, "twins are told apart"},
		{"a twin with the other's number, entered as her mother's baby", func(i *plans.Identity) { i.Given = "Baby of Megan" }, matching.Possible, "no given name to compare"},
		{"no given name and no date of birth: a sister has the rest", func(i *plans.Identity) { i.Given, i.BirthDate = "", "" }, matching.Possible, "no given name to compare"},
		{"only a half of the double name", func(i *plans.Identity) { i.Family = "Hart" }, matching.Confirmed, ""},
		{"mistyped family name", func(i *plans.Identity) { i.Family = "Llewelyn Hart" }, matching.Confirmed, ""},
		{"called by her second name", func(i *plans.Identity) { i.Given = "Elizabeth" }, matching.Confirmed, ""},
		{"called by a short form of her second name", func(i *plans.Identity) { i.Given = "Beth" }, matching.Possible, "the given name differs"},
		{"mistyped given name", func(i *plans.Identity) { i.Given = "Siann Elizabeth" }, matching.Confirmed, ""},
		{"mistyped given name, and moved", func(i *plans.Identity) { i.Given, i.Postcode = "Siann Elizabeth", "SG1 4AB" }, matching.Possible, "only similar"},
		{"an initial, which a twin may share", func(i *plans.Identity) { i.Given = "S" }, matching.Possible, "only an initial"},
		{"names swapped", func(i *plans.Identity) { i.Family, i.Given = "Siân", "Llewellyn-Hart" }, matching.Confirmed, ""},
		{"other family name, not known as a former one", func(i *plans.Identity) { i.Family = "Okafor" }, matching.Possible, "the family name differs"},
		{"other family name, the old one stated as a former one", func(i *plans.Identity) {
			i.Others[0] = plans.PersonName{Family: i.Family}
			i.Family = "Okafor"
		}, matching.Confirmed, ""},
		{"other given name: the number of a sister", func(i *plans.Identity) { i.Given = "Carys" }, matching.Possible, "the given name differs"},
		{"entered as one of twins", func(i *plans.Identity) { i.Given = "Twin 2" }, matching.Possible, "twins"},
		{"other date of birth", func(i *plans.Identity) { i.BirthDate = "1961-11-30" }, matching.Possible, "the date of birth differs"},
		{"day and month swapped", func(i *plans.Identity) { i.BirthDate = "1987-09-04" }, matching.Possible, "day and month are swapped"},
		{"month of birth only, the rest agrees", func(i *plans.Identity) { i.BirthDate = "1987-04" }, matching.Confirmed, "known only in part"},
		{"no date of birth, the rest agrees", func(i *plans.Identity) { i.BirthDate = "" }, matching.Confirmed, "no date of birth"},
		{"no date of birth, and of the rest only the sex", func(i *plans.Identity) { i.BirthDate, i.Family, i.Postcode = "", "", "" }, matching.Possible, ""},
		{"a date of birth entered for an unknown one", func(i *plans.Identity) { i.BirthDate, i.Family, i.Postcode = "1900-01-01", "", "" }, matching.Possible, ""},
		{"number in conflict at the hospital", func(i *plans.Identity) { i.Tracing = plans.TraceConflict }, matching.Possible, "in conflict"},
		{"number not traced yet", func(i *plans.Identity) { i.Tracing = plans.TraceRequired }, matching.Confirmed, ""},
		{"number and nothing else", func(i *plans.Identity) { *i = plans.Identity{NHSNumber: i.NHSNumber} }, matching.Possible, ""},
	})
}

func TestTwoRecordsThatNameNobodyAreAboutTheirNumber(t *testing.T) {
	nobody := plans.Identity{NHSNumber: number(t, "9990000018"), BirthDate: "1987-04-09"}
	compare(t, nobody, []row{
		{"number and date are all there is", func(i *plans.Identity) {}, matching.Confirmed, "NHS number and date of birth agree"},
		{"one of them is named", func(i *plans.Identity) { i.Family, i.Given = "Hart", "Siân" }, matching.Possible, "no given name to compare"},
		{"of one of them the family name is known", func(i *plans.Identity) { i.Family = "Hart" }, matching.Possible, "no given name to compare"},
	})
}

func TestThereIsNoNHSNumber(t *testing.T) {
	none := func(change func(*plans.Identity)) func(*plans.Identity) {
		return func(i *plans.Identity) {
			i.NHSNumber = plans.NHSNumber{}
			change(i)
		}
	}
	compare(t, siân(t), []row{
		{"everything else agrees", none(func(i *plans.Identity) {}), matching.Possible, "no NHS number to compare; family name, given name, date of birth, sex and postcode agree"},
		{"moved", none(func(i *plans.Identity) { i.Postcode = "SG1 4AB" }), matching.Possible, "postcode differs"},
		{"called by the second name", none(func(i *plans.Identity) { i.Given = "Elizabeth" }), matching.Possible, "further given name"},
		{"day and month swapped", none(func(i *plans.Identity) { i.BirthDate = "1987-09-04" }), matching.Possible, "day and month"},
		{"one digit of the date wrong", none(func(i *plans.Identity) { i.BirthDate = "1987-04-19" }), matching.Possible, "one digit"},
		{"married, at the same address", none(func(i *plans.Identity) { i.Family = "Okafor" }), matching.Possible, "family name differs"},
		{"names swapped", none(func(i *plans.Identity) { i.Family, i.Given = "Sian", "Llewellyn-Hart" }), matching.Possible, "swapped"},
		{"no postcode", none(func(i *plans.Identity) { i.Postcode = "" }), matching.Possible, ""},
		{"first half of the postcode only", none(func(i *plans.Identity) { i.Postcode = "CM17" }), matching.Possible, "no more is stated"},
		{"no fixed abode", none(func(i *plans.Identity) { i.Postcode = "ZZ99 3VZ" }), matching.Possible, ""},
		{"a sister at the same address", none(func(i *plans.Identity) { i.Given, i.BirthDate = "Carys", "1990-10-21" }), matching.None, ""},
		{"a mother of the same name at the same address", none(func(i *plans.Identity) { i.BirthDate = "1959-12-30" }), matching.None, ""},
		{"a stranger of the same name", none(func(i *plans.Identity) { i.BirthDate, i.Postcode = "1991-12-30", "AL1 1AA" }), matching.None, ""},
		{"a stranger of the same birthday", none(func(i *plans.Identity) { i.Family, i.Given = "Okafor", "Ngozi" }), matching.None, ""},
		{"twin brother", none(func(i *plans.Identity) { i.Given, i.Sex = "Gethin", plans.Male }), matching.None, ""},
		{"nothing but a name", none(func(i *plans.Identity) { *i = plans.Identity{Family: i.Family, Given: i.Given} }), matching.None, ""},
		{"nothing", none(func(i *plans.Identity) { *i = plans.Identity{} }), matching.None, "too little"},
	})
}

func TestTheNHSNumbersDiffer(t *testing.T) {
	other := func(change func(*plans.Identity)) func(*plans.Identity) {
		return func(i *plans.Identity) {
			i.NHSNumber = number(t, "9990000425")
			change(i)
		}
	}
	compare(t, siân(t), []row{
		{"everything else agrees: perhaps two numbers of one person", other(func(i *plans.Identity) {}), matching.Possible, "the NHS numbers differ"},
		{"moved as well", other(func(i *plans.Identity) { i.Postcode = "SG1 4AB" }), matching.None, "the NHS numbers differ"},
		{"a twin sister", other(func(i *plans.Identity) { i.Given = "Carys" }), matching.None, "the NHS numbers differ"},
	})
}

func TestCommonNamesSayLess(t *testing.T) {
	smith := plans.Identity{Family: "Smith", Given: "John", BirthDate: "1950-03-17", Sex: plans.Male, Postcode: "CM17 9AB"}
	compare(t, smith, []row{
		{"the same John Smith", func(i *plans.Identity) {}, matching.Possible, ""},
		{"another John Smith, born on the same day", func(i *plans.Identity) { i.Postcode = "AL1 1AA" }, matching.None, ""},
		{"Jack Smyth in the same house, born on the same day", func(i *plans.Identity) { i.Family, i.Given = "Smyth", "Jack" }, matching.Possible, "another form of the same name"},
	})
	child := plans.Identity{Family: "Okonkwo", Given: "Jayden", BirthDate: "2015-03-17", Sex: plans.Male, Postcode: "CM17 9AB", NHSNumber: number(t, "9990000018")}
	compare(t, child, []row{
		{"a twin of a rhyming name with his brother's number", func(i *plans.Identity) { i.Given = "Hayden" }, matching.Possible, "given name differs"},
		{"a further given name on one side", func(i *plans.Identity) { i.Given = "Jayden Peter" }, matching.Confirmed, ""},
	})
}

func TestBrothersWithTheSameFirstName(t *testing.T) {
	brother := plans.Identity{Family: "Rahman", Given: "Mohammed Ali", BirthDate: "2015-03-17", NHSNumber: number(t, "9990000018")}
	compare(t, brother, []row{
		{"the other twin, with his brother's number", func(i *plans.Identity) { i.Given = "Muhammad Hassan" }, matching.Possible, "given name"},
		{"the second name as an initial", func(i *plans.Identity) { i.Given = "Mohammed A" }, matching.Confirmed, ""},
		{"the first name spelled otherwise", func(i *plans.Identity) { i.Given = "Muhammad Ali" }, matching.Confirmed, ""},
		{"called by the second", func(i *plans.Identity) { i.Given = "Ali" }, matching.Confirmed, ""},
	})
}

func TestNewborns(t *testing.T) {
	ada := plans.Identity{Family: "Grant", Given: "Ada", BirthDate: "2026-06-01", Sex: plans.Female, Postcode: "CM17 9AB"}
	compare(t, ada, []row{
		{"entered under her mother", func(i *plans.Identity) { i.Family, i.Given = "Powell", "Baby of Marcia" }, matching.Possible, ""},
		{"entered as a girl", func(i *plans.Identity) { i.Given = "Girl" }, matching.Possible, ""},
		{"another baby of that day", func(i *plans.Identity) { i.Family, i.Given, i.Postcode = "Powell", "B/O Marcia", "AL1 1AA" }, matching.None, ""},
	})
}
