package directory

import "time"

// SharesWithRegion tells how much of a centre's plan of these categories may be held in a region at an instant: what the strongest of the
// agreements with the region, or with an organisation in it, allows. Which of its departments may then be shown the plan, the region
// decides by its own directory.
func (d *Directory) SharesWithRegion(centre, region string, categories []string, at time.Time) Show {
	strongest := Nothing
	for a := range d.between(centre, region, at) {
		if a.covers(categories) && a.Show.Covers(strongest) {
			strongest = a.Show
		}
	}
	return strongest
}

// SharesAnything tells whether there is any agreement between a centre and a region at an instant, for whichever plans.
func (d *Directory) SharesAnything(centre, region string, at time.Time) bool {
	for range d.between(centre, region, at) {
		return true
	}
	return false
}

// between walks over the agreements that let plans of a centre cross to a region. A centre's own region needs none.
func (d *Directory) between(centre, region string, at time.Time) func(yield func(Agreement) bool) {
	return func(yield func(Agreement) bool) {
		giver, ok := d.current(centre, at)
		if _, known := d.regions[region]; !ok || !known {
			return
		}
		if giver.Region == region && !yield(Agreement{From: centre, To: region, Show: Full}) {
			return
		}
		for _, a := range d.agreements {
			to := a.To
			if receiver, ok := d.current(a.To, at); ok {
				to = receiver.Region
			}
			if a.Covers(at) && (a.From == centre || a.From == giver.ID || a.From == giver.Region) && to == region && !yield(a) {
				return
			}
		}
	}
}
