package fediversetest

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// Sent is what a person has sent, and what came of it.
type Sent struct {
	ID       string // of the activity
	ObjectID string // of what it is about: a Note, a post, an actor
	Activity activitypub.Object
	Status   int    // of the answer; 0 if there was none
	Answer   string // its body
	Header   http.Header
	Err      error // why there was none

	inbox string
	note  activitypub.Object // as it was last sent, by this or a later Edit
}

// Post sends any activity, signed by p, to an inbox: a struct or map, or its bytes as they shall
// be.
func (p *Person) Post(inbox string, activity any, options ...Option) *Sent {
	p.f.t.Helper()
	raw, isRaw := activity.([]byte)
	if !isRaw {
		raw = p.f.marshal(activity)
	}
	return p.send(letter{inbox: inbox, raw: raw, activity: activitypub.Object{}}, options)
}

// send applies the options, signs, spoils and delivers.
func (p *Person) send(l letter, options []Option) *Sent {
	p.f.t.Helper()
	l.key, l.at, l.style.Scheme = p.Key, p.f.Now(), p.f.Scheme
	for _, option := range options {
		option(&l)
	}
	if l.object != nil {
		p.enclose(&l)
	}
	for _, change := range l.late {
		change()
	}
	body := l.raw
	if body == nil {
		body = p.f.marshal(l.activity)
	}
	p.remember(l.inbox)
	sent := &Sent{inbox: l.inbox}
	if o, err := activitypub.Parse(body); err == nil {
		sent.Activity, sent.ID, sent.ObjectID = o, o.ID(), o.Ref("object")
		sent.note, _ = o.Object("object")
	}
	p.f.deliver(l, body, sent)
	return sent
}

// enclose puts the Note into the activity, addresses the two alike, and serves the Note to those
// who may see it.
func (p *Person) enclose(l *letter) {
	p.f.t.Helper()
	for key, value := range map[string]any{"object": l.object, "to": l.object["to"], "cc": l.object["cc"]} {
		set(l.activity, key, value)
	}
	alone := maps.Clone(l.object)
	alone["@context"] = noteContext
	note, err := activitypub.Parse(p.f.marshal(alone))
	switch {
	case err != nil || activitypub.Host(note.ID()) != p.Host: // an id that is not p's to give
	case activitypub.VisibilityOf(note) == activitypub.VisibilityPrivate:
		p.f.Handle(note.ID(), http.NotFoundHandler())
	default:
		p.f.Serve(note.ID(), note)
	}
}

// remember keeps one inbox for each host, the last one used at the end.
func (p *Person) remember(inbox string) {
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	p.wroteTo = slices.DeleteFunc(p.wroteTo, func(known string) bool { return activitypub.SameHost(known, inbox) })
	p.wroteTo = append(p.wroteTo, inbox)
}

// deliver sends a letter and notes what came of it.
func (f *Fediverse) deliver(l letter, body []byte, sent *Sent) {
	r, err := f.envelope(l, &body)
	if err != nil {
		sent.Err = err
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	response, err := f.RoundTrip(r)
	if err != nil {
		sent.Err = err
		return
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	sent.Status, sent.Answer, sent.Header, sent.Err = response.StatusCode, string(said), response.Header, err
}

// envelope is the request, signed and spoiled, without its body.
func (f *Fediverse) envelope(l letter, body *[]byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, l.inbox, nil)
	if err != nil {
		return nil, fmt.Errorf("no inbox (name one with At): %w", err)
	}
	r.Header.Set("Content-Type", "application/activity+json")
	r.Header.Set("User-Agent", "fediversetest")
	if !l.unsigned {
		to := r.Host
		if l.host != "" {
			r.Host = l.host
		}
		if err := l.style.Sign(r, l.key, *body, l.at); err != nil {
			return nil, err
		}
		r.Host = to
	}
	for _, spoil := range l.spoil {
		*body = spoil(r, *body)
	}
	return r, nil
}
