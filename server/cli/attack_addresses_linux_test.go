package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/config"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// spellings are hosts of the machine next door, as strangers write them. Names are answered by hostileNames.
var spellings = strings.Fields(`
127.0.0.1 127.1 127.0.1 127.255.255.254 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 0127.0.0.1 127.0.0.1. 127.000.000.001
0 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 169.254.0.1 169.254.169.254 0xa9fea9fe 2852039166 168.63.129.16
172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
[::] [::1] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::ffff:169.254.169.254]
[::ffff:0:127.0.0.1] [::127.0.0.1] [::7f00:1] [::8.8.8.8] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::1] [100::1] [2001::1]
[2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001:db8::1] [2002:7f00:1::] [2002:a9fe:a9fe::] [3fff::1] [5f00::1] [fc00::1] [fd00:ec2::254] [fe80::1]
[fe80::1%25lo] [fec0::1] [ff02::1]
localhost LOCALHOST localhost. user@127.0.0.1 user:pass@127.0.0.1 honest.test@127.0.0.1 %31%32%37.0.0.1 127。0。0。1 １２７.０.０.１ ①②⑦.⓪.⓪.① ⑯⑨。②⑤④。①⑥⑨。②⑤④
loopback.test loopback6.test any.test any6.test mapped.test private.test metadata.test nat64.test local6.test linklocal.test
LOOPBACK.test loopback.test. lоopback.test
rebind.test rebind6.test eyeballs.test eyeballs6.test both.test many.test
`)

// hostileNames are what DNS says of the names among the spellings: each is honest at the first question at most.
var hostileNames = map[string][][]string{
	"loopback.test": {{"127.0.0.1"}}, "loopback6.test": {{"::1"}}, "any.test": {{"0.0.0.0"}}, "any6.test": {{"::"}}, "mapped.test": {{"::ffff:127.0.0.1"}},
	"private.test": {{"10.1.2.3"}}, "metadata.test": {{"169.254.169.254"}}, "nat64.test": {{"64:ff9b::7f00:1"}}, "local6.test": {{"fd00:ec2::254"}},
	"linklocal.test": {{"fe80::1"}}, "xn--lopback-hyf.test": {{"127.0.0.1"}},
	// DNS rebinding: honest when somebody looks, and then not.
	"rebind.test": {{honest}, {"127.0.0.1"}}, "rebind6.test": {{honest}, {"::1"}},
	// Happy Eyeballs (RFC 8305): one family is honest, and the other is tried beside it.
	"eyeballs.test": {{honest, "::1"}}, "eyeballs6.test": {{honest6, "127.0.0.1"}},
	"both.test": {{honest, "127.0.0.1", "10.0.0.1"}}, "many.test": {{"127.0.0.1", "10.0.0.1", "::1", "169.254.169.254"}},
}

// control is a spelling that nothing is wrong with. It shows that each place fetches.
const control = "open.test"

// place is a way to have the program send a request to an address of one's choice. Each has a port of its own.
type place struct {
	name string
	// send names the address, with a scheme and the place's port, where the program may find it.
	send func(w *addressWorld, p *fediversetest.Person, to string)
}

var places = []place{
	{"feed", func(w *addressWorld, _ *fediversetest.Person, to string) { w.add(to) }},
	{"redirect of a feed", func(w *addressWorld, p *fediversetest.Person, to string) { w.add(w.redirect(p, "feed", to)) }},
	{"feed that a page names", func(w *addressWorld, p *fediversetest.Person, to string) {
		page := "https://" + p.Host + "/home"
		w.f.Handle(page, says("text/html", `<!doctype html><link rel="alternate" type="application/rss+xml" href="`+to+`"><title>x</title>`))
		w.add(page)
	}},
	{"preview", func(w *addressWorld, _ *fediversetest.Person, to string) { w.command("preview", to) }},
	{"page of a post, and its robots.txt", func(w *addressWorld, p *fediversetest.Person, to string) { w.blog(p.Host, "page", to, "") }},
	{"redirect of a post's page", func(w *addressWorld, p *fediversetest.Person, to string) {
		w.blog(p.Host, "moved", w.redirect(p, "page", to), "")
	}},
	{"redirect of robots.txt", func(w *addressWorld, p *fediversetest.Person, to string) {
		host := "robots-" + p.Host
		w.f.Handle("https://"+host+"/robots.txt", http.RedirectHandler(to, http.StatusFound))
		w.blog(host, "robots", "https://"+host+"/page", "")
	}},
	{"hub", func(w *addressWorld, p *fediversetest.Person, to string) {
		w.blog(p.Host, "hub", "https://"+p.Host+"/page", to)
	}},
	{"key", func(w *addressWorld, p *fediversetest.Person, to string) {
		p.Like(w.post, fediversetest.At(w.inboxURL()), fediversetest.WithKeyID(to+"#main-key"))
	}},
	{"redirect of a key", func(w *addressWorld, p *fediversetest.Person, to string) {
		p.Like(w.post, fediversetest.At(w.inboxURL()), fediversetest.WithKeyID(w.redirect(p, "key", to)+"#main-key"))
	}},
	{"redirect of a note", func(w *addressWorld, p *fediversetest.Person, to string) {
		id := w.redirect(p, "note", to)
		p.Post(w.inboxURL(), activitypub.Object{"id": id + "/create", "type": "Create", "actor": p.ID, "object": id, "to": activitypub.Public})
	}},
	{"parent of a reply", func(w *addressWorld, p *fediversetest.Person, to string) {
		p.Reply(w.post, "x", fediversetest.At(w.inboxURL()), fediversetest.With("inReplyTo", to))
	}},
	{"redirect of a parent", func(w *addressWorld, p *fediversetest.Person, to string) {
		p.Reply(w.post, "x", fediversetest.At(w.inboxURL()), fediversetest.With("inReplyTo", w.redirect(p, "parent", to)))
	}},
	{"replies to a reply", func(w *addressWorld, p *fediversetest.Person, to string) {
		p.Reply(w.post, "x", fediversetest.With("replies", w.redirect(p, "replies", to)))
	}},
	{"where an account moves", func(w *addressWorld, p *fediversetest.Person, to string) {
		p.Follow(w.actor, fediversetest.At(w.inboxURL()))
		p.Post(w.inboxURL(), activitypub.Object{"id": p.ID + "#move", "type": "Move", "actor": p.ID, "object": p.ID, "target": to, "to": activitypub.Public})
	}},
	{"WebFinger", func(w *addressWorld, _ *fediversetest.Person, to string) {
		w.Remotes.Lookup(w.ctx, "@x@"+strings.TrimSuffix(strings.TrimPrefix(to, "https://"), "/x"))
	}},
	{"redirect of WebFinger", func(w *addressWorld, p *fediversetest.Person, to string) {
		host := "finger-" + p.Host
		w.f.Handle("https://"+host+"/.well-known/webfinger", http.RedirectHandler(to, http.StatusFound))
		w.Remotes.Lookup(w.ctx, "@x@"+host)
	}},
	{"actor that WebFinger names", func(w *addressWorld, p *fediversetest.Person, to string) {
		host := "names-" + p.Host
		w.f.Handle("https://"+host+"/.well-known/webfinger", says("application/jrd+json", fmt.Sprintf(`{"links":[{"rel":"self","type":%q,"href":%q}]}`, activityJSON, to)))
		w.Remotes.Lookup(w.ctx, "!x@"+host)
	}},
	{"people whom a post names", func(w *addressWorld, _ *fediversetest.Person, to string) {
		w.Remotes.MeetNamed(w.ctx, "<p>With @x@"+strings.TrimSuffix(strings.TrimPrefix(to, "https://"), "/x")+"!</p>", nil)
	}},
	{"account or community by its address", func(w *addressWorld, _ *fediversetest.Person, to string) { w.Remotes.Lookup(w.ctx, to) }},
}

// TestNoSpellingReachesThePrivateNetwork: 100 spellings of addresses × every place that fetches.
// What is dialled is real, and so are DNS and TLS; behind every address of the world, the reserved
// ones too, somebody listens. Only the honest address may be reached, and is.
//
// The short form takes each spelling to one place, and so each place to five spellings; the long one takes all to all.
func TestNoSpellingReachesThePrivateNetwork(t *testing.T) {
	if !withOwnNetwork(t) {
		return
	}
	w := newAddressWorld(t)
	tried := 0
	for n, host := range append(spellings, control) {
		p := w.f.Person("eve", fmt.Sprintf("h%d.test", n))
		for i, place := range places {
			if every := costtest.Pick(len(places), 1); host != control && n%every != i%every {
				continue
			}
			tried++
			place.send(w, p, fmt.Sprintf("https://%s:%d/x", host, firstPort+i))
		}
	}
	w.ahead.Store(int64(10 * time.Minute)) // when the answers to replies are looked for
	w.Wake()
	for i, place := range places {
		eventually(t, place.name+" to be fetched at all", func() bool {
			public, _ := w.doors.at(fmt.Sprint(firstPort + i))
			return public > 0
		})
	}
	w.settle()
	for i, place := range places {
		if _, others := w.doors.at(fmt.Sprint(firstPort + i)); len(others) > 0 {
			t.Errorf("%s: the program connected to %v", place.name, others)
		}
	}
	t.Logf("%d spellings × %d places: %d tried", len(spellings), len(places), tried)
}

// TestInboxThatTurnsPrivateIsNotReached: an inbox is where it was when its actor was read, until
// DNS says otherwise. Then nothing is sent there.
func TestInboxThatTurnsPrivateIsNotReached(t *testing.T) {
	if !withOwnNetwork(t) {
		return
	}
	w := newAddressWorld(t)
	hidden := []string{"127.0.0.1", "::1", "0.0.0.0", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "fd00:ec2::254", "64:ff9b::7f00:1", honest}
	for n, address := range hidden {
		for i, traits := range [][]fediversetest.Trait{{fediversetest.NoSharedInbox}, nil} { // its own inbox, and the shared one
			name := fmt.Sprintf("flip%d-%d.test", n, i)
			p := w.f.Person("eve", fmt.Sprintf("%s:%d", name, firstPort+i), traits...)
			w.mustTake(p.Like(w.post, fediversetest.At(w.inboxURL())))
			w.names.set(name, []string{address})
			w.doors.forget()
			w.mustTake(p.Follow(w.actor, fediversetest.At(w.inboxURL())))
			eventually(t, "the Accept to be tried at "+address, func() bool {
				var tries int
				err := w.DB.QueryRow(t.Context(), `SELECT COALESCE(SUM(attempts), 0) FROM deliveries WHERE host = ?`, p.Host).Scan(&tries)
				return err == nil && tries > 0
			})
			public, others := w.doors.at(fmt.Sprint(firstPort + i))
			if len(others) > 0 || (address == honest) != (public > 0) {
				t.Errorf("%s: reached %d times, and %v", address, public, others)
			}
		}
	}
}

const firstPort = 9000

// addressWorld is the program in the network of withOwnNetwork, with its real clients, and the fediverse behind the doors.
type addressWorld struct {
	*app.App
	t     *testing.T
	ctx   context.Context
	f     *fediversetest.Fediverse
	names *nameServer
	doors *doors
	blogs int
	actor string // of the blog
	post  string
	ahead atomic.Int64
}

func newAddressWorld(t *testing.T) *addressWorld {
	t.Helper()
	w := &addressWorld{t: t, ctx: t.Context(), f: fediversetest.New(t), names: &nameServer{lists: map[string][][]string{}, asked: map[string]int{}}}
	for name, lists := range hostileNames {
		w.names.set(name, lists...)
	}
	w.names.serve()
	w.doors = newDoors(t, w.f)
	for _, port := range []string{"80", "443"} {
		w.doors.open(port)
	}
	for i := range places {
		w.doors.open(fmt.Sprint(firstPort + i))
	}
	clock := func() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }
	s := testSettings(t, databasetest.SQLiteURL(t), "127.0.0.1:8484", "")
	s.PublicURL, s.Feed.AllowPrivate, s.Feed.PollInterval = teaBase, nil, config.Duration(time.Second)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	var err error
	if w.App, err = app.New(t.Context(), s, log, app.Outside{NewKey: fediversetest.NewKey, Now: clock}); err != nil {
		t.Fatal(err)
	}
	w.Hubs.Local = nil // which takes *.test for this computer
	w.f.Mount("fedi.tea.test", w.Handler())
	w.actor = teaBlog
	w.f.Handle(teaHome+"/feed.xml", says("application/rss+xml", rss(teaHome, "", teaHome+"/old")))
	blog, _, err := addBlog(t.Context(), w.App, blogAddCommand{Address: teaHome + "/feed.xml", Handle: "tea@tea.test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.DB.QueryRow(t.Context(), "SELECT id FROM posts WHERE blog_id = ?", blog.ID).Scan(&w.post); err != nil {
		t.Fatal(err)
	}
	w.post = teaBase + "/posts/" + w.post
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		<-done
		w.Close()
	})
	return w
}

func (w *addressWorld) inboxURL() string { return teaBase + "/inbox" }

func (w *addressWorld) mustTake(sent *fediversetest.Sent) {
	w.t.Helper()
	if sent.Status != http.StatusAccepted {
		w.t.Fatalf("%s: %d %s %v", sent.Activity.Type(), sent.Status, sent.Answer, sent.Err)
	}
}

// redirect is an honest address that leads to another.
func (w *addressWorld) redirect(p *fediversetest.Person, name, to string) string {
	from := "https://" + p.Host + "/leads/" + name
	w.f.Handle(from, http.RedirectHandler(to, http.StatusFound))
	return from
}

// add has an operator add a blog at an address.
func (w *addressWorld) add(address string) {
	w.blogs++
	addBlog(w.ctx, w.App, blogAddCommand{Address: address, Handle: fmt.Sprintf("b%d", w.blogs)})
}

// blog adds one whose feed, at an honest address, has a hub, and from its second reading on a post with that page.
func (w *addressWorld) blog(host, name, page, hub string) {
	site := "https://" + host + "/" + name
	if name == "page" {
		site, _, _ = strings.Cut(page, "/x")
	}
	feed := "https://" + host + "/" + name + ".xml"
	var readings atomic.Int32
	w.f.Handle(feed, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		links := []string{site + "/old"}
		if readings.Add(1) > 2 {
			links = append(links, page)
		}
		says("application/rss+xml", rss(site, hub, links...)).ServeHTTP(rw, r)
	}))
	w.add(feed)
}

// command types one.
func (w *addressWorld) command(args ...string) {
	run(w.ctx, append(args, "--config", emptyConfig(w.t)), io.Discard, io.Discard)
}

// settle waits until all that was sent has been tried once.
func (w *addressWorld) settle() {
	w.t.Helper()
	for what, query := range map[string]string{
		"the inbox's questions": "SELECT COUNT(*) FROM received WHERE state = 'queued' AND attempts = 0",
		"the hubs":              "SELECT COUNT(*) FROM subscriptions WHERE state = 'wanted' AND failures = 0",
		"the polls":             "SELECT COUNT(*) FROM polls WHERE polled_at IS NULL OR polled_at = 0",
	} {
		eventually(w.t, what, func() bool {
			var left int
			if err := w.DB.QueryRow(w.ctx, query).Scan(&left); err != nil {
				w.t.Fatal(err)
			}
			return left == 0
		})
	}
}

// forget lets nobody have come so far.
func (d *doors) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.came)
}

func says(contentType, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		io.WriteString(w, body)
	})
}

// rss is a feed with a post for each link, dated now.
func rss(site, hub string, links ...string) string {
	items := ""
	for i, link := range links {
		items += fmt.Sprintf(`<item><title>Post %d</title><guid isPermaLink="false">%d</guid><link>%s</link><description>&lt;p&gt;Words.&lt;/p&gt;</description><pubDate>%s</pubDate></item>`,
			i, i, link, time.Now().UTC().Format(time.RFC1123Z))
	}
	if hub != "" {
		hub = `<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="` + hub + `"/><link xmlns="http://www.w3.org/2005/Atom" rel="self" href="` + site + `.xml"/>`
	}
	return `<?xml version="1.0"?><rss version="2.0"><channel><title>Trap</title><link>` + site + `</link><description>x</description>` + hub + items + `</channel></rss>`
}
