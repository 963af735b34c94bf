package demo

import (
	"context"
	"fmt"

	"github.com/bloghorn/bloghorn/server/web"
)

// Like lets a person like a post or a reply; a second time changes nothing. It returns the id of
// the activity.
func (r *Reader) Like(ctx context.Context, who, object string) (id string, err error) {
	return r.react(ctx, who, like, object)
}

// Boost shares a post or a reply with the person's followers.
func (r *Reader) Boost(ctx context.Context, who, object string) (id string, err error) {
	return r.react(ctx, who, boost, object)
}

func (r *Reader) react(ctx context.Context, who, kind, object string) (id string, err error) {
	p, err := r.named(who)
	if err != nil {
		return "", err
	}
	if _, err := r.rootOf(object); err != nil {
		return "", err
	}
	key := reaction{who, kind, object}
	if id, ok := r.memory.reaction(key); ok {
		return id, nil
	}
	id = r.newID("activities")
	r.memory.setReaction(key, id)
	to, cc := p.publicly(r.options.Actor)
	if err := r.send(ctx, p, p.activity(kind, id, object, to, cc)); err != nil {
		r.memory.setReaction(key, "")
		return "", err
	}
	return id, nil
}

// Unlike takes a like back.
func (r *Reader) Unlike(ctx context.Context, who, object string) (id string, err error) {
	return r.unreact(ctx, who, like, object)
}

// Unboost takes a boost back.
func (r *Reader) Unboost(ctx context.Context, who, object string) (id string, err error) {
	return r.unreact(ctx, who, boost, object)
}

func (r *Reader) unreact(ctx context.Context, who, kind, object string) (id string, err error) {
	p, err := r.named(who)
	if err != nil {
		return "", err
	}
	key := reaction{who, kind, object}
	done, ok := r.memory.reaction(key)
	if !ok {
		return "", fmt.Errorf("%w: there is nothing to take back", web.ErrUnusable)
	}
	to, cc := p.publicly(r.options.Actor)
	if id, err = r.undo(ctx, p, p.activity(kind, done, object, to, cc), to, cc); err == nil {
		r.memory.setReaction(key, "")
	}
	return id, err
}

// undo embeds what it takes back, because not every server can look it up.
func (r *Reader) undo(ctx context.Context, p *person, done document, to, cc []string) (id string, err error) {
	delete(done, "@context")
	id = r.newID("activities")
	return id, r.send(ctx, p, p.activity("Undo", id, done, to, cc))
}
