package dates

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// DayOrder is which of the two numbers in "11/12/2026" comes first.
type DayOrder int

const (
	unknownOrder DayOrder = iota
	dayFirst
	monthFirst
)

// ambiguous matches what may be read in both orders.
var ambiguous = regexp.MustCompile(`(?:^|[^\p{Nd}/.-])\p{Nd}{1,2}[-./]\s?\p{Nd}{1,2}[-./]\s?\p{Nd}{4}(?:\P{Nd}|$)`)

// OrderOf is the order in all dates of a feed: a program writes it one way. A number above 12 tells
// it, else the day of the week. Where they contradict each other, nobody knows.
func OrderOf(texts []string, language string) DayOrder {
	var byNumber, byWeekday [monthFirst + 1]bool
	for _, text := range texts {
		if len(text) > maxDate || !ambiguous.MatchString(text) {
			continue
		}
		if d, ok := scan(text, language); ok {
			byNumber[d.order] = true
			if d.either != [2]int{} {
				byWeekday[d.orderByWeekday()] = true
			}
		}
	}
	for _, told := range [][monthFirst + 1]bool{byNumber, byWeekday} {
		switch {
		case told[dayFirst] && told[monthFirst]:
			return unknownOrder
		case told[dayFirst]:
			return dayFirst
		case told[monthFirst]:
			return monthFirst
		}
	}
	return unknownOrder
}

// orderHabit is the order that people have who write this language. English without a country does
// not tell, nor does Canada, but who writes am and pm there is most likely American.
func orderHabit(language string, halves bool) DayOrder {
	tag := strings.ToLower(language)
	main, region, _ := strings.Cut(tag, "-")
	switch {
	case tag == "en-us":
		return monthFirst
	case main == "en" && region != "" && region != "ca":
		return dayFirst
	case halves && !slices.Contains([]string{"ar", "el", "es", "hi", "ur"}, main): // who write so themselves
		return monthFirst
	case main == "en" || main == "":
		return unknownOrder
	}
	return dayFirst
}

// choose finds out which of two numbers is the day: from the other dates of the feed, the day of
// the week, or the habits of those who write the language. Who writes dots writes the day first,
// unless others with dots show the contrary. What nobody can tell is no date: a new post is dated
// when it is found, and that is nearer than another month.
func (d *date) choose(order DayOrder) bool {
	if order == unknownOrder && d.dots {
		order = dayFirst
	}
	if order == unknownOrder {
		order = d.orderByWeekday()
	}
	if order == unknownOrder {
		order = orderHabit(d.language, d.isEarly || d.isLate)
	}
	switch a, b := d.either[0], d.either[1]; order {
	case dayFirst:
		d.day, d.month = a, b
	case monthFirst:
		d.day, d.month = b, a
	}
	return order != unknownOrder
}

func (d *date) orderByWeekday() DayOrder {
	a, b := d.either[0], d.either[1]
	day := func(month, day int) time.Weekday {
		return time.Date(d.year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Weekday()
	}
	switch isFirst, isSecond := mayBe(d.weekday, day(b, a)), mayBe(d.weekday, day(a, b)); {
	case isFirst && !isSecond:
		return dayFirst
	case isSecond && !isFirst:
		return monthFirst
	}
	return unknownOrder
}
