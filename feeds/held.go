package feeds

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// HeldGroup is all that one rule holds of one blog: what its owner reads about once, and may decide
// about at once.
type HeldGroup struct {
	BlogID database.ID
	Rule   string // HeldFlood and the others
	Count  int
	Until  time.Time // when the last of them was held
	First  time.Time // the date of the first of them
	Reason string    // a sentence for the owner, where it is the same for all of them
}

// HeldWords is what an owner reads about a rule.
type HeldWords struct {
	Title     string // what has happened, as a heading
	Why       string // what it usually means
	Otherwise string // what becomes of the posts if they do nothing
}

// unseen is what becomes of posts that wait for their owner.
func (g HeldGroup) unseen() string {
	return g.oneOr("Until you decide, nobody sees it. It waits as long as it takes, and is forgotten only when the feed no longer has it.",
		"Until you decide, nobody sees them. They wait as long as it takes, and are forgotten only when the feed no longer has them.")
}

// oneOr is how one says it of a single post, or of many.
func (g HeldGroup) oneOr(one, many string) string {
	if g.Count == 1 {
		return one
	}
	return many
}

// Words says in words what the rule has found. After release (Poller.ReleaseHeld) a flood goes out
// by itself; 0 is never.
func (g HeldGroup) Words(release time.Duration) HeldWords {
	switch g.Rule {
	case HeldFlood:
		otherwise := g.unseen()
		if release > 0 {
			otherwise = fmt.Sprintf(g.oneOr("Until you decide, nobody sees it. If you do nothing, it is announced %s after it was found (feed.release_held).",
				"Until you decide, nobody sees them. If you do nothing, they are announced %s after they were found, "+
					"one every ten minutes (feed.release_held)."), Length(release))
		}
		return HeldWords{
			Title: "Many more new posts at once than usual",
			Why: "That is mostly an accident: a blog that has moved, a restored backup, old posts that look new. Announced, " +
				g.oneOr("it", "each of them") + " appears in the timeline of every follower, and cannot be called back.",
			Otherwise: otherwise,
		}
	case HeldForeign:
		return HeldWords{
			Title: "The feed looks like another site’s",
			Why: "That happens when a domain has a new owner, when a host shows a page of its own, or when you have rebuilt the blog from " +
				"scratch. " + g.oneOr("Announce the post only if it is yours.", "Announce these posts only if they are yours."),
			Otherwise: g.unseen(),
		}
	case HeldDated, HeldEarly, HeldLocked:
		return g.notYetWords()
	}
	if g.Count > 1 {
		return HeldWords{
			Title:     "Perhaps posts that you published before",
			Why:       "Each has much in common with a known post, under another name or address. Announced as new, followers would see them twice.",
			Otherwise: "Until you decide, nobody sees them, and the posts that they may be stay as they are.",
		}
	}
	return HeldWords{
		Title:     "Perhaps a post that you published before",
		Why:       "It has much in common with a known post, under another name or address. Announced as new, followers would see it twice.",
		Otherwise: "Until you decide, nobody sees it, and the post that it may be stays as it is.",
	}
}

// OneByOne says that the posts are decided one by one: what is true of one says nothing of the
// next, and announced by mistake each is a second copy, too early, or not meant for all.
func (g HeldGroup) OneByOne() bool {
	return g.Rule == HeldDoubt || g.Rule == HeldDated || g.Rule == HeldLocked
}

// AsksBack says that its owner is asked once more before so many posts of the group are announced
// together.
func (g HeldGroup) AsksBack(n int) bool { return n > unasked || g.Rule == HeldForeign }

// unasked is how many posts are announced together without asking back.
const unasked = 10

// KeepAllQuiet makes all that a group holds history, up to the time it was read until.
func KeepAllQuiet(ctx context.Context, db *database.DB, g HeldGroup) (n int, err error) {
	return freeGroup(ctx, db, g)
}

// IsNotYet says that the posts are held because they are not for everybody yet, and not by
// accident.
func (g HeldGroup) IsNotYet() bool {
	return g.Rule == HeldDated || g.Rule == HeldEarly || g.Rule == HeldLocked
}

// notYetWords is Words for the rules of this file.
func (g HeldGroup) notYetWords() HeldWords {
	if g.Rule == HeldLocked {
		return HeldWords{
			Title:     "Behind a password",
			Why:       "The feed has a form or a notice in place of the text, or none under a title such as “Protected: …”. Announced, followers would get a title that is not meant for all of them.",
			Otherwise: g.unseen(),
		}
	}
	if g.Rule == HeldEarly {
		return HeldWords{
			Title: "Dated ahead",
			Why: "The feed has " + g.oneOr("this post before its date", "these posts before their date") +
				", as engines do with what is scheduled, or with events. " + g.oneOr("It waits", "They wait") + " for you because " +
				"the setting future_posts is hold, the date is more than ten years ahead, or the feed was full of such dates when it was added.",
			Otherwise: g.unseen(),
		}
	}
	return HeldWords{
		Title: g.oneOr("Waiting for its date", "Waiting for their date"),
		Why: "The feed has " + g.oneOr("this post before its date", "these posts before their date") +
			", as engines do with what is scheduled. Announced now, " + g.oneOr("it", "they") + " would reach everybody too early.",
		Otherwise: g.oneOr("Nobody sees it before. It", "Nobody sees them before. Each") +
			" is announced by itself when its date has come; you need not do anything.",
	}
}

// Notice is what an owner reads first about the posts that are held.
type Notice struct {
	Undecided int       // wait for their owner
	Why       string    // they do; of several reasons each with its number
	Dated     int       // wait for their date, and nobody has to do anything
	Next      time.Time // when the first of those goes out
}

// maxNoted bounds the groups of one blog; there is one for each rule.
const maxNoted = 10

// NoticeOf says what is held of a blog.
//
// It is read from the posts each time. A copy beside the poll would outlive a decision that is made
// while a poll is under way.
func NoticeOf(ctx context.Context, q database.Querier, blogID database.ID) (Notice, error) {
	groups, err := HeldGroups(ctx, q, blogID, maxNoted)
	return noticeOf(groups), err
}

// noticeOf puts groups of one blog into few words, the largest first.
func noticeOf(groups []HeldGroup) (n Notice) {
	var undecided []HeldGroup
	for _, g := range groups {
		if g.Rule == HeldDated {
			n.Dated, n.Next = g.Count, g.First
			continue
		}
		n.Undecided += g.Count
		undecided = append(undecided, g)
	}
	if len(undecided) == 1 {
		n.Why = undecided[0].because()
		return n
	}
	slices.SortStableFunc(undecided, func(a, b HeldGroup) int { return b.Count - a.Count })
	var all []string
	for _, g := range undecided {
		all = append(all, Counted(g.Count, "post")+": "+g.because())
	}
	n.Why = strings.Join(all, "; ")
	return n
}

// because is why the posts of a group are held: what each of them says, else what its rule is
// called.
func (g HeldGroup) because() string {
	if g.Reason != "" {
		return g.Reason
	}
	title := g.Words(0).Title
	return strings.ToLower(title[:1]) + title[1:]
}

// DatedWords say how many posts wait for their date and which is the first, "" where none does.
func (n Notice) DatedWords() string {
	day := n.Next.UTC().Format("2006-01-02 15:04 UTC")
	switch n.Dated {
	case 0:
		return ""
	case 1:
		return "1 post waits for its date, " + day
	}
	return fmt.Sprintf("%d posts wait for their dates, the first of which is %s", n.Dated, day)
}
