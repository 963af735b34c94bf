package preview

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
)

// Preview is a blog as the fediverse will see it.
type Preview struct {
	Blog     feeds.Blog // not stored anywhere
	Feed     fetch.Found
	Entries  []Entry // newest first
	Warnings []Warning
}

// Entry is one post, as it is sent and as four servers show it.
type Entry struct {
	Blog       feeds.Blog // whose post it is
	Post       feeds.Post
	Create     json.RawMessage // the activity, as followers get it
	Mastodon   Mastodon
	GoToSocial GoToSocial
	Lemmy      Lemmy
	Pixelfed   string // why Pixelfed does not take it; "" if it does
}

// Build shows the newest max posts of the feed as if b had it now, and judges all of them. Of b
// only the names matter: BaseURL, Origin, Username and HandleHost; what the feed says of itself is
// filled in.
func Build(b feeds.Blog, in fetch.Inspection, max int, now time.Time) (Preview, error) {
	b.Title, b.SiteURL, b.FeedURL = in.Title, in.SiteURL, in.FeedURL
	b.Language = cmp.Or(b.Language, in.Language)
	in.Believe(now)
	s := subject{in: in, posts: feeds.PostsOf(in.Feed, b, now), now: now}
	creates := make([]activitypub.Activity, len(s.posts))
	for i, p := range s.posts {
		creates[i] = article.BuildCreate(b, p)
		s.articles = append(s.articles, creates[i].Object.(activitypub.Article))
	}
	p := Preview{Blog: b, Feed: in.Found, Warnings: s.warnings()}
	for _, i := range newest(s.posts, max) {
		body, err := activitypub.Marshal(creates[i])
		if err != nil {
			return Preview{}, fmt.Errorf("write the Create of %q: %w", s.posts[i].Title, err)
		}
		p.Entries = append(p.Entries, entryOf(b, s.posts[i], s.articles[i], body))
	}
	return p, nil
}

// newest are the places of the newest max posts, newest first. The feed's order decides between
// posts of one time.
func newest(posts []feeds.Post, max int) []int {
	places := make([]int, len(posts))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return posts[b].PublishedAt.Compare(posts[a].PublishedAt) })
	return places[:min(len(places), max)]
}

func entryOf(b feeds.Blog, p feeds.Post, a activitypub.Article, create []byte) Entry {
	return Entry{Blog: b, Post: p, Create: create, Mastodon: onMastodon(p, a), GoToSocial: onGoToSocial(a), Lemmy: onLemmy(a), Pixelfed: onPixelfed(a)}
}
