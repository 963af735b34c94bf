package publisher

import (
	"cmp"
	"html"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/publisher/remote"
)

// BuildActor is the actor of a blog, with the public halves of its keys.
func BuildActor(b feeds.Blog, keys keyring.PublicKeys) activitypub.Actor {
	id := b.ActorID()
	return activitypub.Actor{
		Context: activitypub.ActorContext,
		ID:      id,
		// Mastodon marks a Service as a bot and a Group as one that repeats others; Lemmy takes no
		// author that is an Application or Group.
		Type:              "Person",
		PreferredUsername: b.Username, WebFinger: b.Acct(),
		Name: b.Title, Summary: article.Paragraph(b.Summary), URL: ProfileURL(b),
		Inbox: ids.ActorInbox(b), Outbox: ids.Outbox(b), Followers: ids.Followers(b), Following: ids.Following(b), Featured: ids.Featured(b),
		Endpoints:    &activitypub.Endpoints{SharedInbox: ids.SharedInbox(b.BaseURL)},
		Discoverable: true, Indexable: true,
		Published: activitypub.At(b.CreatedAt),
		Icon:      article.Image(b.IconURL, ""), Image: article.Image(b.ImageURL, ""),
		AlsoKnownAs: b.Aliases(), MovedTo: b.MovedTo,
		AttributionDomains: attributionDomains(b),
		Attachment:         profileLines(b),
		PublicKey:          publicKey(id, keys), AssertionMethod: keys.Proofs,
		Generator: generator,
	}
}

// generator tells others that requests signed by RFC 9421 are understood here, so that they need
// not try draft-cavage first.
var generator = &activitypub.Application{Type: "Application", Implements: []activitypub.Capability{
	{Href: "https://datatracker.ietf.org/doc/html/rfc9421", Name: "RFC-9421: HTTP Message Signatures"},
}}

// BuildInstanceActor is the actor that signs our questions to other servers. It follows nobody and
// nobody follows it.
func BuildInstanceActor(base string, keys keyring.PublicKeys) activitypub.Actor {
	id := ids.InstanceActor(base)
	return activitypub.Actor{
		Context: activitypub.ApplicationContext,
		ID:      id, Type: "Application",
		PreferredUsername: instanceName(base), Name: instanceName(base), URL: id,
		Inbox:                     ids.SharedInbox(base),
		Endpoints:                 &activitypub.Endpoints{SharedInbox: ids.SharedInbox(base)},
		ManuallyApprovesFollowers: true,
		PublicKey:                 publicKey(id, keys), AssertionMethod: keys.Proofs,
		Generator: generator,
	}
}

func publicKey(actorID string, keys keyring.PublicKeys) *activitypub.PublicKey {
	return &activitypub.PublicKey{ID: keys.RequestID, Owner: actorID, PublicKeyPEM: keys.RequestPEM}
}

// ProfileURL is the blog itself where it lives on the host of the actor. Elsewhere Mastodon would
// drop it and link to the id.
func ProfileURL(b feeds.Blog) string {
	if activitypub.SameHost(b.SiteURL, b.ActorID()) {
		return b.SiteURL
	}
	return b.ActorID()
}

// attributionDomains are the hosts whose pages may name the blog as their author in preview cards.
func attributionDomains(b feeds.Blog) []string {
	if b.SiteHost == "" {
		return nil
	}
	return []string{b.SiteHost}
}

// profileLines has the link that Mastodon marks as verified once the blog links back with rel="me".
func profileLines(b feeds.Blog) []activitypub.PropertyValue {
	if b.SiteURL == "" {
		return nil
	}
	link := `<a href="` + html.EscapeString(b.SiteURL) + `" rel="me">` + html.EscapeString(shortURL(b.SiteURL)) + `</a>`
	return []activitypub.PropertyValue{activitypub.Property("Website", link)}
}

// shortURL is an address as people write it: blog.example/notes.
func shortURL(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return strings.TrimSuffix(rest, "/")
}

// instanceName is the name of the instance actor: its host, as preferredUsername and in
// acct:HOST@HOST.
func instanceName(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// AsRemote is a blog as it meets others in a thread.
func AsRemote(b feeds.Blog) remote.Actor {
	return remote.Actor{
		URI: b.ActorID(), Host: activitypub.Host(b.ActorID()), Type: "Person", Username: b.Username, Handle: b.Handle(),
		Name: cmp.Or(b.Title, b.Username), URL: cmp.Or(b.SiteURL, b.ActorID()),
	}
}
