package feeds_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/fetch"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// farmed is how many feeds a big instance has. Of a hundred polls one brings a new post, four bring the same body as before from a server
// without validators, and the others are answered 304.
const farmed = 20_000

// farm is a network of blogs that are asked by number: https://b17.example/feed.xml.
type farm struct {
	short, long string // bodies: ten small posts; what comes before and after the new post of a feed of 50 kB
	news        atomic.Int64
	asked       atomic.Int64
}

const farmETag = `"7b5-61c"`

func newFarm() *farm {
	var entries []entry
	for i := range 10 {
		entries = append(entries, post(i))
	}
	return &farm{short: rss(entries...), long: longFeed()}
}

// RoundTrip answers from memory.
func (f *farm) RoundTrip(r *http.Request) (*http.Response, error) {
	f.asked.Add(1)
	res := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/rss+xml"}}, Request: r}
	body := ""
	switch kind := f.kind(r.URL.Host); {
	case kind == "news":
		n := f.news.Add(1)
		date := time.Now().UTC().Format(time.RFC1123Z)
		item := fmt.Sprintf("<item><guid>news-%d</guid><link>https://tea.example/news/%[1]d/</link><title>News %[1]d</title><pubDate>%s</pubDate></item>", n, date)
		body = strings.Replace(f.long, "<item>", item+"<item>", 1)
	case kind == "same":
		body = f.short
	case r.Header.Get("If-None-Match") == farmETag:
		res.StatusCode = http.StatusNotModified
	default:
		res.Header.Set("ETag", farmETag)
		body = f.short
	}
	res.Body = io.NopCloser(strings.NewReader(body))
	return res, nil
}

func (f *farm) kind(host string) string {
	var n int
	fmt.Sscanf(host, "b%d.", &n)
	switch n % 100 {
	case 0:
		return "news"
	case 1, 2, 3, 4:
		return "same"
	}
	return "unchanged"
}

// plant adds the blogs, half a year ago.
func (f *farm) plant(b *testing.B, db *database.DB) {
	b.Helper()
	client := safehttp.New(safehttp.Options{UserAgent: "bloghorn/test", Transport: f})
	found := map[string]fetch.Found{}
	for n := range farmed {
		host := fmt.Sprintf("b%d.example", n)
		one, ok := found[f.kind(host)]
		if !ok {
			var err error
			if one, err = fetch.Discover(b.Context(), client, "https://"+host+"/feed.xml"); err != nil {
				b.Fatal(err)
			}
			found[f.kind(host)] = one
		}
		one.FeedURL = "https://" + host + "/feed.xml"
		blog := feeds.NewBlog{Found: one, BaseURL: "https://fedi.example", Username: fmt.Sprintf("b%d", n)}
		if _, err := feeds.Add(b.Context(), db, blog, time.Now().AddDate(0, -6, 0), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPollFarm polls 20,000 feeds with everything that a running instance does, and beside it what cannot be saved: the requests, and
// reading the feeds that have something new.
//
//	go test -run none -bench PollFarm -benchtime 1x ./feeds
func BenchmarkPollFarm(b *testing.B) {
	f := newFarm()
	for name, open := range map[string]func(testing.TB) *database.DB{"sqlite": databasetest.Open, "mysql": databasetest.OpenMySQL} {
		b.Run(name, func(b *testing.B) {
			db := open(b)
			f.plant(b, db)
			poller := &feeds.Poller{
				DB: db, Client: safehttp.New(safehttp.Options{UserAgent: "bloghorn/test", Transport: f}), Log: slog.New(slog.DiscardHandler),
				Now: time.Now, Interval: 10 * time.Minute, PublishDelay: 2 * time.Minute, MaxAge: 7 * 24 * time.Hour,
			}
			b.ReportAllocs()
			for each := perFeed(b, farmed); each(); {
				pollAll(b, db, poller)
			}
		})
	}
	b.Run("bare http", func(b *testing.B) {
		client := &http.Client{Transport: f}
		for each := perFeed(b, farmed); each(); {
			for n := range farmed {
				ask(b, client, fmt.Sprintf("https://b%d.example/feed.xml", n))
			}
		}
	})
	b.Run("bare gofeed", func(b *testing.B) { // of what is new, 200 feeds
		for each := perFeed(b, farmed/100); each(); {
			for range farmed / 100 {
				if _, err := gofeed.NewParser().ParseString(f.long); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// pollAll makes all feeds due, and lets the loop poll them.
func pollAll(b *testing.B, db *database.DB, poller *feeds.Poller) {
	b.Helper()
	began := database.Millis(time.Now())
	if _, err := db.Exec(b.Context(), `
UPDATE polls
SET next_at = 1`); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error)
	go func() { done <- poller.Run(ctx) }()
	for due := farmed; due > 0; {
		time.Sleep(200 * time.Millisecond)
		if err := db.QueryRow(ctx, `
SELECT COUNT(*)
FROM polls
WHERE next_at <= ?`, began).Scan(&due); err != nil {
			b.Fatal(err)
		}
	}
	stop()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}

func ask(b *testing.B, client *http.Client, address string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("If-None-Match", farmETag)
	res, err := client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		b.Fatal(err)
	}
}

// perFeed runs a loop like b.Loop, whose every turn is so many feeds, and reports what one of them costs.
func perFeed(b *testing.B, feeds int) func() bool {
	var before, after runtime.MemStats
	var cpu time.Duration
	turns := 0
	return func() bool {
		if turns == 0 {
			runtime.GC()
			runtime.ReadMemStats(&before)
			cpu = cpuTime()
		}
		if b.Loop() {
			turns++
			return true
		}
		runtime.ReadMemStats(&after)
		n := float64(turns * feeds)
		perSecond := n / b.Elapsed().Seconds()
		b.ReportMetric(perSecond, "feeds/s")
		b.ReportMetric(perSecond*3600, "feeds/h")
		b.ReportMetric(float64(cpuTime()-cpu)/1e3/n, "cpu-µs/feed")
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/n, "B/feed")
		b.ReportMetric(float64(after.Mallocs-before.Mallocs)/n, "allocs/feed")
		return false
	}
}
