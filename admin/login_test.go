package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/web"
)

func TestLinkWorksOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBrowser(t, db)
		link := b.link()
		answer := b.get(link)
		if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/admin/" {
			t.Fatalf("first time: %d to %q", answer.Code, answer.Header().Get("Location"))
		}
		c := b.cookie
		if c == nil || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/admin/" || c.Secure {
			t.Fatalf("cookie %v", c)
		}
		if strings.Contains(link, c.Value) {
			t.Error("the cookie is the token")
		}
		b.sees("Replies that wait for you")
		if again := b.get(link); again.Code != http.StatusSeeOther {
			t.Errorf("the same link for somebody who is signed in: %d", again.Code)
		}
		b.cookie = nil
		if again := b.get(link); again.Code != http.StatusUnauthorized || b.cookie != nil {
			t.Errorf("second time: %d, cookie %v", again.Code, b.cookie)
		}
	})
}

func TestLinkIsGoodForThirtyMinutes(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for after, want := range map[time.Duration]int{29 * time.Minute: http.StatusSeeOther, 30 * time.Minute: http.StatusUnauthorized} {
			b := newBrowser(t, db)
			link := b.link()
			b.now = b.now.Add(after)
			if got := b.get(link).Code; got != want {
				t.Errorf("after %s: %d, want %d", after, got, want)
			}
		}
	})
}

func TestLookingAtALinkDoesNotSpendIt(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBrowser(t, db)
		link := b.link()
		for name, look := range map[string][]string{
			"HEAD":            {http.MethodHead},
			"prefetch":        {http.MethodGet, "Sec-Purpose", "prefetch"},
			"prerender":       {http.MethodGet, "Sec-Purpose", "prefetch;prerender"},
			"an old prefetch": {http.MethodGet, "X-Moz", "prefetch"},
			"an image":        {http.MethodGet, "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"},
			"a frame":         {http.MethodGet, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"},
			"a script":        {http.MethodGet, "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"},
		} {
			if answer := b.ask(look[0], here+link, look[1:]...); answer.Code == http.StatusSeeOther || b.cookie != nil {
				t.Errorf("%s: %d, cookie %v", name, answer.Code, b.cookie)
			}
		}
		opened := b.get(link, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "cross-site")
		if opened.Code != http.StatusSeeOther {
			t.Errorf("opened at last, from a mail: %d", opened.Code)
		}
	})
}

func TestOfManyWhoOpenALinkAtOnceOneGetsIn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		link := newBrowser(t, db).link()
		var group sync.WaitGroup
		in := make(chan bool, 8)
		for range 8 {
			b := newBrowser(t, db)
			group.Go(func() { in <- b.get(link).Code == http.StatusSeeOther })
		}
		group.Wait()
		close(in)
		n := 0
		for one := range in {
			if one {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d got in", n)
		}
	})
}

func TestGuessersOfLinksAreHeldBackByNetwork(t *testing.T) {
	b := newBrowser(t, databasetest.Open(t))
	b.pages = web.Proxies{}.Middleware(b.pages)
	good, n := b.link(), 0
	guess := func(from string) int {
		b.cookie, b.from = nil, from+":1"
		n++
		return b.get(fmt.Sprint("/admin/?token=guess", n)).Code
	}
	for range bounds.SignIns.Burst {
		if got := guess("198.51.100.7"); got != http.StatusUnauthorized {
			t.Fatalf("a guess: %d", got)
		}
	}
	for from, want := range map[string]int{"198.51.100.7": 429, "203.0.113.1": 401, "127.0.0.1": 401} {
		if got := guess(from); got != want {
			t.Errorf("one more guess from %s: %d, want %d", from, got, want)
		}
	}
	b.now = b.now.Add(bounds.SignIns.Every)
	b.from = "198.51.100.7:1"
	if got := b.get(good).Code; got != http.StatusSeeOther {
		t.Errorf("a good link a moment later: %d", got)
	}
}

func TestSessionLivesWhileItIsUsed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBrowser(t, db).signIn()
		for range 3 {
			b.now = b.now.Add(11 * time.Hour)
			b.sees("Replies that wait for you")
		}
		b.now = b.now.Add(12 * time.Hour)
		if got := b.get("/admin/").Code; got != http.StatusUnauthorized {
			t.Errorf("after 12 idle hours: %d", got)
		}
	})
}

func TestSessionEndsAfterThirtyDays(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBrowser(t, db).signIn()
		end := b.now.Add(30 * 24 * time.Hour)
		for b.now.Add(10 * time.Hour).Before(end) {
			b.now = b.now.Add(10 * time.Hour)
			if got := b.get("/admin/").Code; got != http.StatusOK {
				t.Fatalf("at %s: %d", b.now, got)
			}
		}
		b.now = end
		if got := b.get("/admin/").Code; got != http.StatusUnauthorized {
			t.Errorf("after 30 days of use: %d", got)
		}
	})
}

func TestSignOutEndsTheSession(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBrowser(t, db).signIn()
		kept := b.cookie
		if got := b.press("/admin/sign-out").Code; got != http.StatusSeeOther {
			t.Errorf("sign out: %d", got)
		}
		b.cookie = kept
		if got := b.get("/admin/").Code; got != http.StatusUnauthorized {
			t.Errorf("with the old cookie: %d", got)
		}
	})
}

func TestStrangersLearnHowToGetIn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBrowser(t, db)
		for _, cookie := range []*http.Cookie{nil, {Name: "bloghorn_admin", Value: "guessed"}} {
			b.cookie = cookie
			answer := b.get("/admin/")
			if answer.Code != http.StatusUnauthorized || !strings.Contains(answer.Body.String(), "bloghorn admin link") {
				t.Errorf("%d %s", answer.Code, answer.Body)
			}
		}
		if answer := b.get("/"); answer.Header().Get("Location") != "/admin/" {
			t.Errorf("the root leads to %q", answer.Header().Get("Location"))
		}
	})
}
