package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

func (p *play) reply(ctx context.Context) (err error) {
	if p.adas, err = p.act(ctx, "reply", "ada", "object", p.post, "text", adaSays); err != nil {
		return err
	}
	return p.comments(ctx, "Ada's reply, on the post itself", func(t thread) bool {
		c, found := t.with(adaSays)
		return found && c.Parent == nil && t.Counts.Replies == 1
	})
}

func (p *play) answer(ctx context.Context) (err error) {
	if p.bos, err = p.act(ctx, "reply", "bo", "object", p.adas, "text", boSays); err != nil {
		return err
	}
	return p.comments(ctx, "Bo's reply below Ada's", func(t thread) bool {
		adas, _ := t.with(adaSays)
		bos, found := t.with(boSays)
		return found && bos.Parent != nil && *bos.Parent == adas.ID && t.Counts.Replies == 2
	})
}

func (p *play) like(ctx context.Context) error {
	for _, who := range []string{"ada", "bo"} {
		if _, err := p.act(ctx, "like", who, "object", p.post); err != nil {
			return err
		}
	}
	return p.comments(ctx, "2 likes", func(t thread) bool { return t.Counts.Likes == 2 })
}

func (p *play) boost(ctx context.Context) error {
	if _, err := p.act(ctx, "boost", "bo", "object", p.post); err != nil {
		return err
	}
	return p.comments(ctx, "1 boost", func(t thread) bool { return t.Counts.Boosts == 1 })
}

func (p *play) editPost(ctx context.Context) error {
	text := `<p>It stands on one leg, and it has chosen ours of all piers. Henrik says: because of the sandwiches.</p>`
	if _, err := p.press(ctx, p.page+"edit", "url", "title", titleLater, "html", text); err != nil {
		return err
	}
	_, err := p.received(ctx, "Update", func(e exchange) bool { return e.Object == p.post && strings.Contains(e.Body, titleLater) })
	return err
}

func (p *play) editReply(ctx context.Context) error {
	if _, err := p.act(ctx, "edit", "ada", "object", p.adas, "text", adaCorrects); err != nil {
		return err
	}
	return p.comments(ctx, "Ada's new words, marked as edited", func(t thread) bool {
		c, found := t.with(adaCorrects)
		_, old := t.with(adaSays)
		return found && !old && c.Edited != nil && t.Counts.Replies == 2
	})
}

// whisper looks at every public form of the thread, at once: the inbox settles what it can before
// it answers, so there is nothing to wait for.
func (p *play) whisper(ctx context.Context) error {
	if _, err := p.act(ctx, "reply", "bo", "object", p.post, "text", boWhispers, "private", "1"); err != nil {
		return err
	}
	for _, path := range []string{"/api/v1/comments?url=", "/comments?url=", "/thread?url="} {
		answer, err := p.get(ctx, p.options.Bloghorn+path+url.QueryEscape(p.page))
		if err != nil {
			return err
		}
		if strings.Contains(string(answer.Body), "decoy") {
			return difference{"no trace of it", "it is shown at " + path}
		}
	}
	return p.comments(ctx, "2 replies, as before", func(t thread) bool { return t.Counts.Replies == 2 })
}

func (p *play) readPlain(ctx context.Context) error {
	for _, path := range []string{"/comments?url=", "/thread?url="} {
		answer, err := p.get(ctx, p.options.Bloghorn+path+url.QueryEscape(p.page))
		if err != nil {
			return err
		}
		text := safehtml.Text(string(answer.Body))
		if !strings.Contains(text, adaCorrects) || !strings.Contains(text, boSays) {
			return difference{"both replies in the HTML of " + path, fmt.Sprintf("%d%s", answer.Status, quote(answer.Body))}
		}
	}
	return nil
}

func (p *play) readAgain(ctx context.Context) error {
	first, err := p.get(ctx, p.commentsURL())
	if err != nil {
		return err
	}
	again, err := p.get(ctx, p.commentsURL(), "If-None-Match", first.Header.Get("ETag"))
	if err != nil {
		return err
	}
	return want(again.Status == http.StatusNotModified && len(again.Body) == 0, "304 and no body", again.Status)
}

func (p *play) deleteReply(ctx context.Context) error {
	if _, err := p.act(ctx, "delete", "bo", "object", p.bos); err != nil {
		return err
	}
	return p.comments(ctx, "Ada's reply alone", func(t thread) bool {
		_, found := t.with(boSays)
		return !found && t.Counts.Replies == 1
	})
}

func (p *play) unlike(ctx context.Context) error {
	if _, err := p.act(ctx, "unlike", "bo", "object", p.post); err != nil {
		return err
	}
	return p.comments(ctx, "1 like", func(t thread) bool { return t.Counts.Likes == 1 })
}

func (p *play) unboost(ctx context.Context) error {
	if _, err := p.act(ctx, "unboost", "bo", "object", p.post); err != nil {
		return err
	}
	return p.comments(ctx, "no boost", func(t thread) bool { return t.Counts.Boosts == 0 })
}

func (p *play) unfollow(ctx context.Context) error {
	with, err := p.followers(ctx)
	if err != nil {
		return err
	}
	if _, err := p.act(ctx, "unfollow", "ada"); err != nil {
		return err
	}
	return until(ctx, func() error {
		now, err := p.followers(ctx)
		if err != nil {
			return err
		}
		return want(now == with-1, fmt.Sprintf("%d followers", with-1), now)
	})
}
