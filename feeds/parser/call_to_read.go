package parser

import "regexp"

// calls are the words with which engines call readers in, in the languages we know.
const calls = `(?:read more|continue reading|keep reading|read the rest|weiterlesen|mehr lesen|lire la suite|continuer la lecture|leer más|` +
	`seguir leyendo|continuar leyendo|sigue leyendo|continua a leggere|leggi tutto|leggi di più|lees verder|verder lezen|lees meer|ler mais|leia mais|` +
	`continuar a ler|continue lendo|continuar lendo|läs mer|fortsätt läsa|les mer|fortsett å lese|læs mere|læs videre|lue lisää|czytaj dalej|` +
	`czytaj więcej|číst dále|číst více|čítať ďalej|citește mai mult|devamını oku|tovább olvasom|διαβάστε περισσότερα|читать далее|читать дальше|` +
	`читати далі|続きを読む|阅读更多|继续阅读|閱讀更多|繼續閱讀)`

var (
	callEnd = regexp.MustCompile(`(?i)` + calls + `[\s.…»→›\]]*$`)
	cutEnd  = regexp.MustCompile(`(?i)(?:(?:…|\.\.\.)\]?|(?:^|[^\pL\pN])` + calls + `(?:[^\pL\pN].{0,120})?)[\s»→›.…]*$`) // "Continue reading On tea →"
)

// CallToRead is what text calls its readers in with at its end: "Weiterlesen »". "" where it ends
// in another way.
func CallToRead(text string) string {
	return callEnd.FindString(text[max(0, len(text)-100):])
}

// LooksCut says that a text ends as excerpts do.
func LooksCut(text string) bool {
	return cutEnd.MatchString(text[max(0, len(text)-300):])
}
