package thread

import "slices"

// The kinds of reaction, as the column kind of the table reactions has them. An emoji is a like
// with an emoji: one of them counts per person and thing, whatever their server calls it. A vote
// against something is counted nowhere; its owner may look at it.
const (
	KindLike    = "like"
	kindBoost   = "boost"
	KindDislike = "dislike"
)

// ReactionKind says what one kind of reaction is and does. A new kind is a new entry of
// ReactionKinds, and its activities stand among the types that package activitypub knows.
type ReactionKind struct {
	Name       string
	Activities []string // whose effect it is
	Adds       Counts   // what one adds to its thread, or to its reply; zero is counted nowhere
	Against    string   // the kind that a person takes back by doing this one: Lemmy says nothing else when somebody changes their vote
	votes      []string // those of the activities by which members of a community vote
}

// ReactionKinds are all kinds of reaction.
var ReactionKinds = []ReactionKind{
	{Name: KindLike, Activities: []string{"Like", "EmojiReact"}, Adds: Counts{Likes: 1}, Against: KindDislike, votes: []string{"Like"}},
	{Name: kindBoost, Activities: []string{"Announce"}, Adds: Counts{Boosts: 1}},
	{Name: KindDislike, Activities: []string{"Dislike"}, Against: KindLike, votes: []string{"Dislike"}},
}

// KindOf returns the kind of reaction that an activity is, "" for all others.
func KindOf(activity string) string {
	for _, k := range ReactionKinds {
		if slices.Contains(k.Activities, activity) {
			return k.Name
		}
	}
	return ""
}

// KindNamed returns the kind with the name; the zero kind, which is counted nowhere, for what is
// none.
func KindNamed(name string) ReactionKind {
	for _, k := range ReactionKinds {
		if k.Name == name {
			return k
		}
	}
	return ReactionKind{}
}

// IsVote reports whether members of a community vote by an activity of this type.
func IsVote(activity string) bool {
	return slices.Contains(KindNamed(KindOf(activity)).votes, activity)
}
