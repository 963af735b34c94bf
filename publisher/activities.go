package publisher

import (
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
)

// An activity about a post has the addresses of the post, since Misskey merges the two.

func createOf(b feeds.Blog, p feeds.Post, article activitypub.Article) activitypub.Activity {
	return activitypub.Activity{
		Context: activitypub.ObjectContext, ID: ids.CreateID(b, p.ID), Type: "Create", Actor: b.ActorID(),
		Published: article.Published, To: article.To, Cc: article.Cc, Audience: article.Audience, Object: article,
	}
}

func updateOf(b feeds.Blog, p feeds.Post, article activitypub.Article, updated time.Time) activitypub.Activity {
	return activitypub.Activity{
		Context: activitypub.ObjectContext, ID: ids.UpdateID(b, p.ID, updated), Type: "Update", Actor: b.ActorID(),
		To: article.To, Cc: article.Cc, Audience: article.Audience, Object: article,
	}
}

func deleteOf(b feeds.Blog, p feeds.Post, is Announcement) activitypub.Activity {
	to, cc := audience(b)
	if is.Community != "" {
		to = append([]string{is.Community}, to...)
	}
	return activitypub.Activity{
		Context: activitypub.PlainContext, ID: ids.DeleteID(b, p.ID), Type: "Delete", Actor: b.ActorID(),
		To: to, Cc: cc, Audience: is.Community, Object: tombstoneOf(b, p, is.DeletedAt),
	}
}

// tombstoneOf stands where a post was. Mastodon remembers it for ever: a deleted id never comes back.
func tombstoneOf(b feeds.Blog, p feeds.Post, deletedAt time.Time) activitypub.Tombstone {
	return activitypub.Tombstone{ID: ids.PostID(b, p.ID), Type: "Tombstone", FormerType: typeOf(b, p), Deleted: activitypub.At(deletedAt)}
}

// answerTo is the Accept or Reject of a Follow. The Follow is embedded with the id it came with, or none: Mastodon
// matches by either, Misskey would fetch a bare id, Threads fails on it.
func answerTo(b feeds.Blog, id database.ID, kind string, actor remote.Actor, followURI string) activitypub.Activity {
	return activitypub.Activity{
		Context: activitypub.PlainContext, ID: ids.ActivityID(b.BaseURL, id), Type: kind, Actor: b.ActorID(), To: []string{actor.URI},
		Object: activitypub.Activity{ID: followURI, Type: "Follow", Actor: actor.URI, Object: b.ActorID()},
	}
}
