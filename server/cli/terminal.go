package cli

import (
	"io"
	"os"
	"sync"
	"unicode"
	"unicode/utf8"
)

// terminal is the one door to the screen: what strangers call themselves reaches it through lists,
// errors and logs, and no text may move the cursor, colour what follows or turn the direction of a
// line. It leaves out control characters other than line feed and tab, and those that set the
// direction of text. What is not UTF-8 becomes U+FFFD, since a terminal may read it as a control
// character. JSON stays JSON: none of these is part of its grammar.
//
// run puts it in front of stdout and stderr. layout_test.go fails where another file writes past
// it.
type terminal struct {
	to   io.Writer
	mu   sync.Mutex
	rest []byte // the beginning of a character that a later write may end
}

// Write always takes all of p, unless the writer below fails.
func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := append(t.rest, p...)
	shown := make([]byte, 0, len(text))
	for len(text) > 0 && utf8.FullRune(text) {
		r, size := utf8.DecodeRune(text)
		if text = text[size:]; isShown(r) {
			shown = utf8.AppendRune(shown, r)
		}
	}
	t.rest = append([]byte(nil), text...)
	if len(shown) == 0 {
		return len(p), nil
	}
	if _, err := t.to.Write(shown); err != nil {
		return 0, err
	}
	return len(p), nil
}

func isShown(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return true
	case r == '\u2028' || r == '\u2029': // line and paragraph separator
		return false
	}
	return !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r)
}

// fileOf is the file that w writes to, nil where that is none.
func fileOf(w io.Writer) *os.File {
	if t, ok := w.(*terminal); ok {
		w = t.to
	}
	file, _ := w.(*os.File)
	return file
}
