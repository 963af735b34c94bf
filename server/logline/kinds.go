package logline

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/bloghorn/bloghorn/server/bounds"
)

// kind is what a line is like.
type kind struct {
	message string // with level and component
	words   string // of err
}

func kindOf(r slog.Record, component, cause string) kind {
	k := kind{message: fmt.Sprintf("%d %s %s", r.Level, component, r.Message)}
	if r.Level >= slog.LevelWarn {
		k.words = wordsOf(cause)
	}
	return k
}

const maxWords = 100 // bytes; the beginning says what was tried, the end why it failed

// wordsOf are the words that errors of one kind have in common: without numbers, names in quotes
// and addresses.
func wordsOf(cause string) string {
	words := strings.FieldsFunc(cause, func(r rune) bool { return r == ' ' || r == '\n' })
	kept := words[:0]
	for _, word := range words {
		if !strings.ContainsFunc(word, func(r rune) bool {
			return unicode.IsDigit(r) || r == '/' || r == '"' || r == '@' || r > unicode.MaxASCII
		}) {
			kept = append(kept, word)
		}
	}
	s := strings.Join(kept, " ")
	if len(s) > 2*maxWords {
		s = s[:maxWords] + s[len(s)-maxWords:]
	}
	return s
}

// kinds counts lines.
type kinds struct {
	mu     sync.Mutex // never held while a line is written
	counts map[kind]*count
	of     map[string]int // kinds of one message
}

type count struct {
	lines int
	timer *time.Timer
	tell  func(of kind, more int)
}

func newKinds() *kinds { return &kinds{counts: map[kind]*count{}, of: map[string]int{}} }

// admit reports whether a line is to be written. A minute after the first line of its kind, tell is
// called with how many were not.
func (k *kinds) admit(what kind, tell func(of kind, more int)) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.counts[what]
	if c == nil && k.of[what.message] >= bounds.LogKinds {
		what.words = ""
		c = k.counts[what]
	}
	if c == nil {
		c = &count{tell: tell}
		c.timer = time.AfterFunc(time.Minute, func() { k.end(what) })
		k.counts[what] = c
		k.of[what.message]++
	}
	c.lines++
	return c.lines <= bounds.LogLines
}

// end forgets a kind, and tells what was left out of it.
func (k *kinds) end(what kind) {
	if c := k.forget(what); c != nil && c.lines > bounds.LogLines {
		c.tell(what, c.lines-bounds.LogLines)
	}
}

func (k *kinds) forget(what kind) *count {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.counts[what]
	if c == nil {
		return nil
	}
	c.timer.Stop()
	delete(k.counts, what)
	if k.of[what.message]--; k.of[what.message] == 0 {
		delete(k.of, what.message)
	}
	return c
}

func (k *kinds) flush() {
	for _, what := range k.all() {
		k.end(what)
	}
}

func (k *kinds) all() (all []kind) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for what := range k.counts {
		all = append(all, what)
	}
	return all
}
