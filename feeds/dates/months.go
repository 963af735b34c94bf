package dates

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/goodsign/monday"
	"golang.org/x/text/unicode/norm"
)

// called is what a month, or a day of the week, is called in a language.
type called struct {
	language string
	number   int // of the month, or of the day, from Sunday, which is 0
}

// otherMonths are names that monday has not: cases that dates stand in, abbreviations, more
// languages.
var otherMonths = map[string]string{
	"ar":    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
	"ar-DZ": "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
	"ar-MA": "يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر",
	"ar-SY": "- شباط آذار نيسان أيار حزيران تموز - أيلول - - -", // the others are spellings
	"cs":    "ledna února března dubna května června července srpna září října listopadu prosince",
	"de":    "jänner feber mrz - - - - - sept - - -",
	"en":    "- - - - - - - - sept - - -",
	"gl":    "xaneiro febreiro marzo abril maio xuño xullo agosto setembro outubro novembro decembro",
	"he":    "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
	"hr":    "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",
	"is":    "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",
	"sk":    "januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",
	"sl":    "januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra decembra",
	"sr":    "јануар фебруар март април мај јун јул август септембар октобар новембар децембар",
}

// calendar are the names of months and of days, folded, in all languages.
var calendar = sync.OnceValues(func() (months, days map[string][]called) {
	months, days = map[string][]called{}, map[string][]called{}
	add := func(to map[string][]called, name, language string, number int) {
		if name = strings.Trim(fold(name), "."); len([]rune(name)) > 1 {
			to[name] = append(to[name], called{language, number})
		}
	}
	for _, locale := range monday.ListLocales() {
		language, _, _ := strings.Cut(string(locale), "_")
		if language == "zh" || language == "ja" || language == "ko" {
			continue // they count them
		}
		for month := 1; month <= 12; month++ {
			at := time.Date(2026, time.Month(month), 4, 0, 0, 0, 0, time.UTC)
			for _, layout := range []string{"January", "2 January", "Jan"} {
				add(months, strings.TrimPrefix(monday.Format(at, layout, locale), "4 "), language, month)
			}
		}
		for day := range 7 {
			at := time.Date(2026, 11, 1+day, 0, 0, 0, 0, time.UTC) // the first is a Sunday
			for _, layout := range []string{"Monday", "Mon"} {
				add(days, monday.Format(at, layout, locale), language, day)
			}
		}
	}
	for language, names := range otherMonths {
		for i, name := range strings.Fields(names) {
			add(months, name, mainLanguage(language), i+1)
		}
	}
	return months, days
})

// monthOf is the month that a folded word names, whole or by its first three letters or more; 0 for
// none. Where languages call different months so ("listopada" is November in Poland and October in
// Croatia), only the language of the text tells.
func monthOf(word, language string) int {
	if len([]rune(word)) < 3 {
		return 0
	}
	names, _ := calendar()
	if exact := names[word]; exact != nil {
		return agreed(exact, language)
	}
	var longer []called
	for name, of := range names {
		if strings.HasPrefix(name, word) {
			longer = append(longer, of...)
		}
	}
	return agreed(longer, language)
}

// agreed is the one month of the names, else that of the language.
func agreed(names []called, language string) int {
	all, own := map[int]bool{}, map[int]bool{}
	for _, n := range names {
		all[n.number] = true
		if n.language == mainLanguage(language) {
			own[n.number] = true
		}
	}
	for _, months := range []map[int]bool{all, own} {
		for month := range months {
			if len(months) == 1 {
				return month
			}
		}
	}
	return 0
}

func mainLanguage(tag string) string {
	language, _, _ := strings.Cut(tag, "-")
	return language
}

// mayBe says that a folded word names the day of the week in some language.
func mayBe(word string, day time.Weekday) bool {
	_, days := calendar()
	return slices.ContainsFunc(days[word], func(n called) bool { return n.number == int(day) })
}

// fold is text in lower case without accents and other marks, and with digits that everybody has.
func fold(text string) string {
	var out strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\u200E', r == '\u200F':
		case r == 'ı':
			out.WriteRune('i')
		case r >= '٠' && r <= '٩':
			out.WriteRune('0' + r - '٠')
		case r >= '۰' && r <= '۹':
			out.WriteRune('0' + r - '۰')
		case r == '−' || r == '–' || r == '‐' || r == '‑':
			out.WriteRune('-')
		default:
			out.WriteRune(r)
		}
	}
	return norm.NFC.String(out.String()) // Korean syllables are whole again
}

// isWeekday knows English, in which most feeds are dated.
func isWeekday(word string) bool {
	return len(word) >= 3 && slices.ContainsFunc([]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"},
		func(day string) bool { return strings.HasPrefix(day, word) })
}
