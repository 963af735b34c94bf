package feeds

import (
	"strings"
	"time"
)

// zones are abbreviations of time zones, in hours, that gofeed takes for UTC.
var zones = map[string]float64{
	"ACDT": 10.5, "ACST": 9.5, "AEDT": 11, "AEST": 10, "AKDT": -8, "AKST": -9, "ART": -3, "AWST": 8, "BRT": -3, "CAT": 2, "EAT": 3,
	"HKT": 8, "HST": -10, "ICT": 7, "IDT": 3, "IRST": 3.5, "JST": 9, "KST": 9, "MSD": 4, "MSK": 3, "NDT": -2.5, "NST": -3.5,
	"NZDT": 13, "NZST": 12, "PHT": 8, "PKT": 5, "SAST": 2, "SGT": 8, "TRT": 3, "WAT": 1, "WIB": 7, "AST": -4, "ADT": -3,
}

// published is when the feed says an item was published, in UTC; zero where it says nothing that can be believed: generators that know
// no date write the year 1 or the first day of 1970.
func published(text string, parsed *time.Time) time.Time {
	if parsed == nil {
		return time.Time{}
	}
	at := parsed.UTC().Add(-unknownZone(text))
	if at.Year() < 1000 || at.Unix()/86400 == 0 {
		return time.Time{}
	}
	return at
}

// unknownZone is the offset of the zone that text ends with, if gofeed does not know it. Package time knows the abbreviations of the
// machine's own zone, and then gofeed got it right.
func unknownZone(text string) time.Duration {
	words := strings.Fields(text)
	if len(words) == 0 {
		return 0
	}
	name := strings.ToUpper(words[len(words)-1])
	if local, err := time.Parse("MST", name); err == nil {
		if _, offset := local.Zone(); offset != 0 {
			return 0
		}
	}
	return time.Duration(zones[name] * float64(time.Hour))
}
