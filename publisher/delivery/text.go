package delivery

import (
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// What the columns hold, in bytes.
const (
	maxInbox  = 2048
	maxHost   = 255
	maxAnswer = 512
)

// plain makes something for people to read out of what a server answered: its first 512 bytes on one line.
func plain(answer string) string { return cut(safehtml.Line(cut(answer, maxAnswer)), maxAnswer) }

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
