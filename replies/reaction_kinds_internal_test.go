package replies

// A kind of reaction that nobody has, for TestReactionKindIsOneEntry.
func init() {
	reactionKinds = append(reactionKinds, reactionKind{name: "applause", activities: []string{"Applaud"}, adds: Counts{Likes: 1}})
}
