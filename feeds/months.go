package feeds

import (
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/goodsign/monday"
	"golang.org/x/text/unicode/norm"
)

// monthName is what a month is called in a language.
type monthName struct {
	language string
	month    int
}

// otherMonths are names that monday has not: cases that dates stand in, abbreviations, more languages.
var otherMonths = map[string]string{
	"ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
	"cs": "ledna února března dubna května června července srpna září října listopadu prosince",
	"de": "jänner feber mrz - - - - - sept - - -",
	"en": "- - - - - - - - sept - - -",
	"gl": "xaneiro febreiro marzo abril maio xuño xullo agosto setembro outubro novembro decembro",
	"he": "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
	"hr": "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",
	"is": "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",
	"sk": "januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",
	"sl": "januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra decembra",
	"sr": "јануар фебруар март април мај јун јул август септембар октобар новембар децембар",
}

// monthNames are the names of months, folded, in all languages.
var monthNames = sync.OnceValue(func() map[string][]monthName {
	all := map[string][]monthName{}
	add := func(name, language string, month int) {
		if name = fold(name); len([]rune(name)) > 1 {
			all[name] = append(all[name], monthName{language, month})
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
				add(strings.TrimPrefix(monday.Format(at, layout, locale), "4 "), language, month)
			}
		}
	}
	for language, names := range otherMonths {
		for i, name := range strings.Fields(names) {
			add(name, language, i+1)
		}
	}
	return all
})

// monthOf is the month that a folded word names, whole or by its first three letters or more; 0 for none. Where languages call different
// months so ("listopada" is November in Poland and October in Croatia), only the language of the text tells.
func monthOf(word, language string) int {
	if len([]rune(word)) < 3 {
		return 0
	}
	names := monthNames()
	if exact := names[word]; exact != nil {
		return agreed(exact, language)
	}
	var longer []monthName
	for name, of := range names {
		if strings.HasPrefix(name, word) {
			longer = append(longer, of...)
		}
	}
	return agreed(longer, language)
}

// agreed is the one month of the names, else that of the language.
func agreed(names []monthName, language string) int {
	language, _, _ = strings.Cut(language, "-")
	month, own, isSame, isOwnSame := 0, 0, true, true
	for _, n := range names {
		isSame = isSame && (month == 0 || month == n.month)
		month = n.month
		if n.language == language {
			isOwnSame = isOwnSame && (own == 0 || own == n.month)
			own = n.month
		}
	}
	switch {
	case isSame:
		return month
	case isOwnSame:
		return own
	}
	return 0
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
