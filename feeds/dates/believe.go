package dates

import "time"

const (
	// firstYear is the first that a date is believed to mean: printed things that are digitised are
	// younger. Of other calendars in use, the Persian one counts 1405 in 2026, and the Islamic one
	// 1448.
	firstYear = 1500
	// yearsAhead is how far ahead a date is believed to be. Nepal counts 2083 in 2026, Thailand
	// 2569, and the Hebrew calendar 5787.
	yearsAhead = 10
)

// Someday is now for those that have no clock: what counts 2100 or more is believed by nobody.
var Someday = time.Date(2089, 1, 1, 0, 0, 0, 0, time.UTC)

// Believed returns the first of the dates that can be believed now; the zero time where there is
// none. No feed says which calendar it counts by, so a date of another one is no date: taken for
// ours it would be too old to announce, or wait for hundreds of years.
func Believed(dates []time.Time, now time.Time) time.Time {
	for _, at := range dates {
		if at.Year() >= firstYear && at.Year() <= now.Year()+yearsAhead {
			return at
		}
	}
	return time.Time{}
}

// calendars are how many years other calendars are ahead of ours: those of Nepal and Thailand, and
// the Hebrew one.
var calendars = []int{57, 543, 3760}

// inCalendar is how many years back a date of another calendar is known for one.
const inCalendar = 30

// FarAhead returns for each entry of a feed, of which it gets the dates, the best date if it is too
// far ahead to be believed; the zero time otherwise. Where most entries have the years of another
// calendar, these are not ahead: their posts are undated.
func FarAhead(entries [][]time.Time, now time.Time) []time.Time {
	ahead, foreign := make([]time.Time, len(entries)), 0
	for i, dates := range entries {
		if len(dates) > 0 && dates[0].Year() > now.Year()+yearsAhead {
			ahead[i] = dates[0]
		}
		if isForeign(ahead[i], now) {
			foreign++
		}
	}
	for i, at := range ahead {
		if 2*foreign > len(entries) && isForeign(at, now) {
			ahead[i] = time.Time{}
		}
	}
	return ahead
}

// isForeign says that another calendar counts the year of a date in our time.
func isForeign(at, now time.Time) bool {
	for _, years := range calendars {
		if back := now.Year() + years - at.Year(); back >= -2 && back <= inCalendar {
			return true
		}
	}
	return false
}
