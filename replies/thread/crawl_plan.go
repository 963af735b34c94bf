package thread

import (
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// The kinds of crawl: for the answers to a reply of the thread, and, for adopted threads, for the
// list of what an account wrote and the answers to one of these.
const (
	CrawlReplies = "replies"
	CrawlOutbox  = "outbox"
	CrawlAdopted = "adopted"
)

// outboxEvery is how often the list of what an account wrote is read.
const outboxEvery = 15 * time.Minute

// CrawlRounds say how long after something came its answers are looked for. Most come in the first
// hours.
var CrawlRounds = map[string][]time.Duration{
	CrawlReplies: {5 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour},
	CrawlAdopted: {5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour, 72 * time.Hour, 7 * 24 * time.Hour},
}

// Crawl is a row.
type Crawl struct {
	ID         database.ID
	URI        string // of the reply
	Blog       database.ID
	Post       string
	Kind       string
	Collection string
	Fallback   string
	Page       string
	Pages      int
	Rounds     int // that are over
	Found      int
	Due        time.Time // zero when all are over
	Lease      int64
	Room       int // for new finds; not in the row
	Created    time.Time
}

// NewCrawl plans to look for answers to n, where its server lists them.
func NewCrawl(kind string, n Note, blog database.ID, post string, now time.Time) (Crawl, bool) {
	lists := n.Answers
	if len(lists) == 0 {
		return Crawl{}, false
	}
	c := Crawl{ID: database.NewID(now), URI: n.ID, Blog: blog, Post: post, Kind: kind, Collection: lists[0], Created: now}
	if len(lists) > 1 {
		c.Fallback = lists[1]
	}
	c.Due = c.Next(now)
	return c, true
}

// Next is when the next round begins; zero when there is none. An account may write again at any
// time.
func (c Crawl) Next(now time.Time) time.Time {
	if c.Kind == CrawlOutbox {
		return now.Add(outboxEvery)
	}
	if rounds := CrawlRounds[c.Kind]; c.Rounds < len(rounds) {
		return c.Created.Add(rounds[c.Rounds])
	}
	return time.Time{}
}
