package feeds

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // gofeed looks zones such as EST up by name, and a bare container has no list of them
)

// Abbreviations of time zones, in hours. gofeed knows the first and takes the second for UTC.
var (
	knownZones = map[string]float64{
		"UT": 0, "GMT": 0, "UTC": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
		"WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
	}
	otherZones = map[string]float64{
		"ACDT": 10.5, "ACST": 9.5, "ADT": -3, "AEDT": 11, "AEST": 10, "AKDT": -8, "AKST": -9, "ART": -3, "AST": -4, "AWST": 8, "BRT": -3,
		"CAT": 2, "EAT": 3, "HKT": 8, "HST": -10, "ICT": 7, "IDT": 3, "IRST": 3.5, "JST": 9, "KST": 9, "MSD": 4, "MSK": 3, "NDT": -2.5,
		"NST": -3.5, "NZDT": 13, "NZST": 12, "PHT": 8, "PKT": 5, "SAST": 2, "SGT": 8, "TRT": 3, "WAT": 1, "WIB": 7,
	}
)

// published is when the feed says an item was published, in UTC; zero where it says nothing that can be believed: generators that know
// no date write the year 0 or 1, or the first day of 1970. parsed is what gofeed made of text, nil where it could not.
func published(text string, parsed *time.Time) time.Time {
	var at time.Time
	if parsed != nil {
		at = parsed.UTC().Add(-misread(text))
	} else {
		at = handwritten(text)
	}
	if at.Year() < 1000 || at.Unix()/86400 == 0 {
		return time.Time{}
	}
	return at
}

// misread is the offset of the zone that text ends with, where gofeed took it for UTC. The zone of the machine itself it read well.
func misread(text string) time.Duration {
	name := lastWord(text)
	if local, err := time.Parse("MST", name); err == nil {
		if _, offset := local.Zone(); offset != 0 {
			return 0
		}
	}
	return hours(otherZones[name])
}

var (
	weekday     = regexp.MustCompile(`^[A-Za-z]+,\s*`)
	handLayouts = []string{
		"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04 -0700", "2 January 2006 15:04 -0700", "2006/1/2 15:04:05 -0700", "2006/1/2 15:04 -0700",
	}
	handDayForms = []string{"2 Jan 2006", "2 January 2006", "January 2, 2006", "Jan 2, 2006", "2006/1/2"}
)

// handwritten reads dates that gofeed does not, in forms that leave no doubt; zero for all others.
func handwritten(text string) time.Time {
	text = weekday.ReplaceAllString(strings.Join(strings.Fields(text), " "), "")
	name := lastWord(text)
	if offset, ok := zone(name); ok {
		seconds := int(offset / time.Second)
		text = fmt.Sprintf("%s%+03d%02d", text[:len(text)-len(name)], seconds/3600, max(seconds, -seconds)/60%60)
	}
	for _, layout := range handLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	for _, layout := range handDayForms {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	return time.Time{}
}

func zone(name string) (time.Duration, bool) {
	offset, ok := knownZones[name]
	if !ok {
		offset, ok = otherZones[name]
	}
	return hours(offset), ok
}

func hours(n float64) time.Duration { return time.Duration(n * float64(time.Hour)) }

func lastWord(text string) string {
	words := strings.Fields(text)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}
