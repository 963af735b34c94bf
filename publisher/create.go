package publisher

import (
	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// BuildCreate is the activity that announces a post for the first time, with the Article inside, as followers get it.
func BuildCreate(b feeds.Blog, p feeds.Post) activitypub.Activity {
	return createOf(b, p, BuildArticle(b, p, Facts{}))
}
