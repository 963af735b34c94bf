package publisher_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// calling is how eve's document calls her, and what is made of it.
type calling struct{ username, name, url string }

func (w *world) called(id string, says calling) remote.Actor {
	w.t.Helper()
	actor, err := w.remotes.Store(w.t.Context(), w.db, activitypub.Object{
		"id": id, "type": "Person", "inbox": id + "/inbox", "preferredUsername": says.username, "name": says.name, "url": says.url,
	}, w.clock())
	w.must(err)
	return actor
}

func TestNobodyIsShownAsSomebodyOnAnotherServer(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	const eve = "https://evil.example/users/eve"
	for _, username := range []string{
		"ada@pasture.example", "@ada@pasture.example", "ada＠pasture.example", "ada@pasture.example ", "ada\u200b@pasture.example",
		"\u202eelpmaxe.erutsap@ada", "ada pasture.example", "ada/pasture.example", "pasture。example", "pаsture.example", "", "<b>ada</b>", ".ada", "ada.",
		"ada\npasture.example", strings.Repeat("a", 300), "عada", "a\u0301da", "ａｄａ",
	} {
		if is := w.called(eve, calling{username: username}); is.Handle != "@eve@evil.example" || is.Username != "eve" {
			t.Errorf("username %q makes %q", username, is.Handle)
		}
	}
	for name, want := range map[string]string{
		"Ada @ada@pasture.example":                   "Ada",
		"ada@pasture.example":                        "eve",
		"Ada (@ada@pasture.example)":                 "Ada",
		"Ada ＠ada＠pasture．example":                   "Ada",
		"Ada @\u200bada@\u2060pasture.\u00adexample": "Ada",
		"Ada \u202e@elpmaxe.erutsap@ada\u202c":       "Ada @ada",
		"@pasture.example":                           "eve",
		"\u200b\u2060\u3164\u2800":                   "eve",
		"<b>Ada</b> [ada@pasture.example:8443]":      "Ada",
		"Eve (@EVE@evil.example)":                    "Eve (@EVE@evil.example)",
		"Ада @ада@пастбище.рф":                       "Ада",
	} {
		if is := w.called(eve, calling{username: "eve", name: name}); is.Name != want {
			t.Errorf("name %q makes %q, want %q", name, is.Name, want)
		}
	}
	for _, url := range []string{"https://pasture.example/@ada", "https://evil.example.pasture.example/@ada", "https://evil.example@pasture.example/"} {
		if is := w.called(eve, calling{username: "eve", url: url}); is.URL != eve {
			t.Errorf("page %q makes %q", url, is.URL)
		}
	}
}

func TestHonestNamesStay(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for id, says := range map[string]calling{
		"https://mastodon.example/users/Ada_L":       {"Ada_L", "Ada 🦄 ✨", "https://mastodon.example/@Ada_L"},
		"https://misskey.example/users/9f3":          {"ada-l", "アダ", "https://misskey.example/@ada-l"},
		"https://blog.example/author/ada":            {"blog.example", "A blog, since 1998", "https://blog.example/author/ada/"},
		"https://bsky.brid.gy/ap/did:plc:x":          {"ada.bsky.example", "Ada · she/her", "https://bsky.brid.gy/r/https://bsky.app/profile/ada"},
		"https://lemmy.example/u/тест":               {"тест_1", "Тест", ""},
		"https://lemmy.example/u/x":                  {"عادة", "عادة", ""},
		"https://iran.example/users/a":               {"a", "می\u200cخواهم", ""},
		"https://flag.example/users/b":               {"b", "👩\u200d💻 🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F ❤️ 1️⃣", ""},
		"https://pasture.example:8443/users/c":       {"c", "C. @ work", "https://pasture.example:8443/@c"},
		"https://pasture.example/users/d":            {"d", "d@pasture.example", ""},
		"https://pixelfed.example/users/e.f":         {"e.f", "e.f", "https://pixelfed.example/e.f"},
		"https://mastodon.example/actor":             {"mastodon.example", "mastodon.example", ""},
		"https://web.brid.gy/snarfed.example":        {"snarfed.example", "Snarfed", "https://web.brid.gy/r/https://snarfed.example/"},
		"https://wordpress.example/?author=1":        {"ada-lovelace", "Ada", "https://wordpress.example/?author=1"},
		"https://peertube.example/video-channels/g":  {"g_channel", "G", "https://peertube.example/c/g_channel/videos"},
		"https://friendica.example/profile/h":        {"h", "H & I <3", "https://friendica.example/profile/h"},
		"https://gts.example/users/i":                {"i", "a.b.c", "https://gts.example/@i"},
		"https://threads.example/ap/users/17":        {"k", "K", "https://www.threads.example/@k"},
		"https://snac.example/j":                     {"j", "J", "https://snac.example/j"},
		"https://mastodon.example/users/trailing_":   {"trailing_", "T", ""},
		"https://hubzilla.example/channel/hubzilla1": {"hubzilla1", "Hub", "https://hubzilla.example/channel/hubzilla1"},
	} {
		is := w.called(id, says)
		if is.Username != says.username || is.Handle != "@"+says.username+"@"+is.Host || is.Name != says.name || says.url != "" && is.URL != says.url {
			t.Errorf("%+v makes %q %q %q", says, is.Handle, is.Name, is.URL)
		}
	}
	for id, want := range map[string]string{
		"https://a.example/@ada": "@ada@a.example", "https://a.example/": "@actor-", "https://a.example/x?user=ada@pasture.example": "@x@a.example",
	} {
		if is := w.called(id, calling{}); !strings.HasPrefix(is.Handle, want) || !strings.HasSuffix(is.Handle, "@a.example") {
			t.Errorf("%s is %q", id, is.Handle)
		}
	}
}
