package logline

import (
	"encoding"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/server/bounds"
)

func most(level slog.Level) int {
	if level >= slog.LevelError {
		return bounds.LogTrouble
	}
	return bounds.LogValue
}

// bounded is an attribute with a value that is short and can be shown. Whatever is no number, time
// or text of its own is written as text here, because afterwards nobody could cut it.
func bounded(a slog.Attr, level slog.Level) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		v = slog.StringValue(printable(v.String(), most(level)))
	case slog.KindDuration: // in JSON it would be a number of nanoseconds, in text it is "1.5s"
		v = slog.StringValue(v.Duration().String())
	case slog.KindAny:
		v = slog.StringValue(printable(text(v.Any()), most(level)))
	case slog.KindGroup:
		var group []slog.Attr
		for _, a := range v.Group() {
			group = append(group, bounded(a, level))
		}
		v = slog.GroupValue(group...)
	}
	return slog.Attr{Key: a.Key, Value: v}
}

func text(value any) string {
	switch v := value.(type) {
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	case encoding.TextMarshaler:
		if text, err := v.MarshalText(); err == nil {
			return string(text)
		}
	}
	return fmt.Sprintf("%+v", value)
}

// printable is at most so many bytes of a text, and says how many are left out. What a terminal
// would act upon, or show in another direction, is written as its code; the handlers write ends of
// lines as such.
func printable(s string, most int) string {
	left := 0
	if len(s) > most {
		cut := most
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s, left = s[:cut], len(s)-cut
	}
	if strings.ContainsFunc(s, unfit) {
		var b strings.Builder
		for _, r := range s {
			if unfit(r) {
				b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			} else {
				b.WriteRune(r)
			}
		}
		s = b.String()
	}
	if left > 0 {
		s += fmt.Sprintf("… (%d bytes more)", left)
	}
	return s
}

func unfit(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\t' || r == utf8.RuneError }
