package admin

// sentences are what the page says after a form. The address only picks one.
var sentences = map[string]string{
	"approved": "Approved. The reply is on the page now, and this person’s next ones appear by themselves.",
	"withheld": "Approved. No reader sees it yet: its author’s profile or a setting of the blog keeps it off the page. It stands below, with the reason.",
	"hidden":   "Hidden. The reply stays off the page.",
	"gone":     "That reply is not there any more: its author has deleted it.",

	"refused": "Nothing was changed: a block keeps this person out, or they have blocked the blog. The card says which.",
	"no-text": "Nothing was changed: the text of that reply was let go. When its author edits it, it waits here again.",

	"closed":    "Noted. The report is dealt with.",
	"no-report": "That report does not wait any more: somebody has dealt with it before. Nothing was changed.",

	"announced": "Announced. The post goes to the followers now.",
	"dated":     "It is not held any more and waits for its date, when it is announced by itself. Announce it once more to send it now.",
	"in-turn": "Not held any more. The post goes out in its turn: ten minutes lie between two posts of a blog that are let out. To call it off: " +
		"bloghorn post history",
	"too-many-wait": "Nothing was changed: posts of this blog wait to be announced for weeks already. Let out more when there are fewer.",
	"quiet":         "Kept quietly. The post can be found at the blog’s account, and nobody is told of it.",
	"same": "It is that post now. Its address and text are the new ones, its comments stay, and followers who know it are told of the edit " +
		"if there is one.",
	"decided": "That post does not wait any more: somebody has decided about it before, or the feed has taken it back. Nothing was changed.",
	"deleted": "The post that it looks like was deleted, so it cannot become that one. Nothing was changed; announce it, or keep it quietly.",

	"all-announce": "Announced. The posts go to the followers one every ten minutes, the oldest first; what is dated ahead waits for its date.",
	"all-quiet":    "Kept quietly. The posts can be found at the blog’s account, and nobody is told of them.",
	"all-decided": "None of these posts waits any more: somebody has decided about them before, or the feed has taken them back. Nothing " +
		"was changed.",

	"reading": "The feed is read in this moment. Load the page again to see what was found.",
	"no-blog": "That blog is not there any more. Nothing was changed.",
}

// unchanged are the words of sentences that tell of no success.
var unchanged = map[string]bool{
	"gone": true, "refused": true, "no-text": true, "no-report": true, "decided": true, "deleted": true, "too-many-wait": true,
	"all-decided": true, "no-blog": true,
}
