package feeds

import (
	"context"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// DryRun is what the next poll of a feed would do.
type DryRun struct {
	Posts   []Intent // of the feed, in its order: those that the blog's rules choose, and those that are known
	LeftOut int      // posts of the feed that the rules do not choose
	Missing int      // posts that should be in the feed and are not
	Held    Notice   // the new posts that would be held
	Already Notice   // those that are held
}

// Intent is what would become of one item.
type Intent struct {
	Title, URL string
	PostID     string    // of the known post that it is, or of the one it would become
	Does       Doing     // what would happen
	At         time.Time // when its followers would hear of it; zero where they would not
	Why        string    // how it was recognised, or why it is held
}

// Doing is what a poll does with an item.
type Doing string

// What a poll may do with an item.
const (
	DoNothing  Doing = "nothing"  // known, and as it was
	DoAnnounce Doing = "announce" // new: a Create goes to every follower
	DoUpdate   Doing = "update"   // edited: an Update goes to every follower
	DoKeep     Doing = "keep"     // it got a password: what was public stays so
	DoStore    Doing = "store"    // kept or changed in silence
	DoHold     Doing = "hold"     // it waits for its owner
	DoWait     Doing = "wait"     // it waits for its date, and then a Create goes to every follower
)

// Plan says what a poll of the blog's feed would do now. It fetches the feed, and nothing is
// changed or sent. Its errors are sentences for the owner.
func (p *Poller) Plan(ctx context.Context, blogID database.ID) (DryRun, error) {
	p.init()
	b, err := BlogByID(ctx, p.DB, blogID)
	if err != nil {
		return DryRun{}, err
	}
	poll, err := PollOf(ctx, p.DB, blogID)
	if err != nil {
		return DryRun{}, err
	}
	pl, err := p.poll(ctx, b, poll, true)
	if err != nil {
		return DryRun{}, err
	}
	groups, err := HeldGroups(ctx, p.DB, b.ID, maxNoted)
	if err != nil {
		return DryRun{}, err
	}
	o := pl.dryRun()
	o.LeftOut, o.Already = pl.leftOut, noticeOf(pl.without(groups))
	return o, nil
}

// without takes from the held posts those that the plan has anew, as when a password was taken off.
func (pl *plan) without(groups []HeldGroup) []HeldGroup {
	anew := map[string]bool{}
	for _, c := range pl.changes {
		if c.instead != "" {
			anew[c.instead] = true
		}
	}
	for _, f := range pl.m.Items {
		i := slices.IndexFunc(groups, func(g HeldGroup) bool { return f.Was != nil && anew[f.Was.ID] && g.Rule == f.Was.HeldBy })
		if i >= 0 {
			groups[i].Count--
		}
	}
	return slices.DeleteFunc(groups, func(g HeldGroup) bool { return g.Count <= 0 })
}

func (pl *plan) dryRun() DryRun {
	changes := map[string]change{} // by the item's hash and link, which name it well enough for a list
	for _, c := range pl.changes {
		changes[c.post.ContentHash.String()+c.post.URL] = c
	}
	o := DryRun{Missing: pl.lost, Held: noticeOf(pl.holds())}
	locked := map[string]bool{}
	for _, l := range pl.locked {
		locked[l.post.ID] = true
	}
	for _, f := range pl.m.Items {
		is := Intent{Title: f.Title, URL: f.Link, Does: DoNothing, Why: f.Score.String()}
		if f.Was != nil {
			is.PostID = f.Was.ID
			if locked[f.Was.ID] {
				is.Does, is.Why = DoKeep, "its text is behind a password now"
			}
		}
		if c, ok := changes[f.Hash.String()+f.Link]; ok {
			is.Does, is.PostID, is.At = c.doing(), c.post.ID, c.due
			if is.Does == DoHold || is.Does == DoWait {
				is.Why = c.post.HeldWhy
			}
			if is.Does == DoWait {
				is.At = c.post.PublishedAt
			}
		}
		o.Posts = append(o.Posts, is)
	}
	return o
}

func (c change) doing() Doing {
	switch {
	case c.post.isWaiting():
		return DoWait
	case !c.post.HeldAt.IsZero():
		return DoHold
	case c.due.IsZero():
		return DoStore
	case c.known == nil:
		return DoAnnounce
	}
	return DoUpdate
}
