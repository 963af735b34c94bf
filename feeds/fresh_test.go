package feeds_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

// with puts elements into the channel of an RSS feed.
func with(elements string, entries ...entry) string {
	return strings.Replace(rss(entries...), "<link>", elements+"<link>", 1)
}

func TestFeedsOfAllKindsSayWhatTheyWish(t *testing.T) {
	const atomLinks = `<link rel="hub" href="https://hub.example/"/><link href="https://Tea.example/%7Efeed" rel="self"/>`
	hub := parser.Hub{URL: "https://hub.example/", Topic: "https://Tea.example/%7Efeed"}
	tests := map[string]struct {
		body   string
		wishes parser.PollHints
		hub    parser.Hub
	}{
		"RSS": {`<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>
			<link>https://tea.example/</link>` + strings.ReplaceAll(atomLinks, "<link", "<a:link") + `<ttl>120</ttl>
			<skipHours><hour>1</hour><hour>2</hour></skipHours><skipDays><day>Sunday</day></skipDays><sy:updatePeriod>daily</sy:updatePeriod>
			<item><title>x</title></item></channel></rss>`, parser.PollHints{TTL: 2 * time.Hour, SkipHours: 6, SkipDays: 1}, hub},
		"RSS of WordPress": {`<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>x</title>
			<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency></channel></rss>`, parser.PollHints{}, parser.Hub{}},
		"RSS 1.0": {`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
			xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>x</title>` +
			strings.ReplaceAll(atomLinks, "<link", "<a:link") + `<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>8</sy:updateFrequency>
			</channel></rdf:RDF>`, parser.PollHints{TTL: 3 * time.Hour}, hub},
		"Atom": {`<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>` + atomLinks + `<link rel="hub" href="https://second.example/"/></feed>`,
			parser.PollHints{}, hub},
		"Atom, relative": {`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://tea.example/b/"><link rel="hub" href="/hub"/>
			<link rel="self" href="feed"/></feed>`, parser.PollHints{}, parser.Hub{URL: "https://tea.example/hub", Topic: "https://tea.example/b/feed"}},
		"links of an entry": {`<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title>y</title>` + atomLinks + `</entry></feed>`,
			parser.PollHints{}, parser.Hub{}},
		"hub without self": {`<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><link rel="hub" href="https://hub.example/"/></feed>`,
			parser.PollHints{}, parser.Hub{}},
		"hub that is no address": {`<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="file:///etc/passwd"/>
			<link rel="self" href="https://tea.example/"/></feed>`, parser.PollHints{}, parser.Hub{}},
		"hub that no column holds": {`<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="https://hub.example/` + strings.Repeat("a", 2048) +
			`"/><link rel="self" href="https://tea.example/"/></feed>`, parser.PollHints{}, parser.Hub{}},
		"JSON Feed": {`{"version": "https://jsonfeed.org/version/1.1", "feed_url": "https://Tea.example/%7Efeed", "hubs": [7, null,
			{"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "WebSub", "url": "https://hub.example/"}]}`, parser.PollHints{}, hub},
	}
	for name, test := range tests {
		f, err := parser.Parse([]byte(test.body), "", feedURL)
		if err != nil || f.Wishes != test.wishes || f.Hub != test.hub {
			t.Errorf("%s: %v\n got %+v %+v\nwant %+v %+v", name, err, f.Wishes, f.Hub, test.wishes, test.hub)
		}
	}
}

// A feed names its hub when it is added, another one later, and keeps it while nothing changes; headers win.
func TestHubOfAFeedIsKnown(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		expect := func(hub string, changes int) {
			t.Helper()
			w.mustPoll()
			changed, err := feeds.HubChanges(t.Context(), db, w.now, 10)
			if got := w.record().Hub; err != nil || got.URL != hub || len(changed) != changes {
				t.Errorf("hub %+v, want %q; %d changes, %v", got, hub, len(changed), err)
			}
			for _, p := range changed {
				if err := feeds.HubFollowed(t.Context(), db, p); err != nil {
					t.Fatal(err)
				}
			}
		}
		links := `<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="%s" href="https://%s/"/>`
		body := with(fmt.Sprintf(links, "hub", "one.example")+fmt.Sprintf(links, "self", "tea.example"), post(1))
		expect("", 0)
		w.web.set(feedURL, page{body: body, header: map[string]string{"ETag": `"1"`}})
		expect("https://one.example/", 1)
		expect("https://one.example/", 0) // 304
		w.web.set(feedURL, page{body: body})
		expect("https://one.example/", 0) // a known body
		w.web.set(feedURL, page{body: body, header: map[string]string{"Link": `<https://two.example/>; rel=hub`}})
		expect("https://two.example/", 1)
		w.publish(post(1))
		expect("", 1)
	})
}

func TestHubIsKnownFromTheBeginning(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db)
		w.web.set(feedURL, page{body: string(readFile(t, fixtures+"/blogger/feed.xml")), header: map[string]string{"Cache-Control": "max-age=3600"}})
		found, err := fetch.Discover(t.Context(), w.web.client(), feedURL)
		if err != nil {
			t.Fatal(err)
		}
		b, err := feeds.Add(t.Context(), db, feeds.NewBlog{Found: found, BaseURL: "https://two.example"}, w.now, nil)
		if err != nil {
			t.Fatal(err)
		}
		changed, err := feeds.HubChanges(t.Context(), db, w.now, 10)
		if err != nil || len(changed) != 1 || changed[0].BlogID != b.ID || changed[0].Hub.URL != "http://pubsubhubbub.appspot.com/" {
			t.Errorf("%+v, %v", changed, err)
		}
		if p, err := feeds.PollOf(t.Context(), db, b.ID); err != nil || !p.Wishes.CacheUntil.Equal(w.now.Add(time.Hour)) {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestWishesAreFollowed(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		waits := func(want time.Duration) {
			t.Helper()
			w.mustPoll()
			if got := w.record().NextAt.Sub(w.now); got < want*95/100 || got > want*105/100 {
				t.Errorf("it waits %v, want %v", got, want)
			}
		}
		waits(10 * time.Minute)
		w.web.set(feedURL, page{body: with("<ttl>90</ttl>", post(1)), header: map[string]string{"ETag": `"1"`, "Cache-Control": "max-age=7200"}})
		waits(2 * time.Hour)
		w.web.set(feedURL, page{body: "", header: map[string]string{"ETag": `"1"`}})
		waits(90 * time.Minute) // a 304 keeps ttl, and says nothing of caches this time
		w.web.set(feedURL, page{body: with("<skipHours><hour>12</hour><hour>13</hour></skipHours>", post(1))})
		w.mustPoll()
		if next := w.record().NextAt; !next.Equal(start.Add(2 * time.Hour)) {
			t.Errorf("next at %v, want the end of its rest", next)
		}
	})
}

func TestSleepingBlogIsAskedLessOftenUntilItWakes(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.poller.PublishDelay = 0 // or it is read once more before the announcement
		waits := func(after, low, high time.Duration) {
			t.Helper()
			w.pass(after)
			w.mustPoll()
			if got := w.record().NextAt.Sub(w.now); got < low || got > high {
				t.Errorf("it waits %v, want %v to %v", got, low, high)
			}
		}
		waits(20*time.Hour, 9*time.Minute, 11*time.Minute)
		waits(12*time.Hour, 57*time.Minute, 63*time.Minute)
		waits(100*24*time.Hour, 340*time.Minute, 380*time.Minute)
		w.publish(post(2).with(func(e *entry) { e.date = w.now }), post(1))
		waits(0, 9*time.Minute, 11*time.Minute)
	})
}

func TestGoneTwiceEndsTheAskingUntilItIsRefreshed(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.web.set(feedURL, page{status: http.StatusGone})
		w.poll() // it fails, that is the point
		if p := w.record(); !p.StoppedAt.IsZero() || !p.NextAt.Equal(w.now.Add(24*time.Hour)) {
			t.Fatalf("after the first 410: %+v", p)
		}
		w.web.set(feedURL, page{status: 500})
		w.poll()
		w.web.set(feedURL, page{status: http.StatusGone})
		w.poll()
		if p := w.record(); !p.StoppedAt.IsZero() {
			t.Fatalf("two 410s that were not in a row: %+v", p)
		}
		w.pass(time.Hour)
		w.poll()
		if p := w.record(); !p.StoppedAt.IsZero() {
			t.Fatalf("two 410s within a day: %+v", p)
		}
		w.pass(24 * time.Hour)
		w.poll()
		p := w.record()
		if p.StoppedAt.IsZero() || !strings.Contains(p.LastError, "bloghorn feed refresh") {
			t.Fatalf("after the second 410: %+v", p)
		}
		if err := feeds.PollSoon(t.Context(), db, w.blog.ID, w.now); err != nil || !w.record().PushedAt.IsZero() {
			t.Errorf("a stopped feed was pushed: %+v, %v", w.record(), err)
		}
		w.poll()
		if p := w.record(); !p.StoppedAt.IsZero() || p.Gone != 1 {
			t.Errorf("refreshed, still gone: %+v", p)
		}
		w.publish(post(2), post(1))
		w.mustPoll()
		if p := w.record(); p.Gone != 0 || p.Failures != 0 || len(w.posts()) != 2 {
			t.Errorf("refreshed, back again: %+v", p)
		}
	})
}

func TestStoppedFeedIsNotAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newBubble(t)
		w.web.set(feedURL, page{status: http.StatusGone})
		w.poll() // it fails, that is the point
		time.Sleep(24 * time.Hour)
		asked := len(w.web.asked())
		stop := run(t, w.poller)
		time.Sleep(time.Minute)
		stop()
		time.Sleep(10 * 24 * time.Hour)
		stop = run(t, w.poller)
		time.Sleep(time.Minute)
		stop()
		if n := len(w.web.asked()) - asked; n != 1 {
			t.Errorf("asked %d times after the first 410, want once", n)
		}
	})
}
