package feeds

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/textsim"
	"github.com/bloghorn/bloghorn/feeds/webpage"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

const (
	maxCompleted    = 5 // posts of one poll
	completeAtOnce  = 2
	completeTimeout = 3 * time.Second // for one page
	completeWithin  = 5 * time.Second // for all of them
)

// What a page can give, as pages.Check.Filled names it.
const (
	gaveImage    = "image"
	gaveLanguage = "language"
	gaveAuthor   = "author"
	gaveText     = "text"
)

// Completed is what a page gave to a post. It belongs into the transaction that stores the post.
type Completed struct {
	PostID string
	Alias  string // the page's own address where it is another one on the same site; "" otherwise
	check  pages.Check
}

// Complete fills what the feed does not say of posts from their pages: picture, language, author,
// date, and the full text where the feed has an excerpt and the blog's owner allows it. It takes
// the 5 newest that lack something, and 5 s at most; whatever fails leaves a post as it is. Only
// what is empty is filled, and ContentHash stays that of the feed's item.
func (l *PageChecker) Complete(ctx context.Context, b Blog, posts []*Post) []Completed {
	l.init()
	full := b.Settings.FullText
	wanted := slices.DeleteFunc(slices.Clone(posts), func(p *Post) bool { return !lacks(p, full) })
	slices.SortStableFunc(wanted, func(a, b *Post) int { return b.PublishedAt.Compare(a.PublishedAt) })
	wanted = wanted[:min(len(wanted), maxCompleted)]

	ctx, cancel := context.WithTimeout(ctx, completeWithin)
	defer cancel()
	var working sync.WaitGroup
	slots := make(chan struct{}, completeAtOnce)
	done := make([]Completed, len(wanted))
	for i, p := range wanted {
		working.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if ctx.Err() != nil {
				return
			}
			var err error
			if done[i], err = l.complete(ctx, b, p, full); err != nil {
				l.Log.Debug("post not completed from its page", "component", "feeds", "blog", b.Acct(), "post", p.ID, "err", err)
			}
		})
	}
	working.Wait()
	return slices.DeleteFunc(done, func(c Completed) bool { return c.PostID == "" })
}

// lacks says that it is worth asking the page.
func lacks(p *Post, full bool) bool {
	return p.URL != "" && (p.ImageURL == "" || p.Language == "" || p.Author == "" || isUndated(p) || full)
}

// isUndated: newPost dates what has no date when it was found.
func isUndated(p *Post) bool { return p.PublishedAt.Equal(p.FirstSeenAt) }

// complete fills one post. The Completed has no PostID where there is nothing to remember.
func (l *PageChecker) complete(ctx context.Context, b Blog, p *Post, full bool) (c Completed, err error) {
	defer parser.Survive(&err)
	at, err := l.pageOf(ctx, b, *p)
	if err != nil || at == "" {
		return Completed{}, err
	}
	s, err := l.asker.Ask(ctx, b.SiteURL, at, fetch.Validators{}, completeTimeout)
	if err != nil {
		return Completed{}, err
	}
	if s.Status != http.StatusOK || s.Elsewhere {
		return Completed{}, fmt.Errorf("the page answered %d", s.Status)
	}
	c = Completed{PostID: p.ID, Alias: aliasOf(b, *p, s.Facts.Canonical)}
	c.check = pages.Check{PostID: p.ID, BlogID: b.ID, Filled: strings.Join(fill(p, s.Facts, full, b.IconURL), " ")}
	c.check = judge(c.check, *p, s, l.Now()).check // so that there is something to compare with when the post leaves its feed
	return c, nil
}

// aliasOf is the page's own name for itself, where it is another one on the blog's site and not the
// site's.
func aliasOf(b Blog, p Post, canonical string) string {
	name := pageurl.Normalise(canonical)
	if name == "" || name == pageurl.Normalise(p.URL) || pageurl.Host(canonical) != pageurl.Host(p.URL) || pages.LeftSite(b.SiteURL, p.URL, canonical) {
		return ""
	}
	return parser.Address(nil, canonical)
}

// fill fills what is empty, and says what that was. The blog's own picture is none of a post.
func fill(p *Post, facts webpage.Facts, full bool, icon string) (gave []string) {
	if image := parser.Address(nil, facts.ImageURL); p.ImageURL == "" && image != "" && image != icon && !parser.IsNoPicture(image) {
		p.ImageURL, p.ImageAlt = image, parser.Line(facts.ImageAlt, parser.MaxImageAlt)
		gave = append(gave, gaveImage)
	}
	if p.ImageAlt == "" && p.ImageURL != "" && p.ImageURL == facts.ImageURL {
		p.ImageAlt = parser.Line(facts.ImageAlt, parser.MaxImageAlt)
	}
	if p.Language == "" && parser.Language(facts.Language) != "" {
		p.Language = parser.Language(facts.Language)
		gave = append(gave, gaveLanguage)
	}
	if p.Author == "" && facts.Author != "" {
		p.Author = parser.Line(facts.Author, parser.MaxAuthor)
		gave = append(gave, gaveAuthor)
	}
	if isUndated(p) && !facts.PublishedAt.IsZero() && facts.PublishedAt.Before(p.FirstSeenAt) {
		p.PublishedAt = facts.PublishedAt // stored once, with the post
	}
	if full && isExcerptOf(*p, facts) {
		if text := safehtml.Article(facts.Article, facts.Base); !text.IsZero() {
			p.Content = text
			gave = append(gave, gaveText)
		}
	}
	return gave
}

const (
	longer  = 1.5 // times as many words make a text more than what the feed has
	excerpt = 0.7 // of an excerpt is in the text; the rest is "Continue reading"
)

// isExcerptOf says that the feed has a part of the page's text only: its beginning, or the page's
// own description.
func isExcerptOf(p Post, facts webpage.Facts) bool {
	has := safehtml.Text(p.Content.String())
	if float64(len(facts.Text)) < longer*float64(len(has)) {
		return false
	}
	return textsim.Contained(has, facts.Text) >= excerpt || textsim.Contained(has, facts.Description) >= excerpt
}

// store remembers what the page gave. A check that is there already keeps its time.
func (c Completed) store(ctx context.Context, q database.Querier, now time.Time) error {
	if c.PostID == "" {
		return nil
	}
	if err := pages.SaveRead(ctx, q, c.check); err != nil || c.Alias == "" {
		return err
	}
	return insertAlias(ctx, q, Post{ID: c.PostID, BlogID: c.check.BlogID, URL: c.Alias}, now)
}

// complete has pages give what a poll did not find. New posts and edits that the world will hear of
// are asked for; what pages gave to the others is kept. A post without a date whose page says that
// it is old is history after all.
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

// Keep gives edited posts, as their feed has them now, what their page once gave and the feed still
// does not say. It is for all that a poll stores anew; those that Complete has just asked have more
// and lose nothing.
func (l *PageChecker) Keep(ctx context.Context, b Blog, posts []*Post) error {
	byID := map[string]*Post{}
	ids := make([]string, len(posts))
	for i, p := range posts {
		ids[i], byID[p.ID] = p.ID, p
	}
	checks, err := pages.Filled(ctx, l.DB, ids)
	if err != nil {
		return err
	}
	full := b.Settings.FullText
	for _, check := range checks {
		was, err := PostByID(ctx, l.DB, check.PostID)
		if err != nil {
			return err
		}
		keep(byID[check.PostID], was, strings.Fields(check.Filled), full)
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
