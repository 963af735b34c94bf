package preview

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// entry writes one post as the three servers show it.
func (t *text) entry(p Preview, e Entry, n int) {
	t.rule(fmt.Sprintf("Post %d of %d · %s", n, len(p.Entries), e.Heading()))
	t.mastodon(e)
	t.blank()
	t.goToSocial(e.GoToSocial)
	t.blank()
	t.pixelfed(e.Pixelfed)
	t.blank()
	t.lemmy(e.Lemmy)
}

// Heading is what the post is called here: its title, else how it begins.
func (e Entry) Heading() string {
	if e.Post.Title != "" {
		return e.Post.Title
	}
	return shortened(safehtml.Line(e.Lemmy.Title), 60)
}

const edge = "  │ " // what a server shows stands behind it

func (t *text) mastodon(e Entry) {
	m := e.Mastodon
	t.put("", "Mastodon")
	t.put(edge, "%s · %s · %s · %s", safehtml.Line(e.Blog.Title), safehtml.Line(e.Blog.Handle()), when(e.Post.PublishedAt), cmp.Or(m.Language, "no language"))
	if m.Title != "" {
		t.put(edge, "")
		t.put(edge, "**%s**", safehtml.Line(m.Title))
	}
	if len(m.Text) > 0 {
		t.put(edge, "")
	}
	t.blocks(edge, m.Text)
	if m.Link.URL != "" {
		t.put(edge, "")
		t.put(edge, "→ %s", safehtml.Line(m.Link.Text))
	}
	t.media(edge, m.Media)
	t.card(m.Card)
	if len(m.Hashtags) > 0 {
		t.put(edge, "")
		t.put(edge, "%s", safehtml.Line(strings.Join(m.Hashtags, "  ")))
	}
	switch {
	case m.Title != "" && len(m.Media) > 0:
		t.explain("The text itself is read on your blog: Mastodon shows title, summary, link and what is attached, and then makes no card of the page. " +
			"A post comes into home timelines only while it is younger than six hours.")
	case m.Title != "":
		t.explain("The text itself is read on your blog: Mastodon shows title, summary and link, and a card that it makes of the page. " +
			"A post comes into home timelines only while it is younger than six hours.")
	}
}

// card writes a preview card, which Mastodon makes of the page.
func (t *text) card(c Card) {
	if c.URL == "" {
		return
	}
	const inside = edge + "┃ "
	t.put(edge, "")
	t.put(inside, "%s", safehtml.Line(c.Host))
	if c.Title != "" {
		t.put(inside, "**%s**", safehtml.Line(c.Title))
	} else {
		t.put(inside, "(the title of that page)")
	}
	t.picture(inside, c.Picture)
}

func (t *text) picture(indent string, p Picture) {
	switch {
	case p.URL == "":
	case p.Alt == "":
		t.put(indent, "[picture without description: %s]", safehtml.Line(p.URL))
	default:
		t.put(indent, "[picture: %s — %s]", safehtml.Line(p.Alt), safehtml.Line(p.URL))
	}
}

// media writes what is attached.
func (t *text) media(indent string, all []Medium) {
	for i, m := range all {
		if i == 0 {
			t.put(edge, "")
		}
		switch {
		case m.Kind == "picture":
			t.picture(indent, m.Picture)
		case m.Alt == "":
			t.put(indent, "[%s: %s]", m.Kind, safehtml.Line(m.URL))
		default:
			t.put(indent, "[%s: %s — %s]", m.Kind, safehtml.Line(m.Alt), safehtml.Line(m.URL))
		}
	}
}

func (t *text) pixelfed(why string) {
	t.put("", "Pixelfed")
	if why == "" {
		t.put(edge, "(the pictures, and the text below them)")
		return
	}
	t.put(edge, "(not shown: %s)", safehtml.Line(why))
}

func (t *text) goToSocial(g GoToSocial) {
	t.put("", "GoToSocial")
	if g.Fold != "" {
		t.putAll(edge+"▸ ", edge+"  ", safehtml.Line(g.Fold)+" [show more]")
		t.put(edge, "")
	}
	if len(g.Body) == 0 {
		t.put(edge, "(the feed has no text for it)")
	}
	t.blocks(edge, g.Body)
	t.media(edge, g.Media)
	if words := g.Explained(); words != "" {
		t.explain(words)
	}
}

// Explained says what a reader there meets; "" where nothing has to be said.
func (g GoToSocial) Explained() string {
	var said []string
	switch {
	case g.UnderTitle && g.Fold != "":
		said = append(said, "The whole text, folded under the title.")
	case g.Fold != "":
		said = append(said, "The whole text, folded under the summary.")
	}
	if g.PicturesLost {
		said = append(said, "Pictures in a text are left out there, and there is no card of the page; pictures = attach shows them, "+
			"and costs the card on Mastodon.")
	}
	return strings.Join(said, " ")
}

func (t *text) lemmy(l Lemmy) {
	t.put("", "Lemmy, if the post is sent to a community: nobody there can follow a blog")
	t.put(edge, "**%s**", safehtml.Line(l.Title))
	t.putAll(edge+"→ ", edge, safehtml.Line(l.Link))
	if l.Thumbnail.URL != "" {
		t.putAll(edge+"thumbnail ", edge, safehtml.Line(l.Thumbnail.URL))
	}
	t.put(edge, "and the whole text, with the pictures in it")
	if l.FromText {
		t.explain("Without a title, Lemmy takes the first line.")
	}
}

// blocks writes the beginning of a text, and how much more there is.
func (t *text) blocks(indent string, all []Block) {
	whole := text{width: t.width - columns(indent)}
	for i, b := range all {
		if i > 0 && b.Kind != "caption" {
			whole.blank()
		}
		whole.block(b)
	}
	lines := strings.Split(strings.TrimRight(whole.out.String(), "\n"), "\n")
	if len(all) == 0 {
		return
	}
	shown := min(len(lines), maxLines)
	if len(lines) == maxLines+1 {
		shown++ // the note would take as much room as the line
	}
	for _, l := range lines[:shown] {
		t.out.WriteString(strings.TrimRight(indent+l, " ") + "\n")
	}
	if shown < len(lines) {
		t.put(indent, "… and %s more", count(len(lines)-shown, "line"))
	}
}

func (t *text) block(b Block) {
	words := runsText(b.Runs)
	switch b.Kind {
	case "heading":
		t.put("", "## %s", safehtml.Line(words))
	case "code":
		for l := range strings.SplitSeq(strings.TrimRight(safehtml.Plain(words), "\n"), "\n") {
			t.out.WriteString("    " + shortened(strings.ReplaceAll(l, "\t", "    "), t.width-4) + "\n")
		}
	case "caption":
		t.put("", "(%s)", strings.TrimSpace(words))
	case "picture":
		t.picture("", b.Picture)
	case "quote":
		t.inside("> ", "> ", b.Inside, true)
	case "bullets", "numbers":
		for _, item := range b.Inside {
			mark := "• "
			if b.Kind == "numbers" {
				mark = fmt.Sprintf("%d. ", item.Number)
			}
			t.inside(mark, strings.Repeat(" ", columns(mark)), item.Inside, false)
		}
	default:
		t.put("", "%s", strings.TrimSpace(words))
	}
}

// inside writes the blocks of a container, the first line with a mark. Where no room is left for
// marks, there are none.
func (t *text) inside(first, indent string, blocks []Block, parted bool) {
	if t.width-columns(indent) < minWidth/2 {
		first, indent = "", ""
	}
	inner := text{width: t.width - columns(indent)}
	for i, b := range blocks {
		if i > 0 && parted {
			inner.blank()
		}
		inner.block(b)
	}
	for i, l := range strings.Split(strings.TrimRight(inner.out.String(), "\n"), "\n") {
		if i == 0 {
			l = first + l
		} else {
			l = indent + l
		}
		t.out.WriteString(strings.TrimRight(l, " ") + "\n")
	}
}
