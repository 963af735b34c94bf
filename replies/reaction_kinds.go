package replies

import "slices"

// The kinds of reaction, as the column kind of the table reactions has them. An emoji is a like with an emoji: one of them counts per
// person and thing, whatever their server calls it. A vote against something is counted nowhere; its owner may look at it.
const (
	kindLike    = "like"
	kindBoost   = "boost"
	kindDislike = "dislike"
)

// reactionKind says what one kind of reaction is and does. A new kind is a new entry of reactionKinds; nothing else names the activities.
type reactionKind struct {
	name       string
	activities []string // whose effect it is
	adds       Counts   // what one adds to its thread, or to its reply; zero is counted nowhere
	against    string   // the kind that a person takes back by doing this one: Lemmy says nothing else when somebody changes their vote
	votes      []string // those of the activities by which members of a community vote
}

var reactionKinds = []reactionKind{
	{name: kindLike, activities: []string{"Like", "EmojiReact"}, adds: Counts{Likes: 1}, against: kindDislike, votes: []string{"Like"}},
	{name: kindBoost, activities: []string{"Announce"}, adds: Counts{Boosts: 1}},
	{name: kindDislike, activities: []string{"Dislike"}, against: kindLike, votes: []string{"Dislike"}},
}

// kindOf returns the kind of reaction that an activity is, "" for all others.
func kindOf(activity string) string {
	for _, k := range reactionKinds {
		if slices.Contains(k.activities, activity) {
			return k.name
		}
	}
	return ""
}

// kindNamed returns the kind with the name; the zero kind, which is counted nowhere, for what is none.
func kindNamed(name string) reactionKind {
	for _, k := range reactionKinds {
		if k.name == name {
			return k
		}
	}
	return reactionKind{}
}

// isVote reports whether members of a community vote by an activity of this type.
func isVote(activity string) bool {
	return slices.Contains(kindNamed(kindOf(activity)).votes, activity)
}
