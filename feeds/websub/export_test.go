package websub

// What a hub and a feed say about a subscription.
var (
	Change = change
	Remove = remove
)
