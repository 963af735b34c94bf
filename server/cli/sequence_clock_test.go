package cli

import (
	"path"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
)

// TestWhatAClockWroteThatWasAheadIsLookedAtAgain: each row waits for a year too long, as it would have been written by a clock that was a
// year ahead.
func TestWhatAClockWroteThatWasAheadIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	for name, rows := range map[string][]string{
		"polls of tomorrow":   {`UPDATE polls SET next_at = next_at + 86400000, polled_at = polled_at + 86400000`, `UPDATE posts SET due_at = 1`},
		"polls":               {`UPDATE polls SET next_at = next_at + ?, polled_at = polled_at + ?, succeeded_at = succeeded_at + ?`, `UPDATE posts SET due_at = 1`},
		"a poll's lease":      {`UPDATE polls SET lease_until = polled_at + ?`, `UPDATE posts SET due_at = 1`},
		"a feed's rest":       {`UPDATE polls SET retry_at = polled_at + ?, next_at = polled_at + ?`, `UPDATE posts SET due_at = 1`},
		"a due post":          {`UPDATE posts SET due_at = due_at + ? WHERE due_at > 0`},
		"a host's pause":      {`UPDATE hosts SET failures = 5, failing_since = ?, paused_until = ? WHERE host = 'pasture.test'`},
		"an announcement":     {`UPDATE announcements SET told_at = told_at + ?, updated_at = updated_at + ?, created_at = created_at + ?`},
		"nothing, but a look": {`UPDATE pages SET check_at = check_at + ?, lease_until = ?`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T, s *sequence) {
				s.arrives(1)
				for _, row := range rows {
					s.later(row, year)
				}
				s.settle(20 * time.Minute)
				s.publish() // and goes on
				s.settle(20 * time.Minute)
				s.expect(5, 0, 0)
			})
		})
	}
}

// later runs a statement; each mark is the year in milliseconds, or the time in a year where the statement adds it to nothing.
func (s *sequence) later(query string, by time.Duration) {
	s.t.Helper()
	var args []any
	for i := range query {
		if query[i] != '?' {
			continue
		}
		if i > 2 && query[i-2:i] == "+ " {
			args = append(args, by.Milliseconds())
		} else {
			args = append(args, database.Millis(time.Now().Add(by)))
		}
	}
	if _, err := s.DB.Exec(s.t.Context(), query, args...); err != nil {
		s.t.Fatal(err)
	}
}

// TestClockThatIsFarBehindAtTheStartLetsNoPostOut: a computer without a battery starts in the year that its system was made, and asks
// another one for the time within minutes.
func TestClockThatIsFarBehindAtTheStartLetsNoPostOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newChecked(t, seldom)
		due := time.Now().Add(settings.MostDelay)
		if _, err := c.DB.Exec(t.Context(), `UPDATE posts SET due_at = ? WHERE id = ?`, database.Millis(due), path.Base(c.post)); err != nil {
			t.Fatal(err)
		}
		moved := func() bool {
			var at int64
			if err := c.DB.QueryRow(t.Context(), `SELECT COALESCE(due_at, 0) FROM posts WHERE id = ?`, path.Base(c.post)).Scan(&at); err != nil {
				t.Fatal(err)
			}
			return at != database.Millis(due)
		}
		const behind = 61 * 24 * time.Hour
		c.advance(-behind)
		time.Sleep(app.ClockRightAfter / 2)
		want(t, "moved before the clock is set", moved(), false)
		c.advance(behind)
		time.Sleep(app.ClockRightAfter/2 + app.UnwindEvery)
		want(t, "moved once it is set", moved(), false)
		c.advance(-behind) // and believed by now
		time.Sleep(2 * app.UnwindEvery)
		want(t, "moved where the clock is believed", moved(), true)
	})
}

// TestUpdateIsNotKeptAwayByAnAnnouncementOfTheFuture: the edit goes out now, with a time that is later than what was told.
func TestUpdateIsNotKeptAwayByAnAnnouncementOfTheFuture(t *testing.T) {
	t.Parallel()
	story(t, func(t *testing.T, s *sequence) {
		s.edit(func(site *blogSite) { site.Items[0].Title += ", edited" })
		s.days(1)
		s.expect(3, 1, 0)
		s.later(`UPDATE announcements SET told_at = told_at + ?, updated_at = updated_at + ? WHERE revision > 0`, 365*24*time.Hour)
		s.edit(func(site *blogSite) { site.Items[0].Title += " twice" })
		s.days(1)
		s.expect(3, 2, 0)
	})
}
