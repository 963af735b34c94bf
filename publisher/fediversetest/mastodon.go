package fediversetest

import (
	"cmp"
	"encoding/json"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// noteContext is what stands around a Mastodon status.
var noteContext = json.RawMessage(`["https://www.w3.org/ns/activitystreams",{"ostatus":"http://ostatus.org#","atomUri":"ostatus:atomUri",` +
	`"inReplyToAtomUri":"ostatus:inReplyToAtomUri","conversation":"ostatus:conversation","sensitive":"as:sensitive"}]`)

// note is a public status of p, in reply to something.
func (p *Person) note(inReplyTo, html string) activitypub.Object {
	p.f.t.Helper()
	number := p.f.next()
	id := p.ID + "/statuses/" + number
	parent := p.f.look(inReplyTo)
	cc, tags := []any{p.ID + "/followers"}, []any{}
	if author := parent.Ref("attributedTo"); author != "" {
		cc = append(cc, author)
		tags = append(tags, activitypub.Object{"type": "Mention", "href": author, "name": "@" + p.f.look(author).String("preferredUsername")})
	}
	return activitypub.Object{
		"id": id, "type": "Note", "summary": nil, "inReplyTo": inReplyTo, "published": activitypub.At(p.f.Now()),
		"url": "https://" + p.Host + "/@" + p.Name + "/" + number, "attributedTo": p.ID,
		"to": []any{activitypub.Public}, "cc": cc, "sensitive": false, "atomUri": id, "inReplyToAtomUri": inReplyTo,
		"conversation": parent["conversation"], "content": html, "contentMap": activitypub.Object{"en": html},
		"attachment": []any{}, "tag": tags,
		"replies": activitypub.Collection{ID: id + "/replies", Type: "Collection", First: &activitypub.CollectionPage{
			Type: "CollectionPage", PartOf: id + "/replies", Items: []string{}, Next: id + "/replies?page=true"}},
		"likes": activitypub.Count(id+"/likes", 0), "shares": activitypub.Count(id+"/shares", 0),
	}
}

// Unlisted shows a reply to everybody and promotes it to nobody.
func Unlisted(l *letter) {
	author := l.object.Ref("attributedTo")
	address(l, []any{author + "/followers"}, append([]any{activitypub.Public}, mentioned(l)...))
}

// FollowersOnly shows a reply to its author's followers and those it mentions.
func FollowersOnly(l *letter) {
	address(l, []any{l.object.Ref("attributedTo") + "/followers"}, mentioned(l))
}

// Direct shows a reply to those it mentions.
func Direct(l *letter) { address(l, mentioned(l), []any{}) }

func address(l *letter, to, cc []any) { l.object["to"], l.object["cc"] = to, cc }

func mentioned(l *letter) []any {
	people := []any{}
	for _, tag := range l.object.Objects("tag") {
		people = append(people, tag.Ref("href"))
	}
	return people
}

// act sends an activity about something that stays where it is.
func (p *Person) act(kind, id, object, inbox string, options []Option) *Sent {
	p.f.t.Helper()
	return p.send(letter{inbox: inbox, activity: activitypub.Object{
		"@context": activitypub.PlainContext, "id": id, "type": kind, "actor": p.ID, "object": object,
	}}, options)
}

// inboxFor is where p would send something about object: the shared inbox, or else the own one, of
// the blog that wrote it or whose thread it stands in. Where that cannot be found out, it is where
// p wrote last.
func (p *Person) inboxFor(object string) string {
	for range 20 {
		found := p.f.look(object)
		if !p.f.isMounted(activitypub.Host(object)) {
			object = found.Ref("inReplyTo")
			continue
		}
		author := p.f.look(found.Ref("attributedTo"))
		endpoints, _ := author.Object("endpoints")
		if inbox := cmp.Or(endpoints.Ref("sharedInbox"), author.Ref("inbox")); inbox != "" {
			return inbox
		}
	}
	p.f.mu.Lock()
	defer p.f.mu.Unlock()
	if len(p.wroteTo) == 0 {
		return ""
	}
	return p.wroteTo[len(p.wroteTo)-1]
}
