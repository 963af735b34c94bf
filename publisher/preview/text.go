package preview

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

const (
	minWidth = 40  // columns; narrower terminals break our lines themselves
	maxWidth = 100 // longer lines are hard to read
	maxLines = 8   // of a post's text; the rest is counted
)

// Text writes the preview for a terminal of that many columns; it needs no colour.
func (p Preview) Text(w io.Writer, columns int) error {
	t := &text{width: max(minWidth, min(columns, maxWidth)), told: map[string]bool{}}
	t.feed(p)
	for i, e := range p.Entries {
		t.entry(p, e, i+1)
	}
	t.create(p)
	t.warnings(p.Warnings)
	_, err := w.Write(t.out.Bytes())
	return err
}

// text collects lines. Everything that comes from outside goes through put, which makes it
// harmless.
type text struct {
	out   bytes.Buffer
	width int
	told  map[string]bool // explanations, each of which is given once
}

// put writes paragraphs, wrapped, each line after indent.
func (t *text) put(indent, format string, args ...any) {
	t.putAll(indent, indent, fmt.Sprintf(format, args...))
}

// putAll writes wrapped text, whose first line has an indent of its own.
func (t *text) putAll(first, indent, words string) {
	for i, l := range wrap(safehtml.Plain(words), t.width-columns(indent)) {
		if i == 0 {
			l = first + l
		} else {
			l = indent + l
		}
		t.out.WriteString(strings.TrimRight(l, " ") + "\n")
	}
}

// explain says something about a view, the first time it is to be said.
func (t *text) explain(words string) {
	if !t.told[words] {
		t.told[words] = true
		t.put("  ", "%s", words)
	}
}

func (t *text) blank() { t.out.WriteString("\n") }

// rule writes a heading with a line after it.
func (t *text) rule(heading string) {
	heading = shortened(safehtml.Line(heading), t.width-6)
	t.out.WriteString("\n── " + heading + " " + strings.Repeat("─", t.width-4-columns(heading)) + "\n\n")
}

func (t *text) feed(p Preview) {
	f := p.Feed
	t.putAll("Found    ", "         ", fmt.Sprintf("%s with %s: %s", f.Format, count(f.Items, "post"), safehtml.Line(f.FeedURL)))
	t.putAll("Blog     ", "         ", safehtml.Line(p.Blog.Title)+" — "+safehtml.Line(f.SiteURL))
	t.putAll("Language ", "         ", languageName(f.Language))
	t.putAll("Account  ", "         ", safehtml.Line(p.Blog.Handle())+" (not created; nothing is stored or sent)")
	if n := len(p.Warnings); n > 0 {
		t.putAll("Advice   ", "         ", count(n, "thing")+" to look at, below")
	}
	for _, ignored := range f.Ignored {
		t.putAll("Ignored  ", "         ", safehtml.Line(ignored))
	}
	if len(p.Entries) == 0 {
		t.blank()
		t.put("", "The feed has no posts yet. Once it has one, run this again to see how it will look.")
	}
}

func (t *text) warnings(all []Warning) {
	t.rule("Advice")
	if len(all) == 0 {
		t.put("", "Nothing to improve was found.")
	}
	for i, w := range all {
		if i > 0 {
			t.blank()
		}
		mark := "•"
		if w.Serious {
			mark = "!"
		}
		t.putAll(mark+" ", "  ", w.Seen+" ["+w.ID+"]")
		t.putAll("  Why: ", "       ", w.Why)
		t.putAll("  Do:  ", "       ", w.Fix)
	}
}

// count is "1 post", "2 posts".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

func when(at time.Time) string { return at.UTC().Format("2 January 2006, 15:04 UTC") }

func languageName(tag string) string {
	if tag == "" {
		return "not named"
	}
	return tag
}
