package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/websub"
	"github.com/bloghorn/bloghorn/server/database"
)

type feedShowCommand struct{ feedName }

// Help shows how it is used.
func (feedShowCommand) Help() string {
	return "For example:\n\n  bloghorn feed show\n  bloghorn feed show tea@blog.example"
}

// Run prints one screen about the feed.
func (c feedShowCommand) Run(in *invocation) error {
	return in.aboutFeed(c.feedName, func(db *database.DB, b feeds.Blog) error {
		lines, err := feedLines(in.ctx, db, b, time.Duration(in.settings.Feed.PollInterval), time.Now())
		if err != nil {
			return fmt.Errorf("read what is known of the feed of %s: %w", b.Handle(), err)
		}
		table := tabwriter.NewWriter(in.stdout, 0, 8, 2, ' ', 0)
		for _, l := range lines {
			fmt.Fprintf(table, "%s\t%s\n", l[0], l[1])
		}
		return table.Flush()
	})
}

// feedLines are the names and values of the screen, without those that say nothing.
func feedLines(ctx context.Context, db *database.DB, b feeds.Blog, interval time.Duration, now time.Time) (lines [][2]string, err error) {
	poll, err := feeds.PollOf(ctx, db, b.ID)
	if err != nil {
		return nil, err
	}
	poller := &feeds.Poller{DB: db, Now: func() time.Time { return now }, Interval: interval}
	why, err := poller.Why(ctx, b, poll)
	if err != nil {
		return nil, err
	}
	posts, err := postLine(ctx, db, b)
	if err != nil {
		return nil, err
	}
	hub, err := hubLine(ctx, db, poll, now)
	if err != nil {
		return nil, err
	}
	all := [][2]string{
		{"Blog", b.Handle() + "  " + b.SiteURL}, {"Feed", strings.TrimSpace(b.FeedURL + "  " + poll.Format)}, {"Moved to", poll.MovedTo}, {"Posts", posts},
		{"Last read", lastRead(poll, now)}, {"Next", nextRead(poll, why, now)}, {"Trouble", poll.LastError}, {"Notice", poll.Notice},
		{"Hub", hub}, {"Feed wishes", wishes(poll.Wishes, now)},
	}
	for _, l := range all {
		if l[1] != "" {
			lines = append(lines, l)
		}
	}
	return lines, nil
}

func postLine(ctx context.Context, db *database.DB, b feeds.Blog) (string, error) {
	known, _, err := feeds.FoundSince(ctx, db, b.ID, time.Now())
	if err != nil {
		return "", err
	}
	public, err := feeds.CountPosts(ctx, db, b.ID)
	if err != nil {
		return "", err
	}
	said := fmt.Sprintf("%d known", known)
	if public < known {
		said += fmt.Sprintf(", %d of them held or removed", known-public)
	}
	return said, nil
}

func lastRead(p feeds.Poll, now time.Time) string {
	said := moment(p.SucceededAt, now)
	if p.SucceededAt.IsZero() {
		said = "never"
	}
	if !p.ChangedAt.IsZero() {
		said += ", last news " + moment(p.ChangedAt, now)
	}
	if p.Failures > 0 {
		said += fmt.Sprintf("; %d polls have failed since, the last %s", p.Failures, moment(p.PolledAt, now))
	}
	return said
}

func nextRead(p feeds.Poll, why string, now time.Time) string {
	if !p.StoppedAt.IsZero() {
		return "not at all, because " + why
	}
	if !p.NextAt.After(now) {
		return "now, because " + why
	}
	return moment(p.NextAt, now) + ", because " + why
}

// hubLine says who tells of news, in words.
func hubLine(ctx context.Context, db *database.DB, p feeds.Poll, now time.Time) (string, error) {
	if p.Hub == (feeds.Hub{}) {
		return "none named by the feed; polling and hooks find new posts", nil
	}
	all, err := websub.Of(ctx, db, p.BlogID)
	if err != nil {
		return "", err
	}
	for _, s := range all {
		if s.Hub == p.Hub {
			return p.Hub.URL + ": " + hubState(s, now), nil
		}
	}
	return p.Hub.URL + ": will be asked soon", nil
}

func hubState(s websub.Subscription, now time.Time) string {
	said := ""
	switch {
	case s.State == websub.Active && s.ExpiresAt.After(now):
		said = "subscribed until " + s.ExpiresAt.Format(time.DateTime)
	case s.State == websub.Denied, s.State == websub.Failed:
		said = "not subscribed, and not asked again until the feed names another hub"
	case s.Failures > 0:
		said = "asked, not confirmed yet; asked again " + moment(s.NextAt, now)
	default:
		said = "not subscribed yet"
	}
	if s.LastError != "" {
		said += " (" + s.LastError + ")"
	}
	if !s.PushedAt.IsZero() {
		said += ", last push " + moment(s.PushedAt, now)
	}
	return said
}

func wishes(w feeds.Wishes, now time.Time) string {
	var all []string
	if w.TTL > 0 {
		all = append(all, "to be read every "+span(w.TTL))
	}
	if w.CacheUntil.After(now) {
		all = append(all, "to be kept until "+w.CacheUntil.Format(time.DateTime))
	}
	if hours := named(24, func(i int) bool { return w.SkipHours&(1<<i) != 0 }, func(i int) string { return fmt.Sprint(i) }); hours != "" {
		all = append(all, "rest in the hours "+hours+" (UTC)")
	}
	if days := named(7, func(i int) bool { return w.SkipDays&(1<<i) != 0 }, func(i int) string { return time.Weekday(i).String() }); days != "" {
		all = append(all, "rest on "+days)
	}
	return strings.Join(all, "; ")
}

func named(n int, is func(int) bool, name func(int) string) string {
	var all []string
	for i := range n {
		if is(i) {
			all = append(all, name(i))
		}
	}
	return strings.Join(all, ", ")
}

// moment is a time as one reads it on the day, with how far it is away.
func moment(t, now time.Time) string {
	if t.After(now) {
		return fmt.Sprintf("%s (in %s)", t.Format(time.DateTime), span(t.Sub(now)))
	}
	return fmt.Sprintf("%s (%s ago)", t.Format(time.DateTime), span(now.Sub(t)))
}

// span is a duration in the largest unit that has two of it: "90 s", "47 min", "36 h", "12 days".
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
