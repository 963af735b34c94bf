package replies

import (
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// The kinds of crawl: for the answers to a reply of the thread, and, for adopted threads, for the list of what an account wrote and the
// answers to one of these.
const (
	crawlReplies = "replies"
	crawlOutbox  = "outbox"
	crawlAdopted = "adopted"
)

// outboxEvery is how often the list of what an account wrote is read.
const outboxEvery = 15 * time.Minute

// crawlRounds say how long after something came its answers are looked for. Most come in the first hours.
var crawlRounds = map[string][]time.Duration{
	crawlReplies: {5 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour},
	crawlAdopted: {5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour, 72 * time.Hour, 7 * 24 * time.Hour},
}

// crawl is a row.
type crawl struct {
	id         database.ID
	uri        string // of the reply
	blog       database.ID
	post       string
	kind       string
	collection string
	fallback   string
	page       string
	pages      int
	rounds     int // that are over
	found      int
	due        time.Time // zero when all are over
	lease      int64
	room       int // for new finds; not in the row
	created    time.Time
}

// newCrawl plans to look for answers to n, where its server lists them.
func newCrawl(kind string, n note, blog database.ID, post string, now time.Time) (crawl, bool) {
	lists := n.Answers
	if len(lists) == 0 {
		return crawl{}, false
	}
	c := crawl{id: database.NewID(now), uri: n.ID, blog: blog, post: post, kind: kind, collection: lists[0], created: now}
	if len(lists) > 1 {
		c.fallback = lists[1]
	}
	c.due = c.next(now)
	return c, true
}

// next is when the next round begins; zero when there is none. An account may write again at any time.
func (c crawl) next(now time.Time) time.Time {
	if c.kind == crawlOutbox {
		return now.Add(outboxEvery)
	}
	if rounds := crawlRounds[c.kind]; c.rounds < len(rounds) {
		return c.created.Add(rounds[c.rounds])
	}
	return time.Time{}
}
