package feeds

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

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

// because is why the posts of a group are held: what each of them says, else what its rule is called.
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
