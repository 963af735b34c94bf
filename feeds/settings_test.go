package feeds_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// allSet has no setting at its default.
func allSet(t *testing.T) settings.Settings {
	return setTo(t, "object_type", "Note", "post_summary", "none", "excerpt_length", "120", "content", "excerpt", "full_text", "yes",
		"hashtags", "#tea, green tea, tea", "visibility", "unlisted", "language", "de_at", "publish_delay", "0s", "max_age", "30d",
		"include", `tag:tea,  author:"Ada L."`, "exclude", "word:draft", "pin_tag", "best", "pictures", "attach", "mentions", "notify",
		"quotes", "Followers", "unlisted_replies", "hide", "future_posts", "Hold")
}

func TestSettingsHaveOneSpelling(t *testing.T) {
	s := allSet(t)
	for name, want := range map[string]string{
		"object_type": "note", "hashtags": "tea, green tea", "language": "de-AT", "publish_delay": "0s", "max_age": "720h0m0s",
		"include": `tag:tea author:"Ada L."`, "full_text": "yes", "excerpt_length": "120",
	} {
		if got := s.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if s.Delay(time.Hour) != 0 || s.Age(time.Hour) != 720*time.Hour {
		t.Errorf("delay %v, age %v", s.Delay(time.Hour), s.Age(time.Hour))
	}
	for _, name := range settings.Names() {
		if s.Get(name) == "" {
			t.Errorf("%s is not set", name)
		}
		value := "default"
		if name == "content" {
			value = "full"
		}
		if err := s.Set(name, value); err != nil {
			t.Error(err)
		}
	}
	if s != (settings.Settings{}) || s.Delay(time.Hour) != time.Hour || s.Age(time.Hour) != time.Hour {
		t.Errorf("after a reset of all: %+v", s)
	}
}

func TestWrongSettingSaysWhatCanBeWritten(t *testing.T) {
	for setting, want := range map[string]string{
		"object_type=page":     "auto, article, note",
		"visibility=followers": "public, unlisted",
		"post_summary=yes":     "teaser, none",
		"content=half":         "full, excerpt",
		"full_text=perhaps":    "yes nor no",
		"excerpt_length=10":    "from 50 to 500",
		"excerpt_length=many":  "from 50 to 500",
		"excerpt_length=-60":   "from 50 to 500",
		"publish_delay=soon":   "90s, 2m",
		"publish_delay=15d":    "at most 14d",
		"max_age=-1d":          "90s, 2m",
		"max_age=9999999999d":  "at most 36500d",
		"language=klingon!":    "en, de-AT",
		"hashtags=,":           "commas between them",
		"pin_tag=#":            "not a tag",
		"colour=red":           "there is no setting",
		"were_include=tag:tea": "there is no setting",
	} {
		name, value, _ := strings.Cut(setting, "=")
		var s settings.Settings
		if err := s.Set(name, value); !errors.Is(err, web.ErrInvalid) || !strings.Contains(err.Error(), want) || s != (settings.Settings{}) {
			t.Errorf("%s: %v, want %q", setting, err, want)
		}
	}
}

func (w *world) edit(change func(*feeds.Blog) error) (was, is feeds.Blog) {
	w.t.Helper()
	err := w.db.InTx(w.t.Context(), func(tx *database.Tx) (err error) {
		was, is, err = feeds.Edit(w.t.Context(), tx, w.blog.ID, change, w.now)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return was, is
}

// set edits settings of the blog.
func (w *world) set(values ...string) {
	w.t.Helper()
	w.edit(func(b *feeds.Blog) error {
		for i := 0; i < len(values); i += 2 {
			if err := b.Settings.Set(values[i], values[i+1]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Exec(w.t.Context(), query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func TestEditIsStoredAndTouchesNothingElse(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		want := w.blog
		want.Title, want.Summary, want.SiteURL, want.IconURL = "Tea & time", "Slow.", "https://new.example/", "https://new.example/i.png"
		want.SiteHost, want.Settings = "new.example", allSet(t)
		was, is := w.edit(func(b *feeds.Blog) error {
			b.Title, b.Summary, b.SiteURL, b.IconURL, b.Settings = " Tea  & time", "Slow. ", want.SiteURL, want.IconURL, want.Settings
			b.Username, b.BaseURL, b.Origin, b.HandleHost = "eve", "https://eve.example", "eve", "eve.example"
			return nil
		})
		got, err := feeds.BlogByID(t.Context(), db, w.blog.ID)
		if err != nil || was != w.blog || got != is {
			t.Fatalf("%v\n was %+v\n got %+v\nsaid %+v", err, was, got, is)
		}
		if got.Settings = want.Settings; got != want {
			t.Errorf("\n got %+v\nwant %+v", got, want)
		}
		for _, name := range settings.Names() {
			if is.Settings.Get(name) != want.Settings.Get(name) {
				t.Errorf("%s is %q", name, is.Settings.Get(name))
			}
		}
	})
}

func TestEditRefusesWhatIsNoAddress(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		for name, change := range map[string]func(*feeds.Blog){
			"site":  func(b *feeds.Blog) { b.SiteURL = "blog" },
			"icon":  func(b *feeds.Blog) { b.IconURL = "javascript:alert(1)" },
			"feed":  func(b *feeds.Blog) { b.FeedURL = "" },
			"title": func(b *feeds.Blog) { b.Title = " " },
		} {
			err := db.InTx(t.Context(), func(tx *database.Tx) error {
				_, _, err := feeds.Edit(t.Context(), tx, w.blog.ID, func(b *feeds.Blog) error { change(b); return nil }, w.now)
				return err
			})
			if got, _ := feeds.BlogByID(t.Context(), db, w.blog.ID); !errors.Is(err, web.ErrInvalid) || got != w.blog {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A newer program may have been here before this one.
func TestSettingsOfANewerVersionSurviveOrAreRefused(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		w.exec(`UPDATE blogs SET settings = ?`, `{"mood":{"of":"day"},"language":"de"}`)
		w.set("visibility", "unlisted", "language", "")
		var stored string
		err := db.QueryRow(t.Context(), `SELECT settings FROM blogs`).Scan(&stored)
		if err != nil || stored != `{"mood":{"of":"day"},"visibility":"unlisted"}` {
			t.Errorf("%v %s", err, stored)
		}
		for _, text := range []string{`{"visibility":"followers"}`, `{"visibility":1}`, `[]`, `{`} {
			w.exec(`UPDATE blogs SET settings = ?`, text)
			if _, err := feeds.BlogByID(t.Context(), db, w.blog.ID); err == nil || !strings.Contains(err.Error(), "newer version") {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}
