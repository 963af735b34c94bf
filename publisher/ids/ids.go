package ids

import (
	"strconv"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
)

// ActorInbox is the blog's own inbox.
func ActorInbox(b feeds.Blog) string { return b.ActorID() + "/inbox" }

// Outbox is the collection of the blog's posts.
func Outbox(b feeds.Blog) string { return b.ActorID() + "/outbox" }

// Followers is the collection of the blog's followers: whom its posts are addressed to.
func Followers(b feeds.Blog) string { return b.ActorID() + "/followers" }

// Following is the collection of those the blog follows: the community that it posts into, if any.
func Following(b feeds.Blog) string { return b.ActorID() + "/following" }

// Featured is the collection of pinned posts.
func Featured(b feeds.Blog) string { return b.ActorID() + "/featured" }

// SharedInbox is the inbox of all blogs on a base URL.
func SharedInbox(base string) string { return base + "/inbox" }

// InstanceActor is the actor that signs our own questions to other servers.
func InstanceActor(base string) string { return base + "/actor" }

const postsPath = "/posts/"

// PostID is the id of a post as others know it.
func PostID(b feeds.Blog, postID string) string { return b.BaseURL + postsPath + postID }

// PostReplies is the collection of the replies to a post.
func PostReplies(b feeds.Blog, postID string) string { return PostID(b, postID) + "/replies" }

// PostLikes is the collection that counts the likes of a post.
func PostLikes(b feeds.Blog, postID string) string { return PostID(b, postID) + "/likes" }

// PostShares is the collection that counts the boosts of a post.
func PostShares(b feeds.Blog, postID string) string { return PostID(b, postID) + "/shares" }

// PostContext is the collection of the whole thread, the post first.
func PostContext(b feeds.Blog, postID string) string { return PostID(b, postID) + "/context" }

// CreateID is the id of the one Create of a post. It is derived, so a crash or a second process
// finds the same one.
func CreateID(b feeds.Blog, postID string) string { return PostID(b, postID) + "/create" }

// UpdateID is the id of the Update of a post with the state as of updated, the time that it says
// itself, in seconds since 1970. A number that counts would come again with other content once an
// older copy of the database is restored, and servers drop an id that they know.
func UpdateID(b feeds.Blog, postID string, updated time.Time) string {
	return PostID(b, postID) + "/updates/" + strconv.FormatInt(updated.Unix(), 10)
}

// DeleteID is the id of the one Delete of a post.
func DeleteID(b feeds.Blog, postID string) string { return PostID(b, postID) + "/delete" }

// QuoteID is the id of the leave to quote a post.
func QuoteID(b feeds.Blog, id database.ID) string { return b.BaseURL + "/quotes/" + id.String() }

// NoteID is the id of what a blog itself says in a thread.
func NoteID(b feeds.Blog, id database.ID) string { return notes(b.BaseURL) + id.String() }

// IsNote reports whether an id is one of NoteID on this base.
func IsNote(base, id string) bool { return strings.HasPrefix(id, notes(base)) }

func notes(base string) string { return base + "/notes/" }

// ActivityID is the id of any activity that is no step of a post: the answers to a Follow, boosts,
// pins, notes, the profile.
func ActivityID(base string, id database.ID) string { return base + "/activities/" + id.String() }

// PostIDLength is that of the first 26 base32 characters of a SHA-256.
const PostIDLength = 26

// ParsePostURL finds the post that an id of ours names. It takes exactly what PostID makes with
// this base, letter for letter: of two spellings of one id another server would think that they are
// two posts.
func ParsePostURL(base, uri string) (postID string, ok bool) {
	postID, ok = strings.CutPrefix(uri, base+postsPath)
	return postID, ok && IsPostID(postID)
}

// IsPostID reports whether s has the form of a post's id.
func IsPostID(s string) bool {
	return len(s) == PostIDLength && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz234567") == ""
}
