package cli

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// sleeping is a program whose delivery worker has had nothing to do for long.
func sleeping(t *testing.T, check func(t *testing.T, c *checked)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := newChecked(t, seldom)
		time.Sleep(10 * time.Minute)
		check(t, c)
	})
}

func TestSleepingServerSeesWithinSecondsWhatACommandHasDone(t *testing.T) {
	t.Parallel()
	sleeping(t, func(t *testing.T, c *checked) {
		began := time.Now()
		code, said := c.say("blog", "edit", "tea", "--title", "Tea & more")
		want(t, said, code, exit.OK)
		c.ada.Await("Update", 1)
		if late := time.Since(began); late > 2*time.Second {
			t.Errorf("what the command enqueued was sent after %v", late)
		}
	})
}

func TestCommandThatOnlyReadsWakesNobody(t *testing.T) {
	t.Parallel()
	sleeping(t, func(t *testing.T, c *checked) {
		before, err := c.DB.Wakeups(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range [][]string{{"blog", "list"}, {"blog", "show", "tea"}, {"delivery", "list"}, {"reply", "list"}, {"plan", "tea"}} {
			code, said := c.say(command...)
			want(t, said, code, exit.OK)
		}
		after, err := c.DB.Wakeups(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want(t, "the number by which servers are woken", after, before)
	})
}

func TestWhoCannotTellServersSaysWhichPartItIs(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	if _, err := db.Exec(t.Context(), "INSERT INTO probes (id) VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	var log strings.Builder
	app.TellServers(db, slog.New(slog.NewTextHandler(&log, nil)))
	want(t, "the component in "+log.String(), strings.Contains(log.String(), "component=wakeups"), true)
}

// A server that answers our inbox again gets at once what waits for it.
func TestHostThatSpeaksEndsItsPauseAtOnce(t *testing.T) {
	t.Parallel()
	sleeping(t, func(t *testing.T, c *checked) {
		host := c.ada.Host
		until := database.Millis(time.Now().Add(time.Hour))
		if _, err := c.DB.Exec(t.Context(), `
			UPDATE hosts
			SET failures = 9, paused_until = ?, failing_since = 1
			WHERE host = ?`, until, host); err != nil {
			t.Fatal(err)
		}
		code, said := c.say("blog", "edit", "tea", "--title", "Tea & more")
		want(t, said, code, exit.OK)
		time.Sleep(5 * time.Minute)
		want(t, "what came during the pause", len(c.ada.Await("Update", 0)), 0)
		began := time.Now()
		c.ada.Like(c.post)
		c.ada.Await("Update", 1)
		if late := time.Since(began); late > 2*time.Second {
			t.Errorf("what waited was sent after %v", late)
		}
	})
}

// Several servers share the deliveries of a post. The others would look 30 s later.
func TestServersOnMySQLShareTheDeliveriesOfAPost(t *testing.T) {
	t.Parallel()
	us := start(t, databasetest.MySQLURL(t), nil)
	before, err := us.DB.Wakeups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	us.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
	eventually(t, "the other servers to be told", func() bool {
		now, err := us.DB.Wakeups(t.Context())
		return err == nil && now > before
	})
}
