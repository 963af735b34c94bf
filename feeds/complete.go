package feeds

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/feeds/fetch"
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

// What a page can give, as PageCheck.Filled names it.
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
	look   PageCheck
}

// Complete fills what the feed does not say of posts from their pages: picture, language, author, date, and the full text where the feed
// has an excerpt and the blog's owner allows it. It takes the 5 newest that lack something, and 5 s at most; whatever fails leaves a post
// as it is. Only what is empty is filled, and ContentHash stays that of the feed's item.
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
	s, err := l.ask(ctx, b, at, fetch.Validators{}, completeTimeout)
	if err != nil {
		return Completed{}, err
	}
	if s.status != http.StatusOK || s.elsewhere {
		return Completed{}, fmt.Errorf("the page answered %d", s.status)
	}
	c = Completed{PostID: p.ID, Alias: aliasOf(b, *p, s.facts.Canonical)}
	c.look = PageCheck{PostID: p.ID, BlogID: b.ID, Filled: strings.Join(fill(p, s.facts, full, b.IconURL), " ")}
	c.look = c.look.judge(*p, s, l.Now()).look // so that there is something to compare with when the post leaves its feed
	return c, nil
}

// aliasOf is the page's own name for itself, where it is another one on the blog's site and not the site's.
func aliasOf(b Blog, p Post, canonical string) string {
	name := pageurl.Normalise(canonical)
	if name == "" || name == pageurl.Normalise(p.URL) || pageurl.Host(canonical) != pageurl.Host(p.URL) || leftFor(b, p.URL, canonical) {
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

// isExcerptOf says that the feed has a part of the page's text only: its beginning, or the page's own description.
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
	known, err := PageCheckOf(ctx, q, c.PostID)
	switch {
	case errors.Is(err, database.ErrNotFound):
		err = insertPageCheck(ctx, q, c.look)
	case err == nil:
		look := c.look
		look.Answers, look.CheckAt, look.LeaseUntil = known.Answers+1, known.CheckAt, known.LeaseUntil
		look.Filled = union(known.Filled, look.Filled)
		err = settlePageCheck(ctx, q, look)
	}
	if err != nil && !errors.Is(err, database.ErrDuplicate) && !errors.Is(err, errLeaseLost) || c.Alias == "" {
		return err
	}
	return insertAlias(ctx, q, Post{ID: c.PostID, BlogID: c.look.BlogID, URL: c.Alias}, now)
}

func union(a, b string) string {
	all := slices.Sorted(slices.Values(strings.Fields(a + " " + b)))
	return strings.Join(slices.Compact(all), " ")
}
