package dates

import "time"

const (
	// firstYear is the first that a date is believed to mean: printed things that are digitised are younger. Of other calendars in use,
	// the Persian one counts 1405 in 2026, and the Islamic one 1448.
	firstYear = 1500
	// yearsAhead is how far ahead a date is believed to be. Nepal counts 2083 in 2026, Thailand 2569, and the Hebrew calendar 5787.
	yearsAhead = 10
)

// Someday is now for those that have no clock: what counts 2100 or more is believed by nobody.
var Someday = time.Date(2089, 1, 1, 0, 0, 0, 0, time.UTC)

// Believed returns the first of the dates that can be believed now; the zero time where there is none. No feed says which calendar
// it counts by, so a date of another one is no date: taken for ours it would be too old to announce, or wait for hundreds of years.
func Believed(dates []time.Time, now time.Time) time.Time {
	for _, at := range dates {
		if at.Year() >= firstYear && at.Year() <= now.Year()+yearsAhead {
			return at
		}
	}
	return time.Time{}
}
