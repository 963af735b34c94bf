package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// What is said in the play. The words are looked for, so none may contain another.
const (
	adaSays      = "The heron has been here since Tuesday, I counted."
	adaCorrects  = "The heron has been here since Monday; I counted again."
	boSays       = "Has anybody asked the heron?"
	boWhispers   = "This is for your ears only: the heron is a decoy."
	titleAtFirst = "A heron on the pier"
	titleLater   = "A heron on the pier, and why"
)

// play is the conversation as far as it has come.
type play struct {
	options Options
	outside
	actor  activitypub.Object
	page   string // address of the post on the blog
	post   string // id of the Article
	adas   string // id of Ada's reply, at her server
	bos    string // id of Bo's
	before int64  // followers at the beginning
}

func (p *play) steps() []step {
	return []step{
		{"The blog's address leads to its handle and its actor (WebFinger)", p.webFinger},
		{"The actor has an inbox and a key", p.readActor},
		{"Ada follows; the blog's signed Accept arrives", p.follow},
		{"A post published in the feed reaches Ada as a signed Create", p.publish},
		{"The post is an Article to servers and a page to browsers", p.negotiate},
		{"Ada's reply appears under the post", p.reply},
		{"Bo's answer to it appears below hers", p.answer},
		{"Two likes are counted", p.like},
		{"A boost is counted", p.boost},
		{"An edit of the post reaches Ada as a signed Update", p.editPost},
		{"An edit of the reply changes it on the blog", p.editReply},
		{"A private reply is taken and shown to nobody", p.whisper},
		{"An unsigned activity is refused", p.forge},
		{"The conversation can be read without JavaScript", p.readPlain},
		{"Reading it again costs a 304", p.readAgain},
		{"A reply that its author deletes is gone", p.deleteReply},
		{"A like that is taken back no longer counts", p.unlike},
		{"A boost that is taken back no longer counts", p.unboost},
		{"Ada unfollows, and is no follower any more", p.unfollow},
	}
}

// press is a button of the reader.
func (p *play) act(ctx context.Context, action, who string, pairs ...string) (id string, err error) {
	return p.press(ctx, p.options.ReaderURL+"/do/"+action, "id", append([]string{"as", who}, pairs...)...)
}

// received waits until the reader has got, and verified, an activity of the blog.
func (p *play) received(ctx context.Context, kind string, is func(e exchange) bool) (found exchange, err error) {
	err = until(ctx, func() error {
		var all []exchange
		if err := p.decode(ctx, p.options.ReaderURL+"/traffic", &all); err != nil {
			return err
		}
		last := "nothing of that kind"
		for _, e := range all {
			if !e.Incoming || e.Type != kind || e.Actor != p.options.Actor {
				continue
			}
			if is(e) && !e.Failed() {
				found = e
				return nil
			}
			last = fmt.Sprintf("%s of %s, %d: %s", e.Type, e.Object, e.Status, e.Verdict)
		}
		return difference{"a signed " + kind + " of the blog in the reader's inbox", last}
	})
	return found, err
}

func (p *play) commentsURL() string {
	return p.options.Bloghorn + "/api/v1/comments?url=" + url.QueryEscape(p.page)
}

// comments waits until the thread is as it should be.
func (p *play) comments(ctx context.Context, expected string, is func(t thread) bool) error {
	return until(ctx, func() error {
		var t thread
		if err := p.decode(ctx, p.commentsURL(), &t); err != nil {
			return err
		}
		return want(is(t), expected, t)
	})
}

func (p *play) followers(ctx context.Context) (int64, error) {
	list, err := p.document(ctx, p.actor.Ref("followers"))
	if err != nil {
		return 0, err
	}
	total, known := list.Int("totalItems")
	return total, want(known, "the number of followers", list)
}

func (p *play) webFinger(ctx context.Context) error {
	type links struct {
		Subject string
		Links   []struct{ Rel, Type, Href string }
	}
	ask := func(resource string) (found links, err error) {
		err = p.decode(ctx, origin(p.options.Bloghorn)+"/.well-known/webfinger?resource="+url.QueryEscape(resource), &found)
		return found, err
	}
	byActor, err := ask(p.options.Actor)
	if err != nil {
		return err
	}
	byHandle, err := ask(byActor.Subject)
	if err != nil {
		return err
	}
	for _, l := range byHandle.Links {
		if l.Rel == "self" && l.Type == activityJSON && l.Href == p.options.Actor {
			return want(byHandle.Subject == byActor.Subject, byActor.Subject, byHandle.Subject)
		}
	}
	return difference{"a self link to " + p.options.Actor, fmt.Sprintf("%+v", byHandle)}
}

func (p *play) readActor(ctx context.Context) (err error) {
	if p.actor, err = p.document(ctx, p.options.Actor); err != nil {
		return err
	}
	key, _ := p.actor.Object("publicKey")
	if _, err := signature.ParsePublicPEM(key.String("publicKeyPem")); err != nil {
		return difference{"a public key", err.Error()}
	}
	if p.before, err = p.followers(ctx); err != nil {
		return err
	}
	return want(activitypub.SameOrigin(p.actor.Ref("inbox"), p.options.Actor), "an inbox on the actor's server", p.actor.Ref("inbox"))
}

func (p *play) follow(ctx context.Context) error {
	id, err := p.act(ctx, "follow", "ada")
	if err != nil {
		return err
	}
	if _, err := p.received(ctx, "Accept", func(e exchange) bool { return e.Object == id }); err != nil {
		return err
	}
	now, err := p.followers(ctx)
	if err != nil {
		return err
	}
	return want(now >= 1 && now >= p.before, "at least one follower", now)
}

func (p *play) publish(ctx context.Context) (err error) {
	text := `<p>It stands on one leg, and it has chosen ours of all piers.</p>`
	if p.page, err = p.press(ctx, p.options.BlogURL+"/publish", "url", "title", titleAtFirst, "html", text); err != nil {
		return err
	}
	found, err := p.received(ctx, "Create", func(e exchange) bool { return strings.Contains(e.Body, p.page) })
	p.post = found.Object
	return err
}

func (p *play) negotiate(ctx context.Context) error {
	object, err := p.document(ctx, p.post)
	if err != nil {
		return err
	}
	seen := object.Type() + " " + object.URL()
	if err := want(seen == "Article "+p.page, "Article "+p.page, seen); err != nil {
		return err
	}
	answer, err := p.get(ctx, p.post, "Accept", "text/html")
	if err != nil {
		return err
	}
	return want(answer.URL.String() == p.page, "a redirect to "+p.page, answer.URL)
}

// forge sends what anybody could: an activity in Ada's name that she did not sign.
func (p *play) forge(ctx context.Context) error {
	ada := p.options.ReaderURL + "/people/ada"
	body := fmt.Sprintf(`{"@context":%q,"id":"%s#forged","type":"Like","actor":%q,"object":%q}`, activityStreams, ada, ada, p.post)
	answer, err := p.client.Do(ctx, safehttp.Request{
		Method: http.MethodPost,
		URL:    p.actor.Ref("inbox"),
		Header: http.Header{"Content-Type": {activityJSON}},
		Body:   []byte(body),
	})
	if err != nil {
		return err
	}
	return want(answer.Status == http.StatusUnauthorized, "401", fmt.Sprintf("%d%s", answer.Status, quote(answer.Body)))
}
