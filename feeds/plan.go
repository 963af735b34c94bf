package feeds

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/match"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// plan is everything that a reading of a feed means, worked out before anything is changed.
type plan struct {
	items    []match.Item
	changes  []change
	delays   []delay
	absences []match.Missing
	locked   []locking
	isWhole  bool // the feed is the blog's own, so that what it lacks is missing
	known    Fingerprint
	mostNew  int
	missing  int
	leftOut  int  // items of the feed that the blog's rules do not choose
	isOpen   bool // something could not be found out: the next poll reads the same answer again
}

// plan works out what a feed's reading means for the posts of a blog.
func (p *Poller) plan(ctx context.Context, b Blog, poll Poll, feed *parser.Feed, a fetch.Answer) (plan, error) {
	r := &match.Matcher{
		Q: p.DB, BlogID: b.ID, Origin: b.Origin, LastPoll: poll.SucceededAt, Now: p.Now(), LeadsTo: p.leadsTo,
		Items: match.Identify(feed.Items, feed.SiteURL),
	}
	if err := r.Match(ctx); err != nil {
		return plan{}, fmt.Errorf("compare with what is known: %w", err)
	}
	m := &planner{
		poller: p, blog: b, r: r, imported: poll.Imported,
		isDecodedAnew: poll.Charset != "" && a.Charset != "" && poll.Charset != a.Charset,
	}
	if err := m.build(ctx); err != nil {
		return plan{}, err
	}
	pl := plan{items: r.Items, known: poll.Known, mostNew: poll.MostNew, isOpen: m.isOpen}
	s := m.scene(poll, fingerprintOf(feed, a.URL.String(), r.Items))
	isForeign := m.holdBack(s, &pl)
	if !isForeign {
		pl.known = s.now.or(poll.Known)
	}
	pl.isWhole = !isForeign && s.familiar > 0
	switch {
	case pl.isWhole:
		pl.absences, pl.missing = r.Missing()
	case !isForeign && len(r.Items) == 0:
		pl.absences = r.Emptied()
	case !isForeign:
		pl.absences = r.ScrolledOut()
	}
	pl.absences = append(pl.absences, m.withheld()...)
	pl.changes, pl.delays, pl.locked = m.changes, m.delays, m.locked
	for i := range pl.changes {
		if c := &pl.changes[i]; c.known == nil && c.post.Announce { // what its page is like, to know an edit by when the feed lists it no more
			c.checkAt = r.Now.Add(match.PageCheckAfter)
		}
	}
	return pl, nil
}

// holds are the new posts that the plan holds, by rule.
func (pl plan) holds() (groups []HeldGroup) {
	at := map[string]int{}
	for _, c := range pl.changes {
		if c.known != nil || c.post.HeldAt.IsZero() {
			continue
		}
		i, ok := at[c.post.HeldBy]
		if !ok {
			i = len(groups)
			at[c.post.HeldBy] = i
			groups = append(groups, HeldGroup{Rule: c.post.HeldBy, First: c.post.PublishedAt, Reason: c.post.HeldWhy})
		}
		g := &groups[i]
		g.Count++
		if c.post.PublishedAt.Before(g.First) {
			g.First = c.post.PublishedAt
		}
		if c.post.HeldWhy != g.Reason {
			g.Reason = ""
		}
	}
	return groups
}

// planner makes changes of items.
type planner struct {
	poller   *Poller
	blog     Blog
	r        *match.Matcher
	imported bool
	waiting  int // new posts that wait for their date
	delays   []delay
	locked   []locking                  // posts that got a password
	behind   map[string]database.Digest // what the feed says of posts that their pages have newer
	ask      map[int]bool               // items that came back and whose pages are asked
	isOpen   bool
	changes  []change

	isDecodedAnew bool // the feed's characters are read as another encoding than before: what is new may be only that
}

func (m *planner) build(ctx context.Context) error {
	moved := 0
	var known []string
	for _, f := range m.r.Items {
		if f.Was != nil && f.Was.Link != pageurl.Normalise(f.Link) {
			moved++
		}
		if f.Was != nil && f.Was.Hash != f.Hash {
			known = append(known, f.Was.ID)
		}
	}
	var err error
	if m.behind, err = feedReadings(ctx, m.r.Q, known); err != nil {
		return fmt.Errorf("compare with what is known: %w", err)
	}
	m.ask = m.choose()
	for i, f := range m.r.Items {
		switch {
		case isRepublished(f):
			m.republish(ctx, f, i)
		case f.IsNew():
			m.addNew(f, i, 0)
		case changesLock(f):
			m.addAnew(f, i)
		default:
			if err := m.updateKnown(ctx, f, moved); err != nil {
				return err
			}
		}
	}
	m.spread()
	return nil
}

// holdBack holds what must not go out by itself. It says whether the feed looks like another site's.
func (m *planner) holdBack(s scene, pl *plan) (isForeign bool) {
	if !m.imported {
		return false
	}
	if why := s.foreign(); why != "" {
		m.hold(HeldForeign, why, func(change) bool { return true })
		return true
	}
	if why := s.flood(); why != "" {
		m.hold(HeldFlood, why, change.goesOut)
		return false
	}
	pl.mostNew = max(pl.mostNew, s.fresh)
	return false
}

// addNew is a new post, or one that may be a known one and therefore waits for its owner.
func (m *planner) addNew(f match.Item, i, generation int) {
	post := newPost(m.blog, f, seenAt(m.r.Now, i))
	post.ID, post.Generation = m.r.NewID(f, generation)
	c := m.poller.found(m.blog, post, f, m.imported && !f.History, m.r.Now)
	if c.holdBack(m.blog, f.Item, m.r.Now, m.waiting) && !m.imported {
		m.waiting++
	}
	if f.Doubt {
		c.hold(m.r.Now, HeldDoubt, fmt.Sprintf("it may be the post %q under another name: %s", f.Was.Title, f.Score.Words()), f.Was.ID)
	}
	m.changes = append(m.changes, c)
}

// updateKnown is a known post. moved is how many posts of the feed have other links than before:
// where all have moved, no follower is told of each; the new links go out with the next edit.
func (m *planner) updateKnown(ctx context.Context, f match.Item, moved int) error {
	was := *f.Was
	m.rescheduled(f)
	locked, err := m.isLockedNow(ctx, f)
	if err != nil {
		return err
	}
	if locked {
		m.locked = append(m.locked, locking{post: was, says: f.Hash, isNews: m.behind[was.ID] != f.Hash})
		return nil
	}
	if was.GUID == match.GUIDOf(f) && (was.Hash == f.Hash && was.Version == contenthash.Version || m.behind[was.ID] == f.Hash) {
		return nil
	}
	post := newPost(m.blog, f, m.r.Now)
	post.ID = was.ID
	c := edited(post, was, m.r.Now)
	caughtUp, err := m.caughtUp(ctx, was, post)
	if err != nil {
		return fmt.Errorf("compare with what is known: %w", err)
	}
	switch {
	case was.Hash == f.Hash || was.Held || caughtUp || m.isDecodedAnew:
		c.rename(was)
	case onlyMoved(f):
		wandering, err := hasWandered(ctx, m.r.Q, was.ID)
		if err != nil {
			return fmt.Errorf("compare with what is known: %w", err)
		}
		if moved > freeArrivals || wandering {
			c.rename(was)
		}
	}
	m.changes = append(m.changes, c)
	return nil
}

// caughtUp says that a feed now tells the edit that was found on the post's page before: followers have it.
func (m *planner) caughtUp(ctx context.Context, was match.Known, post Post) (bool, error) {
	if m.behind[was.ID].IsZero() || post.Title != was.Title {
		return false, nil
	}
	texts, err := match.Texts(ctx, m.r.Q, []string{was.ID})
	return err == nil && texts[was.ID] == safehtml.Text(post.Content.String()), err
}

// onlyMoved says that nothing but the post's link is new.
func onlyMoved(f match.Item) bool {
	before := f.Item
	before.Link = f.Was.URL
	return contenthash.Of(before) == f.Was.Hash
}

// spread lets many edits of one poll out one after another: a theme that adds a line to every post is no reason to flood the world.
func (m *planner) spread() {
	edits := 0
	for i := range m.changes {
		c := &m.changes[i]
		if c.known == nil || c.silent || c.due.IsZero() {
			continue
		}
		if edits++; edits > freeArrivals {
			c.due = c.due.Add(time.Duration(edits-freeArrivals) * editEvery)
		}
	}
}

// editEvery parts the updates that follow the first three of one poll.
const editEvery = 5 * time.Minute

// scene is what the hold rules have to judge.
func (m *planner) scene(poll Poll, is Fingerprint) scene {
	s := scene{
		known: poll.Known, now: is, items: len(m.r.Items), mostNew: poll.MostNew, away: m.r.Now.Sub(poll.SucceededAt),
		perDay: pace(m.r.Listed(), m.r.Now),
	}
	for _, it := range m.r.Items {
		if !it.IsNew() && it.Was.IsPublic() {
			s.familiar++
		}
	}
	for _, p := range m.r.Listed() {
		if p.IsPublic() && p.AbsentSince.IsZero() {
			s.listed++
		}
		if p.Announce && p.IsPublic() && m.r.Now.Sub(p.FirstSeenAt) < 24*time.Hour {
			s.lastDay++
		}
	}
	for _, c := range m.changes {
		if c.goesOut() {
			s.fresh++
		}
	}
	return s
}

// hold keeps new posts from the world until their owner has decided.
func (m *planner) hold(rule, why string, which func(change) bool) {
	for i := range m.changes {
		if c := &m.changes[i]; c.known == nil && (c.post.HeldAt.IsZero() || c.post.isWaiting()) && which(*c) {
			c.hold(m.r.Now, rule, why, "")
		}
	}
}

// maxAddresses is after how many addresses a post is a wanderer, whose next one is no news.
const maxAddresses = 4

// hasWandered says that a post has had so many addresses that something makes them up.
func hasWandered(ctx context.Context, q database.Querier, postID string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `
SELECT COUNT(*)
FROM post_aliases
WHERE post_id = ?`, postID).Scan(&n)
	return n >= maxAddresses, err
}
