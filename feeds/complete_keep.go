package feeds

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/webpage"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// complete has pages give what a poll did not find. New posts and edits that the world will hear of are asked for; what pages gave to the
// others is kept. A post without a date whose page says that it is old is history after all.
func (p *Poller) complete(ctx context.Context, b Blog, changes []change) error {
	if p.Pages == nil || len(changes) == 0 {
		return nil
	}
	var heard, known []*Post
	for i := range changes {
		c := &changes[i]
		if c.known != nil {
			known = append(known, &c.post)
		}
		if !c.silent && (c.post.Announce || c.known != nil && c.known.Announce) {
			heard = append(heard, &c.post)
		}
	}
	done := p.Pages.Complete(ctx, b, heard)
	if err := p.Pages.Keep(ctx, b, known); err != nil {
		return fmt.Errorf("keep what pages gave: %w", err)
	}
	oldest := p.Now().Add(-b.Settings.Age(p.MaxAge))
	for i := range changes {
		c := &changes[i]
		if at := slices.IndexFunc(done, func(d Completed) bool { return d.PostID == c.post.ID }); at >= 0 {
			c.page = done[at]
		}
		if c.known == nil && c.post.Announce && c.post.PublishedAt.Before(oldest) {
			c.post.Announce, c.due = false, time.Time{}
		}
	}
	return nil
}

// Keep gives edited posts, as their feed has them now, what their page once gave and the feed still does not say. It is for all that a poll
// stores anew; those that Complete has just asked have more and lose nothing.
func (l *PageChecker) Keep(ctx context.Context, b Blog, posts []*Post) error {
	byID := map[string]*Post{}
	ids := make([]string, len(posts))
	for i, p := range posts {
		ids[i], byID[p.ID] = p.ID, p
	}
	looks, err := filledPages(ctx, l.DB, ids)
	if err != nil {
		return err
	}
	full := b.Settings.FullText
	for _, look := range looks {
		was, err := PostByID(ctx, l.DB, look.PostID)
		if err != nil {
			return err
		}
		keep(byID[look.PostID], was, strings.Fields(look.Filled), full)
	}
	return nil
}

func keep(p *Post, was Post, filled []string, full bool) {
	if slices.Contains(filled, gaveImage) && p.ImageURL == "" {
		p.ImageURL, p.ImageAlt = was.ImageURL, was.ImageAlt
	}
	if slices.Contains(filled, gaveLanguage) && p.Language == "" {
		p.Language = was.Language
	}
	if slices.Contains(filled, gaveAuthor) && p.Author == "" {
		p.Author = was.Author
	}
	old := was.Content.String()
	if full && slices.Contains(filled, gaveText) && isExcerptOf(*p, webpage.Facts{Text: safehtml.Text(old), Description: was.Teaser}) {
		p.Content = was.Content
	}
}
