package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const (
	relSelf   = "self"
	maxJRD    = 64 << 10
	acceptJRD = "application/jrd+json, application/json"
)

// ErrNoName is for what is neither a handle nor an address.
var ErrNoName = errors.New("it is neither a handle (@ada@pasture.example) nor an address (https://pasture.example/@ada)")

// Lookup finds the actor that a person means: by handle, in any of the ways people write one
// (!tea@lemmy.example for a community), or by the address of the actor or of their profile. The
// actor is stored as its own server shows it now, with the document for what we do not keep. Its
// handle is not proved by that; its id is. The errors are ErrNoName, ErrGone, ErrUnreachable and
// ErrNotTrusted.
func (m *Directory) Lookup(ctx context.Context, name string) (Actor, activitypub.Object, error) {
	id, err := m.idOf(ctx, WithoutFormat(name))
	if err != nil {
		return Actor{}, nil, err
	}
	asked := m.Now()
	doc, err := m.Fetch(ctx, id)
	if err != nil {
		return Actor{}, nil, err
	}
	actor, err := m.Store(ctx, m.DB, doc, asked)
	return actor, doc, err
}

func (m *Directory) idOf(ctx context.Context, name string) (string, error) {
	address, user, host, err := readName(name)
	switch {
	case err != nil:
		return "", err
	case address != "" && activitypub.ValidID(name):
		return name, nil // letter for letter
	case address != "":
		return address, nil
	}
	isGroup := strings.HasPrefix(name, "!")
	links, err := m.finger(ctx, user, host)
	if err != nil {
		return "", err
	}
	// A community and a person may have one name, as on Lemmy; "!" asks for the community.
	for _, link := range links {
		if isGroup && link.Properties[activitypub.TypeProperty] == "Group" {
			return link.Href, nil
		}
	}
	return links[0].Href, nil
}

// finger asks a host by WebFinger (RFC 7033) for the actors with a handle, one at least. It is
// never signed: servers ask it of each other before they know any key.
func (m *Directory) finger(ctx context.Context, user, host string) (actors []activitypub.WebFingerLink, err error) {
	address := "https://" + host + "/.well-known/webfinger?" + url.Values{"resource": {"acct:" + user + "@" + host}}.Encode()
	if err := m.vet(ctx, address); err != nil {
		return nil, err
	}
	res, err := m.Client.Do(ctx, safehttp.Request{URL: address, Header: http.Header{"Accept": {acceptJRD}}, MaxBytes: maxJRD, Timeout: fetchTimeout})
	if err != nil {
		m.Log.Debug("webfinger failed", "host", host, "err", err)
		return nil, fmt.Errorf("%s: %w", host, kindOf(err))
	}
	if err := checkStatus(res.Status); err != nil {
		return nil, fmt.Errorf("@%s@%s: %w", user, host, err)
	}
	var found activitypub.WebFinger
	if err := json.Unmarshal(res.Body, &found); err != nil {
		return nil, fmt.Errorf("@%s@%s: %w: the answer of WebFinger is not readable", user, host, ErrNotTrusted)
	}
	for _, link := range found.Links {
		if link.Rel == relSelf && activitypub.IsActivityDocument(link.Type) && activitypub.ValidID(link.Href) {
			actors = append(actors, link)
		}
	}
	if len(actors) == 0 {
		return nil, fmt.Errorf("@%s@%s: %w: WebFinger names no actor", user, host, ErrNotTrusted)
	}
	return actors, nil
}

// LeadsTo asks the host of a blog's handle, as other servers do, whether the handle leads to the
// blog. The errors are those of Lookup.
func (m *Directory) LeadsTo(ctx context.Context, b feeds.Blog) error {
	links, err := m.finger(ctx, b.Username, b.HandleHost)
	if err != nil {
		return err
	}
	for _, link := range links {
		if link.Href == b.ActorID() {
			return nil
		}
	}
	return fmt.Errorf("%w: %s is another account, %s", ErrNotTrusted, b.Handle(), links[0].Href)
}
