package publisher

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
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	relProfile = "http://webfinger.net/rel/profile-page"
	relAvatar  = "http://webfinger.net/rel/avatar"
	// forAnHour: handles do not change, and a server asks again at every mention.
	forAnHour = "max-age=3600"
)

var errNobody = fmt.Errorf("%w: nobody has that address here", web.ErrNotFound)

// WebFinger tells which actor a handle or an address belongs to (RFC 7033). It knows a blog by
// acct: on the host of its handle and on the host of its base URL, by its actor's id and by the
// address of its site; and each instance actor by acct:HOST@HOST and its id. The answer has one
// subject whatever was asked, because Mastodon believes a handle only if it leads back to itself.
func (h *Handlers) WebFinger(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Access-Control-Allow-Origin", "*") // also on refusals: those who ask from a page want to know
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || query.Get("resource") == "" {
		return fmt.Errorf("%w: say whom you look for: ?resource=acct:name@host", web.ErrInvalid)
	}
	found, err := h.find(r.Context(), query.Get("resource"))
	if errors.Is(err, database.ErrNotFound) {
		return errNobody
	}
	if err != nil {
		return err
	}
	body, err := json.Marshal(found)
	if err != nil {
		return err
	}
	web.Write(w, r, web.Page{Type: "application/jrd+json", Body: body, CacheControl: forAnHour, Public: true})
	return nil
}

func (h *Handlers) find(ctx context.Context, name string) (activitypub.WebFinger, error) {
	scheme, rest, ok := strings.Cut(name, ":")
	switch scheme = strings.ToLower(scheme); {
	case ok && scheme == "acct":
		return h.findAcct(ctx, rest)
	case ok && (scheme == "https" || scheme == "http"):
		if address := asciiURL(name); activitypub.ValidID(address) {
			return h.findURL(ctx, address)
		}
	}
	return activitypub.WebFinger{}, fmt.Errorf("%w: %.100q is neither acct:name@host nor an address", web.ErrInvalid, name)
}

// asciiURL is an address whose host is written as our ids write it; of others it is the address
// itself.
func asciiURL(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	end := strings.IndexAny(rest+"/", "/?#")
	return scheme + "://" + feeds.ASCIIHost(rest[:end]) + rest[end:]
}

func (h *Handlers) findAcct(ctx context.Context, acct string) (activitypub.WebFinger, error) {
	user, host, ok := strings.Cut(strings.ToLower(strings.TrimPrefix(acct, "@")), "@")
	if !ok || user == "" || host == "" || strings.Contains(host, "@") {
		return activitypub.WebFinger{}, fmt.Errorf("%w: %.100q is not name@host", web.ErrInvalid, acct)
	}
	host = feeds.ASCIIHost(host)
	b, err := feeds.BlogByAcct(ctx, h.DB, user, host)
	if err == nil {
		return resourceOf(b), nil
	}
	if !errors.Is(err, database.ErrNotFound) {
		return activitypub.WebFinger{}, err
	}
	bases, err := h.bases(ctx)
	if err != nil {
		return activitypub.WebFinger{}, err
	}
	return h.findOn(ctx, bases, user, host)
}

// findOn looks among the base URLs of a host: for a blog whose handle is on another one, then for
// the instance actor.
func (h *Handlers) findOn(ctx context.Context, bases []string, user, host string) (activitypub.WebFinger, error) {
	var instance string
	for _, base := range bases {
		if activitypub.Host(base) != host {
			continue
		}
		b, err := feeds.BlogByUsername(ctx, h.DB, base, user)
		if err == nil {
			return resourceOf(b), nil
		}
		if !errors.Is(err, database.ErrNotFound) {
			return activitypub.WebFinger{}, err
		}
		if instance == "" && (feeds.ASCIIHost(user) == host || feeds.ASCIIHost(user) == instanceName(base)) {
			instance = base
		}
	}
	if instance == "" {
		return activitypub.WebFinger{}, database.ErrNotFound
	}
	return resourceOfInstance(instance), nil
}

func (h *Handlers) findURL(ctx context.Context, address string) (activitypub.WebFinger, error) {
	bases, err := h.bases(ctx)
	if err != nil {
		return activitypub.WebFinger{}, err
	}
	for _, base := range bases {
		if address == ids.InstanceActor(base) {
			return resourceOfInstance(base), nil
		}
		if username, ok := strings.CutPrefix(address, base+"/blogs/"); ok && feeds.ValidUsername(username) {
			b, err := feeds.BlogByUsername(ctx, h.DB, base, username)
			return resourceOf(b), err
		}
	}
	b, err := feeds.BlogBySite(ctx, h.DB, address)
	return resourceOf(b), err
}

// bases are all base URLs, that of public_url first.
func (h *Handlers) bases(ctx context.Context) ([]string, error) {
	bases, err := feeds.BaseURLs(ctx, h.DB)
	if err != nil {
		return nil, fmt.Errorf("list our base URLs: %w", err)
	}
	return append([]string{h.PublicURL}, bases...), nil
}

func resourceOf(b feeds.Blog) activitypub.WebFinger {
	j := activitypub.WebFinger{Subject: "acct:" + b.Acct(), Aliases: []string{b.ActorID()}, Links: []activitypub.WebFingerLink{self(b.ActorID())}}
	page := b.ActorID()
	if b.SiteURL != "" {
		j.Aliases, page = append(j.Aliases, b.SiteURL), b.SiteURL
	}
	j.Links = append(j.Links, activitypub.WebFingerLink{Rel: relProfile, Type: "text/html", Href: page})
	if b.IconURL != "" {
		j.Links = append(j.Links, activitypub.WebFingerLink{Rel: relAvatar, Type: article.ImageType(b.IconURL), Href: b.IconURL})
	}
	return j
}

func resourceOfInstance(base string) activitypub.WebFinger {
	id := ids.InstanceActor(base)
	return activitypub.WebFinger{
		Subject: "acct:" + instanceName(base) + "@" + activitypub.Host(base), Aliases: []string{id}, Links: []activitypub.WebFingerLink{self(id)},
	}
}

// self is the link that leads to the actor; Mastodon wants this very type, and the id letter for
// letter.
func self(actorID string) activitypub.WebFingerLink {
	return activitypub.WebFingerLink{Rel: "self", Type: "application/activity+json", Href: actorID}
}
