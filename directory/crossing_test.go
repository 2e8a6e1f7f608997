package directory_test

import (
	"testing"
	"time"

	"github.com/ucpalert/ucpalert/directory"
)

func TestHowMuchOfAPlanMayCrossToARegion(t *testing.T) {
	d, err := directory.Parse([]byte(`
regions: [{id: LON, name: London}, {id: HWE, name: Hertfordshire}, {id: ESX, name: Essex}, {id: FAR, name: Far away}]
organisations:
  - {id: RP4, name: A centre, region: LON, centre: true}
  - {id: RAL, name: Another centre, region: LON, centre: true}
  - {id: RAJ, name: A trust in Essex, region: ESX}
agreements:
  - {from: LON, to: HWE, first_day: 2026-01-01, last_day: 2026-12-31}
  - {from: RAL, to: RAJ, plans: [736373009], show: summary}
  - {from: RP4, to: ESX, show: summary}
  - {from: RP4, to: RAJ}
`))
	if err != nil {
		t.Fatal(err)
	}
	during, after := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC)
	endOfLife := []string{"736373009"}
	for _, row := range []struct {
		what, centre, region string
		categories           []string
		at                   time.Time
		want                 directory.Show
	}{
		{"a region's agreement", "RP4", "HWE", nil, during, directory.Full},
		{"an agreement that has ended", "RP4", "HWE", nil, after, directory.Nothing},
		{"a headline for one trust of the region", "RAL", "ESX", endOfLife, during, directory.Summary},
		{"another kind of plan than the agreement's", "RAL", "ESX", nil, during, directory.Nothing},
		{"the strongest of two", "RP4", "ESX", nil, during, directory.Full},
		{"no agreement", "RP4", "FAR", endOfLife, during, directory.Nothing},
		{"a region that is not known", "RP4", "XXX", nil, during, directory.Nothing},
		{"a centre that is not known", "XXX", "HWE", nil, during, directory.Nothing},
		{"the centre's own region", "RP4", "LON", nil, during, directory.Full},
	} {
		t.Run(row.what, func(t *testing.T) {
			if anything := d.SharesAnything(row.centre, row.region, row.at); row.want != directory.Nothing && !anything || row.what == "no agreement" && anything {
				t.Errorf("shares anything: %v", anything)
			}
			if got := d.SharesWithRegion(row.centre, row.region, row.categories, row.at); got != row.want {
				t.Errorf("shows %q, want %q", got, row.want)
			}
		})
	}
}
