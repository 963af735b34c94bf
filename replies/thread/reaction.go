package thread

import (
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// Reaction is what a person did to a post or a reply; one per (target, actor, kind) has the place
// 0.
type Reaction struct {
	Target   database.Digest // of the target's id
	ActorID  database.ID
	Kind     string
	Place    int64 // 0 for the one that counts (inbox/like.go)
	BlogID   database.ID
	PostID   string
	ReplyID  database.ID // 0: to the post itself
	Emoji    string
	Activity database.Digest // of the activity's id; of "" where it had none
	State    string          // one of those below
	At       time.Time
}

// Counts is what one such reaction adds to its thread. Those to a reply are counted with it.
func (r Reaction) Counts() Counts {
	if r.ReplyID != 0 || r.State != ReactionShown {
		return Counts{}
	}
	return KindNamed(r.Kind).Adds
}

func (c Counts) times(n int) Counts {
	return Counts{n * c.Replies, n * c.Likes, n * c.Boosts, n * c.Quotes}
}

// Negative is what takes c back.
func (c Counts) Negative() Counts { return c.times(-1) }

func (c Counts) plus(d Counts) Counts {
	return Counts{c.Replies + d.Replies, c.Likes + d.Likes, c.Boosts + d.Boosts, c.Quotes + d.Quotes}
}

// The states of a like or a boost. Only shown ones are counted. Blocked ones count again when the
// block is lifted, hidden ones when a moderator says so. Who takes a hidden one back leaves an
// undone one: doing it again must not undo what the moderator decided. A covered one waits below
// the one of the same person that counts (inbox/like.go).
const (
	ReactionShown   = "shown"
	ReactionBlocked = "blocked"
	ReactionHidden  = "hidden"
	ReactionUndone  = "undone"
	ReactionCovered = "covered"
)

// Tally is how many have reacted in one way.
type Tally struct {
	Kind  string // like, boost or dislike
	Emoji string // of a like; mostly ""
	Count int
}

// Move notes what a reaction changes that goes to another state.
func (c Changes) Move(r Reaction, to string) {
	c.Add(r.PostID, r.Counts().Negative())
	r.State = to
	c.Add(r.PostID, r.Counts())
}
