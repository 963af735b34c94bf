package replies

import (
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// reaction is what a person did to a post or a reply; one per (target, actor, kind) has the place 0.
type reaction struct {
	target     database.Digest // of the target's id
	actorID    database.ID
	kind       string
	place      int64 // 0 for the one that counts (covered.go)
	blogID     database.ID
	postID     string
	replyID    database.ID // 0: to the post itself
	emoji      string
	activity   database.Digest // of the activity's id; of "" where it had none
	visibility string
	state      string // one of those in reactions.go
	at         time.Time
}

// counts is what one such reaction adds to its thread. Those to a reply are counted with it.
func (r reaction) counts() Counts {
	if r.replyID != 0 || r.state != reactionShown {
		return Counts{}
	}
	return kindNamed(r.kind).adds
}

func (c Counts) times(n int) Counts {
	return Counts{n * c.Replies, n * c.Likes, n * c.Boosts, n * c.Quotes}
}

func (c Counts) negative() Counts { return c.times(-1) }

func (c Counts) plus(d Counts) Counts {
	return Counts{c.Replies + d.Replies, c.Likes + d.Likes, c.Boosts + d.Boosts, c.Quotes + d.Quotes}
}

// The states of a like or a boost. Only shown ones are counted. Blocked ones count again when the block is lifted, hidden ones when a
// moderator says so. Who takes a hidden one back leaves an undone one: doing it again must not undo what the moderator decided. A covered
// one waits below the one of the same person that counts (covered.go).
const (
	reactionShown   = "shown"
	reactionBlocked = "blocked"
	reactionHidden  = "hidden"
	reactionUndone  = "undone"
	reactionCovered = "covered"
)

// Tally is how many have reacted in one way.
type Tally struct {
	Kind  string // like, boost or dislike
	Emoji string // of a like; mostly ""
	Count int
}

// move notes what a reaction changes that goes to another state.
func (c changes) move(r reaction, to string) {
	c.add(r.postID, r.counts().negative())
	r.state = to
	c.add(r.postID, r.counts())
}
