package webpage

import (
	"regexp"
	"strings"
)

// maxCounter is how many words a line has at most that does nothing but count.
const maxCounter = 8

var (
	// ago matches how long ago something was, in the languages most blogs are written in.
	ago = regexp.MustCompile(`(?i)\b(?:(?:\d+|an?|one) (?:sec(?:ond)?|min(?:ute)?|hour|day|week|month|year)s? ago|` +
		`vor (?:\d+|eine[mr]) (?:Sekunde|Minute|Stunde|Tag|Woche|Monat|Jahr)(?:e?n)?|` +
		`(?:il y a|hace|há) (?:\d+|une?|uma?|un[oa]) \pL+|` +
		`\d+ \pL+ (?:fa|geleden))\b`)
	// counts matches what pages count: "1,204 views", "Comments (3)".
	counts = regexp.MustCompile(`(?i)\d[\d.,]*[km]?\+? (?:` + counted + `)\b|\b(?:` + counted + `)(?:: | ?\(| number | no\. )\d`)
	// nonce matches what nobody has written by hand.
	nonce = regexp.MustCompile(`\b(?:[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b`)
)

const counted = `views?|reads?|visit(?:or)?s?|hits?|comments?|responses?|repl(?:y|ies)|likes?|shares?|claps?|reactions?|boosts?|` +
	`favou?rites?|followers?|subscribers?|readers?|downloads?|webmentions?|online|Aufrufe?|Kommentare?|Ansichten|Leser|vues?|` +
	`commentaires?|vistas?|comentarios?|comentários?|visite|commenti|reacties`

// lasting is a line of text without what changes by itself, "" for a line that only counts.
func lasting(text string) string {
	if strings.Count(text, " ") < maxCounter && counts.MatchString(text) {
		return ""
	}
	text = nonce.ReplaceAllString(ago.ReplaceAllString(text, ""), "")
	return strings.Join(strings.Fields(text), " ")
}
