package dates

import (
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // dates name zones such as Europe/Brussels, and a bare container has no list of them
	"unicode"
)

// zones are the abbreviations of time zones that mean one thing, in hours. Those that mean several
// (IST is Ireland's, Israel's and India's) are missing: a date that is hours wrong is worse than
// none, which is the time at which the post was found.
var zones = map[string]float64{
	"ut": 0, "gmt": 0, "utc": 0, "uct": 0, "z": 0, "wet": 0, "wez": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "mez": 1, "cest": 2, "mest": 2, "mesz": 2,
	"eet": 2, "oez": 2, "eest": 3, "oesz": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
	"acdt": 10.5, "acst": 9.5, "adt": -3, "aedt": 11, "aest": 10, "akdt": -8, "akst": -9, "art": -3, "ast": -4, "awst": 8, "brt": -3,
	"cat": 2, "eat": 3, "hkt": 8, "hst": -10, "ict": 7, "idt": 3, "irst": 3.5, "jst": 9, "kst": 9, "msd": 4, "msk": 3, "ndt": -2.5,
	"npt": 5.75, "nst": -3.5, "nzdt": 13, "nzst": 12, "pht": 8, "pkt": 5, "sast": 2, "sgt": 8, "trt": 3, "wat": 1, "wib": 7, "wit": 9, "wita": 8,
}

// Of are the times at which the feed says an item was published, in UTC, in the order of the texts
// that say so, without what generators write that know no date: the year 0 or 1, or the first day
// of 1970. parsed is what gofeed made of the first text, nil where it could not. order is that of
// all dates of the feed.
func Of(language string, order DayOrder, parsed *time.Time, texts ...string) (all []time.Time) {
	for i, text := range texts[:min(len(texts), MaxDates)] {
		if slices.Contains(texts[:i], text) {
			continue
		}
		at, ok := readDate(text, language, order)
		if !ok && i == 0 && parsed != nil && !endsInZone(text) && !ambiguous.MatchString(text) {
			at = parsed.UTC()
		}
		if at.Year() >= 1000 && at.Unix()/86400 != 0 {
			all = append(all, at)
		}
	}
	return all
}

// endsInZone says that a date ends with letters, which gofeed takes for UTC where it does not know
// them.
func endsInZone(text string) bool {
	words := strings.Fields(text)
	return len(words) > 0 && strings.ContainsFunc(words[len(words)-1], unicode.IsLetter)
}

const (
	maxDate  = 300 // bytes of a text that says a date
	MaxDates = 5   // texts that are read for one item
	maxZone  = 5   // letters of the abbreviation of a zone
)

var (
	datetime = regexp.MustCompile(`(?i)<time\b[^>]*\bdatetime\s*=\s*["']([^"']+)`)
	anyTag   = regexp.MustCompile(`<[^<>]*>`)
	place    = regexp.MustCompile(`\b(?:[A-Z][A-Za-z]+/)+[A-Z][A-Za-z_+-]+`) // "America/Argentina/Buenos_Aires"

	// spellings are rewritten, in this order, on folded text that has one of the signs.
	spellings = []struct {
		signs string
		from  *regexp.Regexp
		to    string
	}{
		{"m=", regexp.MustCompile(`\sm=[+-][\d.]+$`), ""}, // the clock that Go's times have beside them
		{"年 년", regexp.MustCompile(`(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号]?`), " $1-$2-$3 "},
		{"月 월", regexp.MustCompile(`(\d{1,2})\s(\d{1,2})\s?[月월],?\s(\d{4})`), " $3-$2-$1 "}, // PHP's "d M Y"
		{"月 월", regexp.MustCompile(`(\d{1,2})\s?[月월]\s?(\d{1,2}),?\s(\d{4})`), " $3-$1-$2 "},
		{"كانون", regexp.MustCompile(`كانون (?:ال)?ثاني`), "يناير"},
		{"كانون", regexp.MustCompile(`كانون (?:ال)?اول`), "ديسمبر"},
		{"تشرين", regexp.MustCompile(`تشرين (?:ال)?اول`), "اكتوبر"},
		{"تشرين", regexp.MustCompile(`تشرين (?:ال)?ثاني`), "نوفمبر"},
		{"اب", regexp.MustCompile(`(^|[^\p{L}])اب([^\p{L}]|$)`), "${1}اغسطس$2"},
		{"時 时 点 시", regexp.MustCompile(`(\d{1,2})\s?[時时点시]\s?(\d{1,2})\s?[分분]?(?:\s?(\d{1,2})\s?[秒초])?`), " $1:$2:$3 "},
		{"午前 上午 오전 π.", regexp.MustCompile(`午前|上午|오전|π\.\s?μ\.`), " am "},
		{"午後 下午 오후 μ.", regexp.MustCompile(`午後|下午|오후|μ\.\s?μ\.`), " pm "},
		{"a. p.", regexp.MustCompile(`\b([ap])\.\s?m\b\.?`), "${1}m"},
		{"uhr am pm", regexp.MustCompile(`\b(\d{1,2})[.](\d{2})(?:[.](\d{2}))?\s?(uhr|[ap]m)\b`), "$1:$2:$3 $4"},
		{"kl", regexp.MustCompile(`\b(?:kl|klo)\b[.]?\s?(\d{1,2})[.:](\d{2})`), " $1:$2: "},
		{"h", regexp.MustCompile(`\b(\d{1,2})\s?h\s?(\d{2})\b`), "$1:$2: "},
		{"h", regexp.MustCompile(`(^|[^:.\d])(\d{1,2})\s?(?:h|uhr)\b`), "$1$2:00: "},
		{"am pm", regexp.MustCompile(`(^|[^:.\d])(\d{1,2})\s?([ap]m)\b`), "$1$2:00: $3"},
		{"thang", regexp.MustCompile(`(\d{1,2})\s*thang\s*(\d{1,2}),?\s*(?:nam\s*)?(\d{4})`), "$1.$2.$3 "},
	}
	// pieces are a date in three numbers, an offset, a time of day, a number, a word, and something
	// in parentheses.
	datePieces = regexp.MustCompile(`(\d+)[-./]\s?(\d{1,2})[-./]\s?(\d+)|([+-])(\d{1,2})(?::?(\d{2}))?(?::?00)?|` +
		`(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,:](\d+))?)?:?|(\d+)|(\p{L}+)|\(([^()]*)\)`)
)

var chineseMonths = strings.NewReplacer("十一月", "11月", "十二月", "12月", "一月", "1月", "二月", "2月", "三月", "3月", "四月", "4月", "五月", "5月",
	"六月", "6月", "七月", "7月", "八月", "8月", "九月", "9月", "十月", "10月")

// readDate reads a date in any of the forms and languages that feeds have. It is strict: what it
// does not understand makes it say no. A date without a zone is taken for UTC.
func readDate(text, language string, order DayOrder) (time.Time, bool) {
	if len(text) > maxDate {
		return time.Time{}, false
	}
	text = bare(text)
	for _, usual := range []string{time.RFC1123Z, time.RFC3339} {
		if at, err := time.Parse(usual, text); err == nil {
			return at.UTC(), true
		}
	}
	if at, ok := unixTime(text); ok {
		return at, true
	}
	d, ok := scan(text, language)
	if !ok {
		return time.Time{}, false
	}
	return d.time(order)
}

// bare is a date without its HTML.
func bare(text string) string {
	if strings.ContainsAny(text, "<&") {
		if found := datetime.FindStringSubmatch(text); found != nil {
			text = found[1] // Drupal's
		}
		text = anyTag.ReplaceAllString(html.UnescapeString(text), " ")
	}
	return strings.TrimSpace(text)
}

// scan takes a date apart; false where there is a piece that has no place in one.
func scan(text, language string) (date, bool) {
	text = bare(text)
	d := date{language: language, zone: time.UTC}
	if name := place.FindString(text); name != "" {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return d, false
		}
		d.zone, d.hasZone, text = zone, true, strings.Replace(text, name, " ", 1)
	}
	text = chineseMonths.Replace(fold(text))
	for _, s := range spellings {
		if slices.ContainsFunc(strings.Fields(s.signs), func(sign string) bool { return strings.Contains(text, sign) }) {
			text = s.from.ReplaceAllString(text, s.to)
		}
	}
	for _, piece := range datePieces.FindAllStringSubmatch(text, -1) {
		if !d.take(piece) {
			return d, false
		}
	}
	return d, true
}

// unixTime reads seconds or milliseconds since 1970, if they are of a time that had feeds.
func unixTime(text string) (at time.Time, ok bool) {
	text, _, _ = strings.Cut(text, ".")
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil || len(text) < 9 || len(text) > 13:
		return at, false
	case len(text) > 10:
		at = time.UnixMilli(n).UTC()
	default:
		at = time.Unix(n, 0).UTC()
	}
	return at, at.Year() >= 1995 && at.Year() < 2100
}

// date is what was read of a date so far. What is not known is 0.
type date struct {
	language           string
	year, month, day   int
	either             [2]int   // two numbers of which one is the day and one the month
	dots               bool     // between them
	order              DayOrder // that a number above 12 tells
	clock              []int    // hours, minutes, seconds, nanoseconds
	isLate, isEarly    bool     // pm, am
	zone               *time.Location
	hasZone, hasOffset bool
	weekday            string // or any other word that is none of a date's
	strange            int    // how many such words there were
	mayBeDay           bool   // the word that was taken for the month came first: in "mar, 17 mars" it is the day of the week
	last               string // the last word
}

// take reads the next piece; false means that there is no telling what it says.
func (d *date) take(p []string) bool {
	last := d.last
	d.last = ""
	switch {
	case p[1] != "":
		return d.numbers(p[1], p[2], p[3], strings.Contains(p[0], "."))
	case p[4] != "" && (d.clock != nil || last == "t") && d.offset(p[4], p[5], p[6]):
		return true
	case p[4] != "":
		return p[4] == "-" && d.number(p[5]+p[6], last)
	case p[7] != "":
		return d.timeOfDay(p[7], p[8], p[9], p[10])
	case p[11] != "":
		return d.number(p[11], last)
	case p[12] != "":
		d.last = p[12]
		return d.word(p[12])
	}
	return d.aside(p[13])
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// numbers reads "2026-11-18", "18.11.2026" and "11/18/2026". Two-digit years may be too many
// things.
func (d *date) numbers(a, b, c string, dots bool) bool {
	x, y, z := number(a), number(b), number(c)
	if d.mayBeDay {
		d.month, d.mayBeDay = 0, false
	}
	switch {
	case d.year+d.month+d.day > 0:
		return false
	case len(a) == 4 && len(c) <= 2:
		d.year, d.month, d.day = x, y, z
		return true
	case len(c) != 4 || len(a) > 2:
		return false
	}
	d.year = z
	switch {
	case x == y:
		d.day, d.month = x, y
	case x > 12:
		d.day, d.month, d.order = x, y, dayFirst
	case y > 12:
		d.day, d.month, d.order = y, x, monthFirst
	default:
		d.either, d.dots = [2]int{x, y}, dots
	}
	return true
}

// number reads a day, a year, and "20261118T093000".
func (d *date) number(text, lastWord string) bool {
	n := number(text)
	switch size := len(text); {
	case d.year == 0 && (size == 8 || size == 12 || size == 14):
		d.year, d.month, d.day = number(text[:4]), number(text[4:6]), number(text[6:8])
		if size > 8 {
			return d.timeOfDay(text[8:10], text[10:12], text[12:], "")
		}
		return true
	case lastWord == "t" && d.year > 0 && d.clock == nil && (size == 4 || size == 6):
		return d.timeOfDay(text[:2], text[2:4], text[4:], "")
	case size == 4 && d.year == 0:
		d.year = n
	case size <= 2 && d.day == 0 && d.either == [2]int{}:
		d.day = n
	case size == 2 && d.year == 0 && d.month > 0: // RFC 822
		d.year = 1900 + n
		if n < 70 {
			d.year += 100
		}
	default:
		return false
	}
	return true
}

func (d *date) timeOfDay(hours, minutes, seconds, fraction string) bool {
	if d.clock != nil {
		return false
	}
	d.clock = []int{number(hours), number(minutes), 0, 0}
	if seconds != "" {
		d.clock[2] = number(seconds)
	}
	if fraction != "" {
		d.clock[3] = number((fraction + "000000000")[:9])
	}
	if d.clock[0] == 24 { // the end of the day
		return d.clock[1]+d.clock[2]+d.clock[3] == 0
	}
	return d.clock[0] < 24 && d.clock[1] < 60 && d.clock[2] <= 60
}

func (d *date) offset(sign, hours, minutes string) bool {
	h, m := number(hours), 0
	if minutes != "" {
		m = number(minutes)
	}
	if h > 14 || m > 59 {
		return false
	}
	seconds := h*3600 + m*60
	if sign == "-" {
		seconds = -seconds
	}
	if d.hasOffset { // Go names a zone so that has no name: "-0300 -03"
		_, before := time.Time{}.In(d.zone).Zone()
		return before == seconds
	}
	d.zone, d.hasZone, d.hasOffset = time.FixedZone("", seconds), true, true
	return true
}

// fillers are words that dates have between their parts.
var fillers = words(`t st nd rd th er e a o u as at um uhr h om ore alle de del di den der do d of the le el la on om am klo kl den r rok roku g god goda год года г р
	року рік в о об в и η ης στις και dia ngay nam luc ve i pa`)

func words(text string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		all[fold(word)] = true
	}
	return all
}

func (d *date) word(word string) bool {
	offset, isZone := zones[word]
	switch {
	case d.clock != nil && (word == "am" || word == "pm"):
		d.isEarly, d.isLate = word == "am", word == "pm"
		return true
	case word == "pm":
		d.isLate = true
		return true
	case d.clock != nil && isZone:
		if !d.hasZone {
			d.zone, d.hasZone = time.FixedZone("", int(offset*3600)), true
		}
		return true
	case fillers[word] && !(len(word) == 1 && d.clock != nil && d.day > 0): // that is a zone of the army's
		return true
	}
	month := 0
	if !isWeekday(word) {
		month = monthOf(word, d.language)
	}
	switch {
	case month > 0 && (d.month == 0 || d.mayBeDay):
		d.mayBeDay = d.month == 0 && d.day+d.year == 0
		if d.month = month; d.mayBeDay {
			d.weekday = word
		}
		return true
	case month > 0 && month == d.month: // "كانون الثاني/يناير"
		return true
	case d.hasOffset && d.clock != nil && len(word) <= maxZone: // the offset says what "IST" does not
		return true
	case d.clock != nil && d.day > 0:
		return false // a zone that nobody knows, or anything else
	}
	d.strange++
	d.weekday = word
	return d.strange <= 2
}

// aside reads what stands in parentheses: the name of a zone, which says nothing new behind an
// offset, or the day of the week.
func (d *date) aside(text string) bool {
	offset, isZone := zones[strings.TrimSpace(text)]
	switch {
	case d.hasZone || d.clock == nil:
		return true
	case isZone:
		d.zone, d.hasZone = time.FixedZone("", int(offset*3600)), true
		return true
	}
	return false
}

// time puts the parts together. A day that the month has not is no date.
func (d *date) time(order DayOrder) (time.Time, bool) {
	if d.either != [2]int{} && !d.choose(order) {
		return time.Time{}, false
	}
	clock := d.clock
	if clock == nil {
		clock = []int{0, 0, 0, 0}
	}
	hours := clock[0]
	switch {
	case d.isLate && hours < 12:
		hours += 12
	case d.isEarly && hours == 12:
		hours = 0
	}
	day := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
	if d.year <= 0 || int(day.Month()) != d.month || day.Day() != d.day {
		return time.Time{}, false
	}
	return time.Date(d.year, time.Month(d.month), d.day, hours, clock[1], min(clock[2], 59), clock[3], d.zone).UTC(), true
}
