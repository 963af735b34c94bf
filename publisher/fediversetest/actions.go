package fediversetest

import (
	"fmt"
	"maps"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// Follow asks an actor to be followed. The answer comes to p's inbox.
func (p *Person) Follow(actor string, options ...Option) *Sent {
	p.f.t.Helper()
	p.f.mu.Lock()
	p.follows[actor] = true
	p.f.mu.Unlock()
	id := "https://" + p.Host + "/" + p.f.next()
	return p.act("Follow", id, actor, p.f.look(actor).Ref("inbox"), options)
}

// Like likes a post or a reply.
func (p *Person) Like(object string, options ...Option) *Sent {
	p.f.t.Helper()
	return p.act("Like", p.ID+"#likes/"+p.f.next(), object, p.inboxFor(object), options)
}

// React answers with an emoji, as Pleroma does it; Misskey sends a Like with content: Like(id,
// With("content", "🍵")).
func (p *Person) React(object, emoji string, options ...Option) *Sent {
	p.f.t.Helper()
	options = append([]Option{With("content", emoji)}, options...)
	return p.act("EmojiReact", "https://"+p.Host+"/activities/"+p.f.next(), object, p.inboxFor(object), options)
}

// Boost shares a post or a reply with p's followers.
func (p *Person) Boost(object string, options ...Option) *Sent {
	p.f.t.Helper()
	author := p.f.look(object).Ref("attributedTo")
	options = append([]Option{
		With("published", activitypub.At(p.f.Now())),
		With("to", []any{activitypub.Public}),
		With("cc", []any{author, p.ID + "/followers"}),
	}, options...)
	return p.act("Announce", p.ID+"/statuses/"+p.f.next()+"/activity", object, p.inboxFor(object), options)
}

// Block blocks an actor.
func (p *Person) Block(actor string, options ...Option) *Sent {
	p.f.t.Helper()
	return p.act("Block", "https://"+p.Host+"/"+p.f.next(), actor, p.f.look(actor).Ref("inbox"), options)
}

// Reply answers a post or a reply with a public Note, which is served at its id from now on;
// Sent.ObjectID is that id. html is the content.
func (p *Person) Reply(inReplyTo, html string, options ...Option) *Sent {
	p.f.t.Helper()
	note := p.note(inReplyTo, html)
	return p.send(letter{inbox: p.inboxFor(inReplyTo), object: note, activity: activitypub.Object{
		"@context": noteContext, "id": note.ID() + "/activity", "type": "Create", "actor": p.ID, "published": note["published"],
	}}, options)
}

// Edit changes what p wrote.
func (p *Person) Edit(reply *Sent, html string, options ...Option) *Sent {
	p.f.t.Helper()
	if reply.note == nil {
		p.f.t.Fatalf("fediversetest: there is no Note to edit in %v", reply.Activity)
	}
	updated := p.f.after(reply.note)
	changed := maps.Clone(reply.note)
	changed["content"], changed["contentMap"], changed["updated"] = html, activitypub.Object{"en": html}, activitypub.At(updated)
	sent := p.send(letter{inbox: reply.inbox, object: changed, activity: activitypub.Object{
		"@context": noteContext, "id": fmt.Sprintf("%s#updates/%d", reply.ObjectID, updated.Unix()), "type": "Update", "actor": p.ID,
	}}, options)
	reply.note = sent.note // the next Edit begins with this one
	return sent
}

// after is now, and at least a second after the last change of a note: clocks of tests may stand
// still.
func (f *Fediverse) after(note activitypub.Object) time.Time {
	last, edited := note.Time("updated")
	if !edited {
		last, _ = note.Time("published")
	}
	if now := f.Now(); now.After(last.Add(time.Second)) {
		return now
	}
	return last.Add(time.Second)
}

// Delete takes back what p wrote: its id answers 410 from now on.
func (p *Person) Delete(reply *Sent, options ...Option) *Sent {
	p.f.t.Helper()
	p.f.Gone(reply.ObjectID)
	return p.send(letter{inbox: reply.inbox, activity: activitypub.Object{
		"@context": activitypub.PlainContext, "id": reply.ObjectID + "#delete", "type": "Delete", "actor": p.ID,
		"to":     []any{activitypub.Public},
		"object": activitypub.Tombstone{ID: reply.ObjectID, Type: "Tombstone"},
	}}, options)
}

// Undo takes back a Follow, Like, Boost, React or Block, which it embeds; With("object", done.ID)
// only names it.
func (p *Person) Undo(done *Sent, options ...Option) *Sent {
	p.f.t.Helper()
	if done.Activity.Is("Follow") {
		p.f.mu.Lock()
		delete(p.follows, done.ObjectID)
		p.f.mu.Unlock()
	}
	embedded := maps.Clone(done.Activity)
	delete(embedded, "@context")
	return p.send(letter{inbox: done.inbox, activity: activitypub.Object{
		"@context": activitypub.PlainContext, "id": done.ID + "/undo", "type": "Undo", "actor": p.ID, "object": embedded,
	}}, options)
}
