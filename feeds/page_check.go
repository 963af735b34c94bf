package feeds

import (
	"net/http"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/pages"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/schedule"
	"github.com/bloghorn/bloghorn/feeds/textsim"
	"github.com/bloghorn/bloghorn/feeds/webpage"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/loop"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

const (
	// goneAfter is how long a post must be missing from its feed, and its page answer that it is
	// gone, until it is removed.
	goneAfter = 24 * time.Hour
	// gonePolls is how many good polls must miss it.
	gonePolls = 3
	// sameText is how similar page and post must be for the page to be believed.
	sameText = 0.9
	// sameStory is how much of the old text must be in the new one for it to be an edit. A parked
	// domain, a wall to log in at, and another post at the same address are none.
	sameStory = 0.5
)

// verdict is what a sighting means.
type verdict struct {
	check  pages.Check
	remove bool
	edit   *Post // the post as the page has it; nil without an edit
}

// judge decides what a sighting of p's page means. A post is removed only where everything says so,
// twice and a day apart: it is missing from a feed that should have it, and its page says itself
// that it is gone. Whatever else a server may answer, it starts the proof anew.
func judge(l pages.Check, p Post, s pages.Sighting, now time.Time) verdict {
	v := verdict{check: l}
	v.check.Status, v.check.CheckedAt = s.Status, now
	v.check.Answers++
	if s.IsGone() {
		v.gone(p, now)
	} else {
		v.check.GoneSince = time.Time{}
	}
	if s.Status == http.StatusOK && !s.Elsewhere && !s.Unchanged && s.Facts.Text != "" {
		v.read(p, s, now)
	}
	if v.check.CheckAt = nextPageCheck(p, v.check, now); !v.check.CheckAt.IsZero() {
		v.check.CheckAt = later(v.check.CheckAt, now.Add(s.Wait))
	}
	return v
}

// gone counts only what was seen since the post left its feed.
func (v *verdict) gone(p Post, now time.Time) {
	if v.check.GoneSince.IsZero() || v.check.GoneSince.Before(p.AbsentSince) {
		v.check.GoneSince = now
	}
	long := func(since time.Time) bool { return !since.IsZero() && !since.After(now.Add(-goneAfter)) }
	v.remove = p.IsPublic() && p.AbsentPolls >= gonePolls && long(p.AbsentSince) && long(v.check.GoneSince)
}

// read compares the text of the page with what it was. The first reading, and the first after the
// feed has changed the post, tells whether the page is to be believed. What is not taken over is
// not remembered either, validators included, so that the next check sees it again.
func (v *verdict) read(p Post, s pages.Sighting, now time.Time) {
	digest := database.Digest(s.Facts.TextDigest)
	was := safehtml.Text(p.Content.String())
	switch {
	case v.check.Base != p.ContentHash:
		v.check.Trusted = textsim.Similarity(was, s.Facts.Text) >= sameText
		v.check.Feed = database.Digest{}
		v.check.Remember(s, digest, p.ContentHash)
	case !v.check.Trusted || v.check.Digest == digest:
		v.check.Remember(s, v.check.Digest, p.ContentHash)
	case p.AbsentSince.IsZero() || !p.IsPublic():
		// the feed will tell
	case textsim.Contained(was, s.Facts.Text) >= sameStory:
		edit := asOnPage(p, v.check, s.Facts)
		if edit.Content.IsZero() {
			return
		}
		v.edit = &edit
		if v.check.Feed.IsZero() {
			v.check.Feed = p.ContentHash
		}
		v.check.Remember(s, digest, edit.ContentHash)
	}
}

// asOnPage is the post with what its page says now. Its title changes only where the page used to
// have the same one, its teaser only where it was the beginning of the text, its picture only where
// it stood in the text.
func asOnPage(p Post, l pages.Check, facts webpage.Facts) Post {
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

// afterLeaving are the times of the checks of a post that has scrolled out of its feed: most edits
// come early.
var afterLeaving = []time.Duration{
	time.Hour, 6 * time.Hour, 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 30 * 24 * time.Hour,
}

// nextPageCheck is when the page is asked again, zero for never. A post that its feed should have
// is looked at once a day, for a month, and once a week for a year.
func nextPageCheck(p Post, l pages.Check, now time.Time) time.Time {
	if p.AbsentSince.IsZero() || !p.RemovedAt.IsZero() {
		return time.Time{}
	}
	at := usualPageCheck(p, l, now)
	if p.Announce && p.EditedAt.IsZero() { // it may wait to be announced
		at = loop.Sooner(at, schedule.PageBefore(p.DueAt, now))
	}
	return at
}

func usualPageCheck(p Post, l pages.Check, now time.Time) time.Time {
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
