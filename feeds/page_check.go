package feeds

import (
	"net/http"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/feeds/textsim"
	"github.com/bloghorn/bloghorn/feeds/webpage"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// PageCheck is what is known of a post's page.
type PageCheck struct {
	PostID       string
	BlogID       database.ID
	ETag         string // of the answer that Digest is of
	LastModified string // likewise
	Status       int    // the last answer's, 0 where there was none
	Title        string // as the page had it
	Digest       database.Digest
	Base         database.Digest // the post's ContentHash when Title and Digest were read; zero where they never were
	Feed         database.Digest // what the feed says, where the post is as its page has it since; zero otherwise
	Trusted      bool            // the text found on the page was the post's
	Filled       string          // names of what the page gave, because the feed did not say: "image author"
	Answers      int             // answers so far
	GoneSince    time.Time       // the first 404 or 410 in a row; zero without
	CheckedAt    time.Time
	CheckAt      time.Time // zero is never
	LeaseUntil   time.Time // a process is looking until then
}

const (
	// goneAfter is how long a post must be missing from its feed, and its page answer that it is gone, until it is removed.
	goneAfter = 24 * time.Hour
	// gonePolls is how many good polls must miss it.
	gonePolls = 3
	// sameText is how similar page and post must be for the page to be believed.
	sameText = 0.9
	// sameStory is how much of the old text must be in the new one for it to be an edit. A parked domain, a wall to log in at, and another
	// post at the same address are none.
	sameStory = 0.5
)

// sighting is what a page answered.
type sighting struct {
	status    int // 0 where there was no answer, or none that counts
	unchanged bool
	elsewhere bool // the answer came from another site, or from the home page: it says nothing about the post
	seen      fetch.Validators
	facts     webpage.Facts
	wait      time.Duration // how long the server wants to be left alone
}

func (s sighting) isGone() bool {
	return !s.elsewhere && (s.status == http.StatusNotFound || s.status == http.StatusGone)
}

// verdict is what a sighting means.
type verdict struct {
	look   PageCheck
	remove bool
	edit   *Post // the post as the page has it; nil without an edit
}

// judge decides what a sighting of p's page means. A post is removed only where everything says so, twice and a day apart: it is missing
// from a feed that should have it, and its page says itself that it is gone. Whatever else a server may answer, it starts the proof anew.
func (l PageCheck) judge(p Post, s sighting, now time.Time) verdict {
	v := verdict{look: l}
	v.look.Status, v.look.CheckedAt = s.status, now
	v.look.Answers++
	if s.isGone() {
		v.gone(p, now)
	} else {
		v.look.GoneSince = time.Time{}
	}
	if s.status == http.StatusOK && !s.elsewhere && !s.unchanged && s.facts.Text != "" {
		v.read(p, s, now)
	}
	if v.look.CheckAt = nextPageCheck(p, v.look, now); !v.look.CheckAt.IsZero() {
		v.look.CheckAt = later(v.look.CheckAt, now.Add(s.wait))
	}
	return v
}

// gone counts only what was seen since the post left its feed.
func (v *verdict) gone(p Post, now time.Time) {
	if v.look.GoneSince.IsZero() || v.look.GoneSince.Before(p.AbsentSince) {
		v.look.GoneSince = now
	}
	long := func(since time.Time) bool { return !since.IsZero() && !since.After(now.Add(-goneAfter)) }
	v.remove = p.IsPublic() && p.AbsentPolls >= gonePolls && long(p.AbsentSince) && long(v.look.GoneSince)
}

// read compares the text of the page with what it was. The first reading, and the first after the feed has changed the post, tells whether
// the page is to be believed. What is not taken over is not remembered either, validators included, so that the next check sees it again.
func (v *verdict) read(p Post, s sighting, now time.Time) {
	digest := database.Digest(s.facts.TextDigest)
	was := safehtml.Text(p.Content.String())
	switch {
	case v.look.Base != p.ContentHash:
		v.look.Trusted = textsim.Similarity(was, s.facts.Text) >= sameText
		v.look.Feed = database.Digest{}
		v.look.remember(s, digest, p.ContentHash)
	case !v.look.Trusted || v.look.Digest == digest:
		v.look.remember(s, v.look.Digest, p.ContentHash)
	case p.AbsentSince.IsZero() || !p.IsPublic():
		// the feed will tell
	case textsim.Contained(was, s.facts.Text) >= sameStory:
		edit := asOnPage(p, v.look, s.facts)
		if edit.Content.IsZero() {
			return
		}
		v.edit = &edit
		if v.look.Feed.IsZero() {
			v.look.Feed = p.ContentHash
		}
		v.look.remember(s, digest, edit.ContentHash)
	}
}

func (l *PageCheck) remember(s sighting, digest, base database.Digest) {
	l.ETag, l.LastModified, l.Title = s.seen.ETag, s.seen.LastModified, s.facts.Title
	l.Digest, l.Base = digest, base
}

// asOnPage is the post with what its page says now. Its title changes only where the page used to have the same one, its teaser only where
// it was the beginning of the text, its picture only where it stood in the text.
func asOnPage(p Post, l PageCheck, facts webpage.Facts) Post {
	old := p.Content.String()
	isBeginning := p.Teaser == teaser(parser.Item{Title: p.Title, Content: old}) || p.Teaser == teaser(parser.Item{Content: old})
	p.Content = safehtml.Article(facts.Article, facts.Base)
	text := parser.Item{Content: p.Content.String()}
	if facts.Title != "" && strings.EqualFold(l.Title, p.Title) {
		p.Title = parser.Line(facts.Title, parser.MaxTitle)
	}
	if text.Title = p.Title; isBeginning {
		p.Teaser = teaser(text)
	}
	if src, _ := parser.HeroOf(parser.Item{Content: old}); src == p.ImageURL {
		p.ImageURL, p.ImageAlt = parser.HeroOf(text)
	}
	p.ContentHash = database.Hash("page", p.Title, p.Teaser, p.Content.String(), p.ImageURL)
	p.HashVersion = contenthash.Version
	return p
}

// afterLeaving are the times of the checks of a post that has scrolled out of its feed: most edits come early.
var afterLeaving = []time.Duration{
	time.Hour, 6 * time.Hour, 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 30 * 24 * time.Hour,
}

// nextPageCheck is when the page is asked again, zero for never. A post that its feed should have
// is looked at once a day, for a month, and once a week for a year.
func nextPageCheck(p Post, l PageCheck, now time.Time) time.Time {
	if p.AbsentSince.IsZero() || !p.RemovedAt.IsZero() {
		return time.Time{}
	}
	at := usualPageCheck(p, l, now)
	if p.Announce && p.EditedAt.IsZero() { // it may wait to be announced
		at = loop.Sooner(at, schedule.PageBefore(p.DueAt, now))
	}
	return at
}

func usualPageCheck(p Post, l PageCheck, now time.Time) time.Time {
	out := now.Sub(p.AbsentSince)
	switch {
	case p.AbsentPolls > 0 && out < 30*24*time.Hour:
		if second := l.GoneSince.Add(goneAfter); second.After(now) {
			return second
		}
		return now.Add(24 * time.Hour)
	case p.AbsentPolls > 0 && out < 365*24*time.Hour:
		return now.Add(7 * 24 * time.Hour)
	}
	for _, step := range afterLeaving {
		if at := p.AbsentSince.Add(step); at.After(now) {
			return at
		}
	}
	return time.Time{}
}
