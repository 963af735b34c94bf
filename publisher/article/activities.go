package article

import (
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/ids"
)

// An activity about a post has the addresses of the post, since Misskey merges the two.

// Create is the activity that announces a post, with its Article.
func Create(b feeds.Blog, p feeds.Post, article activitypub.Article) activitypub.Activity {
	return activitypub.Activity{
		Context: activitypub.ObjectContext, ID: ids.CreateID(b, p.ID), Type: "Create", Actor: b.ActorID(),
		Published: article.Published, To: article.To, Cc: article.Cc, Audience: article.Audience, Object: article,
	}
}

// BuildCreate is the activity that announces a post for the first time, with the Article inside, as
// followers get it.
func BuildCreate(b feeds.Blog, p feeds.Post) activitypub.Activity {
	return Create(b, p, Build(b, p, Facts{}))
}

// Update is the activity that says an Article anew, as of when it was edited last.
func Update(b feeds.Blog, p feeds.Post, article activitypub.Article, updated time.Time) activitypub.Activity {
	return activitypub.Activity{
		Context: activitypub.ObjectContext, ID: ids.UpdateID(b, p.ID, updated), Type: "Update", Actor: b.ActorID(),
		To: article.To, Cc: article.Cc, Audience: article.Audience, Object: article,
	}
}

// Delete is the activity that takes a post back, from the group that it went into too; "" is none.
func Delete(b feeds.Blog, p feeds.Post, community string, deletedAt time.Time) activitypub.Activity {
	to, cc := Audience(b)
	if community != "" {
		to = append([]string{community}, to...)
	}
	return activitypub.Activity{
		Context: activitypub.PlainContext, ID: ids.DeleteID(b, p.ID), Type: "Delete", Actor: b.ActorID(),
		To: to, Cc: cc, Audience: community, Object: Tombstone(b, p, deletedAt),
	}
}

// Tombstone stands where a post was. Mastodon remembers it for ever: a deleted id never comes back.
func Tombstone(b feeds.Blog, p feeds.Post, deletedAt time.Time) activitypub.Tombstone {
	return activitypub.Tombstone{ID: ids.PostID(b, p.ID), Type: "Tombstone", FormerType: TypeOf(b, p), Deleted: activitypub.At(deletedAt)}
}
