package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const (
	activityJSON = "application/activity+json"
	maxWords     = 300 // characters of another server's words that are shown to a person
)

// errRemote is wrapped when the other server could not be reached, or said no.
var errRemote = errors.New("the other server did not take it")

// fetch gets an ActivityPub document by a signed GET. Where it claims another id than its address
// it proves nothing and is refused.
func (r *Reader) fetch(ctx context.Context, id string) (activitypub.Object, error) {
	began := r.options.Now()
	answer, err := r.client.Do(ctx, safehttp.Request{
		URL:    id,
		Header: http.Header{"Accept": {activityJSON + `, application/ld+json; profile="https://www.w3.org/ns/activitystreams"`}},
		Sign:   func(req *http.Request) error { return signature.Sign(req, r.people[0].key, nil, r.options.Now()) },
	})
	seen := exchange{At: began, Took: r.options.Now().Sub(began), Method: http.MethodGet, URL: id}
	doc, err := readDocument(id, answer, err)
	seen.Verdict = verdict("found", err)
	if answer != nil {
		seen.Status = answer.Status
		seen = seen.describe(answer.Body)
	}
	r.memory.record(seen)
	return doc, err
}

func readDocument(id string, answer *safehttp.Response, err error) (activitypub.Object, error) {
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRemote, err)
	}
	if answer.Status != http.StatusOK {
		return nil, fmt.Errorf("%w: %s answered %d%s", errRemote, id, answer.Status, quote(answer.Body))
	}
	if !activitypub.IsActivityDocument(answer.Header.Get("Content-Type")) {
		return nil, fmt.Errorf("%w: %s is %q, not an ActivityPub document", errRemote, id, answer.Header.Get("Content-Type"))
	}
	doc, err := activitypub.Parse(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errRemote, id, err)
	}
	if doc.ID() != id || answer.URL.String() != id {
		return nil, fmt.Errorf("%w: %s calls itself %q", errRemote, id, doc.ID())
	}
	return doc, nil
}

// deliver sends an activity, signed by the person, to an inbox.
func (r *Reader) deliver(ctx context.Context, by *person, inbox string, activity document) error {
	body, err := json.Marshal(activity)
	if err != nil {
		return fmt.Errorf("write the activity: %w", err)
	}
	began := r.options.Now()
	answer, err := r.client.Do(ctx, safehttp.Request{
		Method:   http.MethodPost,
		URL:      inbox,
		Header:   http.Header{"Content-Type": {activityJSON}},
		Body:     body,
		Sign:     func(req *http.Request) error { return signature.Sign(req, by.key, body, r.options.Now()) },
		Truncate: true,
		Timeout:  15 * time.Second,
	})
	seen := exchange{At: began, Took: r.options.Now().Sub(began), Method: http.MethodPost, URL: inbox}
	switch {
	case err != nil:
		err = fmt.Errorf("%w: %w", errRemote, err)
	case answer.Status < 200 || answer.Status > 299:
		seen.Status = answer.Status
		err = fmt.Errorf("%w: %s answered %d%s", errRemote, inbox, answer.Status, quote(answer.Body))
	default:
		seen.Status = answer.Status
	}
	seen.Verdict = verdict("signed by "+by.Handle, err)
	r.memory.record(seen.describe(body))
	return err
}

// blog is the sample blog's actor, asked for once and again when fresh.
func (r *Reader) blog(ctx context.Context, fresh bool) (remote, error) {
	var known remote
	r.memory.look(func() { known = r.memory.blog })
	if known.ID != "" && !fresh {
		return known, nil
	}
	doc, err := r.fetch(ctx, r.options.Actor)
	if err != nil {
		return remote{}, err
	}
	known = readRemote(doc)
	if !activitypub.SameOrigin(known.Inbox, known.ID) {
		return remote{}, fmt.Errorf("%w: the actor's inbox is elsewhere: %q", errRemote, known.Inbox)
	}
	r.memory.change(func() { r.memory.blog = known })
	return known, nil
}

// loadOutbox finds what the blog wrote before it was followed. Servers in the wild seldom do this;
// here it fills the first page.
func (r *Reader) loadOutbox(ctx context.Context, blog remote) error {
	outbox, err := r.fetch(ctx, blog.Outbox)
	if err != nil {
		return err
	}
	page, embedded := outbox.Object("first")
	if !embedded {
		if page, err = r.fetch(ctx, outbox.Ref("first")); err != nil {
			return err
		}
	}
	for _, create := range page.Objects("orderedItems") {
		if object, ok := create.Object("object"); ok {
			r.readArticle(object, blog.ID)
		}
	}
	return nil
}

// readArticle stores a post, if it is one and its author wrote it.
func (r *Reader) readArticle(object activitypub.Object, author string) bool {
	by, one := object.Single("attributedTo")
	if !object.Is("Article", "Note") || !one || by != author || !activitypub.SameOrigin(object.ID(), author) {
		return false
	}
	a := article{ID: object.ID(), URL: object.URL(), Author: author, Title: safehtml.Text(object.Text("name"))}
	a.HTML = safehtml.Article(object.Text("content"), nil)
	a.PublishedAt, _ = object.Time("published")
	a.EditedAt, _ = object.Time("updated")
	r.memory.keepArticle(a)
	return true
}

// quote is the beginning of what a server said, for the person who waits for its answer.
func quote(body []byte) string {
	words := safehtml.Excerpt(safehtml.Text(string(body)), maxWords)
	if strings.TrimSpace(words) == "" {
		return ""
	}
	return fmt.Sprintf(": %q", words)
}

func verdict(good string, err error) string {
	if err != nil {
		return err.Error()
	}
	return good
}
