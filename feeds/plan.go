package feeds

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// plan is everything that a reading of a feed means, worked out before anything is changed.
type plan struct {
	findings []finding
	changes  []change
	delays   []delay
	absences []missingPost
	looks    []wantedCheck
	locked   []locking
	isWhole  bool // the feed is the blog's own, so that what it lacks is missing
	known    Fingerprint
	mostNew  int
	missing  int
	isOpen   bool // something could not be found out: the next poll reads the same answer again
}

// plan works out what a feed's reading means for the posts of a blog.
func (p *Poller) plan(ctx context.Context, b Blog, poll Poll, feed *parser.Feed, a answer) (plan, error) {
	r := &reconciler{
		q: p.DB, blog: b, lastPoll: poll.SucceededAt, now: p.Now(), leadsTo: p.leadsTo, items: identify(feed.Items, feed.SiteURL),
	}
	findings, err := r.reconcile(ctx)
	if err != nil {
		return plan{}, fmt.Errorf("compare with what is known: %w", err)
	}
	m := &planner{
		poller: p, r: r, imported: poll.Imported, minted: map[string]bool{},
		isDecodedAnew: poll.Charset != "" && a.charset != "" && poll.Charset != a.charset,
	}
	if err := m.build(ctx, findings); err != nil {
		return plan{}, err
	}
	pl := plan{findings: findings, known: poll.Known, mostNew: poll.MostNew, isOpen: m.isOpen}
	s := m.scene(poll, fingerprintOf(feed, a.url.String(), r.items))
	isForeign := m.holdBack(s, &pl)
	if !isForeign {
		pl.known = s.now.or(poll.Known)
	}
	pl.isWhole = !isForeign && s.familiar > 0
	switch {
	case pl.isWhole:
		pl.absences, pl.looks, pl.missing = r.missing()
	case !isForeign && len(r.items) == 0:
		pl.absences = r.emptied()
	case !isForeign:
		pl.absences, pl.looks = r.scrolledOut()
	}
	pl.absences = append(pl.absences, m.withheld()...)
	pl.changes, pl.delays, pl.locked = m.changes, m.delays, m.locked
	for _, c := range m.changes {
		if c.known == nil && c.post.Announce { // what its page is like, to know an edit by when the feed lists it no more
			pl.looks = append(pl.looks, wantedCheck{c.post.ID, r.now.Add(outlived)})
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

// planner makes changes of findings.
type planner struct {
	poller   *Poller
	r        *reconciler
	imported bool
	minted   map[string]bool // ids given to new posts
	waiting  int             // new posts that wait for their date
	delays   []delay
	locked   []locking                  // posts that got a password
	behind   map[string]database.Digest // what the feed says of posts that their pages have newer
	ask      map[int]bool               // findings that came back and whose pages are asked
	isOpen   bool
	changes  []change

	isDecodedAnew bool // the feed's characters are read as another encoding than before: what is new may be only that
}

func (m *planner) build(ctx context.Context, findings []finding) error {
	moved := 0
	var known []string
	for _, f := range findings {
		if f.was != nil && f.was.link != pageurl.Normalise(f.Link) {
			moved++
		}
		if f.was != nil && f.was.hash != f.hash {
			known = append(known, f.was.id)
		}
	}
	var err error
	if m.behind, err = feedReadings(ctx, m.r.q, known); err != nil {
		return fmt.Errorf("compare with what is known: %w", err)
	}
	m.ask = m.choose(findings)
	for i, f := range findings {
		switch {
		case f.isRepublished():
			m.republish(ctx, f, i)
		case f.isNew():
			m.addNew(f, i, 0)
		case f.changesLock():
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
func (m *planner) addNew(f finding, i, generation int) {
	post := newPost(m.r.blog, f.identified, seenAt(m.r.now, i))
	post.ID, post.Generation = m.newPostID(f.identified, generation)
	c := m.poller.found(m.r.blog, post, f.identified, m.imported && !f.History, m.r.now)
	if c.holdBack(m.r.blog, f.Item, m.r.now, m.waiting) && !m.imported {
		m.waiting++
	}
	if f.doubt {
		c.hold(m.r.now, HeldDoubt, fmt.Sprintf("it may be the post %q under another name: %s", f.was.title, f.likeness.words()), f.was.id)
	}
	m.changes = append(m.changes, c)
}

// newPostID makes an id of the best of the item's names that no other post has.
func (m *planner) newPostID(it identified, generation int) (id string, generationOf int) {
	for ; ; generation++ {
		for _, identity := range it.identities() {
			id = postID(m.r.blog.Origin, identity, generation)
			if !m.r.known[id] && !m.minted[id] {
				m.minted[id] = true
				return id, generation
			}
		}
	}
}

// updateKnown is a known post. moved is how many posts of the feed have other links than before:
// where all have moved, no follower is told of each; the new links go out with the next edit.
func (m *planner) updateKnown(ctx context.Context, f finding, moved int) error {
	was := *f.was
	m.rescheduled(f)
	locked, err := m.isLockedNow(ctx, f)
	if err != nil {
		return err
	}
	if locked {
		m.locked = append(m.locked, locking{post: was, says: f.hash, isNews: m.behind[was.id] != f.hash})
		return nil
	}
	if was.guid == guidOf(f.identified) && (was.hash == f.hash && was.version == contenthash.Version || m.behind[was.id] == f.hash) {
		return nil
	}
	post := newPost(m.r.blog, f.identified, m.r.now)
	post.ID = was.id
	c := edited(post, was, m.r.now)
	caughtUp, err := m.caughtUp(ctx, was, post)
	if err != nil {
		return fmt.Errorf("compare with what is known: %w", err)
	}
	switch {
	case was.hash == f.hash || was.held || caughtUp || m.isDecodedAnew:
		c.rename(was)
	case onlyMoved(f):
		wandering, err := hasWandered(ctx, m.r.q, was.id)
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
func (m *planner) caughtUp(ctx context.Context, was stored, post Post) (bool, error) {
	if m.behind[was.id].IsZero() || post.Title != was.title {
		return false, nil
	}
	texts, err := storedTexts(ctx, m.r.q, []string{was.id})
	return err == nil && texts[was.id] == safehtml.Text(post.Content.String()), err
}

// onlyMoved says that nothing but the post's link is new.
func onlyMoved(f finding) bool {
	before := f.Item
	before.Link = f.was.url
	return contenthash.Of(before) == f.was.hash
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
		known: poll.Known, now: is, items: len(m.r.items), mostNew: poll.MostNew, away: m.r.now.Sub(poll.SucceededAt),
		perDay: pace(m.r.posts[:m.r.around], m.r.now),
	}
	for _, p := range m.r.found {
		if m.r.posts[p.post].isPublic() && p.isSame() {
			s.familiar++
		}
	}
	for _, p := range m.r.posts[:m.r.around] {
		if p.isPublic() && p.absentSince.IsZero() {
			s.listed++
		}
		if p.announce && p.isPublic() && m.r.now.Sub(p.firstSeenAt) < 24*time.Hour {
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
			c.hold(m.r.now, rule, why, "")
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
