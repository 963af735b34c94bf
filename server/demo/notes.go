package demo

import (
	"fmt"
	"html"
	"strings"
)

// noteObject is a reply as other servers see it.
func (r *Reader) noteObject(n note) document {
	to, cc := r.readersOf(n)
	content := r.noteHTML(n)
	doc := document{
		"id":           n.ID,
		"type":         "Note",
		"attributedTo": n.By.ID,
		"inReplyTo":    n.InReplyTo,
		"content":      content,
		"contentMap":   document{"en": content},
		"url":          n.ID,
		"published":    stamp(n.PublishedAt),
		"to":           to,
		"cc":           cc,
		"tag":          r.mentions(n),
	}
	if !n.EditedAt.IsZero() {
		doc["updated"] = n.EditedAt.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return doc
}

// readersOf is the addressing of a reply: everybody, or the blog alone.
func (r *Reader) readersOf(n note) (to, cc []string) {
	if n.Private {
		return []string{r.options.Actor}, []string{}
	}
	return n.By.publicly(r.addressees(n)...)
}

// addressees are the blog, and whoever wrote what is being answered.
func (r *Reader) addressees(n note) []string {
	others := []string{r.options.Actor}
	if parent, ok := r.memory.note(n.InReplyTo); ok && parent.By != n.By {
		others = append(others, parent.By.ID)
	}
	return others
}

func (r *Reader) mentions(n note) []document {
	var tags []document
	for _, id := range r.addressees(n) {
		tags = append(tags, document{"type": "Mention", "href": id, "name": r.handleOf(id)})
	}
	return tags
}

func (r *Reader) handleOf(actor string) string {
	if p, ok := personByID(r.people, actor); ok {
		return p.Handle
	}
	var blog remote
	r.memory.look(func() { blog = r.memory.blog })
	return blog.Handle
}

// noteHTML writes a reply the way Mastodon does: the answered person's handle first, then a
// paragraph for each block of lines.
func (r *Reader) noteHTML(n note) string {
	answered := r.options.Actor
	if parent, ok := r.memory.note(n.InReplyTo); ok {
		answered = parent.By.ID
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(r.handleOf(answered), "@"), "@")
	mention := fmt.Sprintf(`<span class="h-card"><a href="%s" class="u-url mention">@<span>%s</span></a></span> `,
		html.EscapeString(answered), html.EscapeString(name))
	return "<p>" + mention + strings.TrimPrefix(paragraphs(n.Text), "<p>")
}

// paragraphs turns plain text into HTML.
func paragraphs(text string) string {
	var out strings.Builder
	for block := range strings.SplitSeq(text, "\n\n") {
		if block = strings.TrimSpace(block); block != "" {
			out.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(block), "\n", "<br>") + "</p>")
		}
	}
	return out.String()
}
