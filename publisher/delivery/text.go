package delivery

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What the columns hold, in bytes.
const (
	maxInbox  = 2048
	maxHost   = 255
	maxAnswer = 512
)

// plain makes something for people to read out of what a server answered: its first 512 bytes, as text without control characters.
func plain(answer string) string {
	answer = strings.ToValidUTF8(cut(answer, maxAnswer), "\uFFFD")
	answer = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, answer)
	return cut(strings.Join(strings.Fields(answer), " "), maxAnswer)
}

// cut shortens s to at most max bytes without splitting a character, if s is text.
func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for end := max; end > max-utf8.UTFMax && end > 0; end-- {
		if utf8.RuneStart(s[end]) {
			return s[:end]
		}
	}
	return s[:max]
}
