package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/websub"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

type feedShowCommand struct{ blogName }

// Help shows how it is used.
func (feedShowCommand) Help() string {
	return "For example:\n\n  bloghorn feed show\n  bloghorn feed show tea@blog.example"
}

// Run prints one screen about the feed.
func (c feedShowCommand) Run(in *invocation) error {
	return in.aboutFeed(c.blogName, func(db *database.DB, b feeds.Blog) error {
		lines, err := feedLines(in.ctx, db, b, time.Duration(in.settings.Feed.PollInterval), time.Now())
		if err != nil {
			return fmt.Errorf("read what is known of the feed of %s: %w", b.Handle(), err)
		}
		return in.show(slices.DeleteFunc(lines, line.isEmpty))
	})
}

func feedLines(ctx context.Context, db *database.DB, b feeds.Blog, interval time.Duration, now time.Time) ([]line, error) {
	poll, err := feeds.PollOf(ctx, db, b.ID)
	if err != nil {
		return nil, err
	}
	poller := &feeds.Poller{DB: db, Now: func() time.Time { return now }, Interval: interval}
	why, err := poller.Why(ctx, b, poll)
	if err != nil {
		return nil, err
	}
	notice, err := feeds.NoticeOf(ctx, db, b.ID)
	if err != nil {
		return nil, err
	}
	posts, err := postLine(ctx, db, b, notice)
	if err != nil {
		return nil, err
	}
	hub, err := websub.Words(ctx, db, poll, now)
	if err != nil {
		return nil, err
	}
	return []line{
		{"Blog", b.Handle() + "  " + b.SiteURL}, {"Feed", strings.TrimSpace(b.FeedURL + "  " + poll.Format)}, {"Moved to", poll.MovedTo},
		{"Posts", posts}, {"Last read", lastRead(poll, now)}, {"Next", nextRead(poll, why, now)}, {"Trouble", poll.LastError},
		{"Notice", safehtml.Line(notice.Why)}, {"Server", poll.DeafWords(now)}, {"Missing", missing(poll)},
		{"Hub", hub}, {"Feed wishes", wishes(poll.Wishes, now)},
	}, nil
}

func postLine(ctx context.Context, db *database.DB, b feeds.Blog, held feeds.Notice) (string, error) {
	known, _, err := feeds.FoundSince(ctx, db, b.ID, time.Now())
	if err != nil {
		return "", err
	}
	public, err := feeds.CountPosts(ctx, db, b.ID)
	if err != nil {
		return "", err
	}
	said := fmt.Sprintf("%d public", public)
	if held.Undecided > 0 {
		said += fmt.Sprintf(", %d held for you (bloghorn feed held)", held.Undecided)
	}
	if dated := held.DatedWords(); dated != "" {
		said += ", " + dated
	}
	if removed := known - public - held.Undecided - held.Dated; removed > 0 {
		said += fmt.Sprintf(", %d deleted", removed)
	}
	return said, nil
}

func missing(p feeds.Poll) string {
	if p.Missing == 0 {
		return ""
	}
	return feeds.Counted(p.Missing, "post") + " not in the feed any more; one is deleted only if it stays away for a day and its page is gone as well"
}

func lastRead(p feeds.Poll, now time.Time) string {
	said := cmp.Or(feeds.Moment(p.SucceededAt, now), "never")
	if !p.ChangedAt.IsZero() {
		said += "; last news " + feeds.Moment(p.ChangedAt, now)
	}
	if p.Failures > 0 {
		said += fmt.Sprintf("; since then without success %s, the last time %s", feeds.Counted(p.Failures, "time"), feeds.Moment(p.PolledAt, now))
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
	return feeds.Moment(p.NextAt, now) + ", because " + why
}

func wishes(w parser.PollHints, now time.Time) string {
	var all []string
	if w.TTL > 0 {
		all = append(all, "to be read every "+feeds.Length(w.TTL))
	}
	if w.CacheUntil.After(now) {
		all = append(all, "to be kept until "+feeds.Moment(w.CacheUntil, now))
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
