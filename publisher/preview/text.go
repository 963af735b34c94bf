package preview

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	minWidth = 40  // columns; narrower terminals break our lines themselves
	maxWidth = 100 // longer lines are hard to read
	maxLines = 8   // of a post's text; the rest is counted
	maxValue = 300 // characters of a line of JSON
)

// Text writes the preview for a terminal of that many columns; it needs no colour.
func (p Preview) Text(w io.Writer, columns int) error {
	t := &text{width: max(minWidth, min(columns, maxWidth))}
	t.feed(p)
	for i, e := range p.Entries {
		t.entry(p, e, i+1)
	}
	t.json(p)
	t.warnings(p.Warnings)
	_, err := w.Write(t.out.Bytes())
	return err
}

// text collects lines. Everything that comes from outside goes through put, which makes it harmless.
type text struct {
	out   bytes.Buffer
	width int
}

// put writes paragraphs, wrapped, each line after indent.
func (t *text) put(indent, format string, args ...any) {
	t.putAll(indent, indent, fmt.Sprintf(format, args...))
}

// putAll writes wrapped text, whose first line has an indent of its own.
func (t *text) putAll(first, indent, words string) {
	for i, l := range wrap(plain(words), t.width-columns(indent)) {
		if i == 0 {
			l = first + l
		} else {
			l = indent + l
		}
		t.out.WriteString(strings.TrimRight(l, " ") + "\n")
	}
}

func (t *text) blank() { t.out.WriteString("\n") }

// rule writes a heading with a line after it.
func (t *text) rule(heading string) {
	heading = shortened(line(heading), t.width-6)
	t.out.WriteString("\n── " + heading + " " + strings.Repeat("─", t.width-4-columns(heading)) + "\n\n")
}

func (t *text) feed(p Preview) {
	f := p.Feed
	t.putAll("Found    ", "         ", fmt.Sprintf("%s with %s: %s", f.Format, count(f.Items, "post"), line(f.FeedURL)))
	t.putAll("Blog     ", "         ", line(p.Blog.Title)+" — "+line(f.SiteURL))
	t.putAll("Language ", "         ", languageName(f.Language))
	t.putAll("Account  ", "         ", line(p.Blog.Handle())+" (not created; nothing is stored or sent)")
	if n := len(p.Warnings); n > 0 {
		t.putAll("Advice   ", "         ", count(n, "thing")+" to look at, below")
	}
	for _, ignored := range f.Ignored {
		t.putAll("Ignored  ", "         ", line(ignored))
	}
	if len(p.Entries) == 0 {
		t.blank()
		t.put("", "The feed has no posts yet. Once it has one, run this again to see how it will look.")
	}
}

// json shows what is sent for the newest post, shortened where a person would not read it anyway.
func (t *text) json(p Preview) {
	if len(p.Entries) == 0 {
		return
	}
	t.rule("What is sent")
	t.put("", "This is the Create of the newest post. Long values are cut here; --json prints all of them whole.")
	t.blank()
	for l := range strings.SplitSeq(p.Entries[0].JSON(), "\n") {
		if runes := []rune(plain(l)); len(runes) > maxValue {
			l = fmt.Sprintf("%s … (%d more characters)", string(runes[:maxValue]), len(runes)-maxValue)
		}
		t.out.WriteString(plain(l) + "\n")
	}
}

// JSON is the Create, indented.
func (e Entry) JSON() string {
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, e.Create, "", "  "); err != nil {
		return string(e.Create) // what Marshal wrote can be indented
	}
	return pretty.String()
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
		t.putAll("  Why: ", "  ", w.Why)
		t.putAll("  Do:  ", "  ", w.Fix)
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
