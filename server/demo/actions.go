package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/bloghorn/bloghorn/server/web"
)

const maxText = 2000 // characters of a reply

// Follow lets a person follow the sample blog. It returns the id of the Follow; the Accept arrives
// later, in the inbox.
func (r *Reader) Follow(ctx context.Context, who string) (id string, err error) {
	p, err := r.named(who)
	if err != nil {
		return "", err
	}
	blog, err := r.blog(ctx, true)
	if err != nil {
		return "", err
	}
	before, id := r.memory.follow(who), r.newID("activities")
	// Stored first: the answer may be faster than the answer to our POST.
	r.memory.setFollow(who, following{ID: id, State: "requested"})
	if err := r.deliver(ctx, p, blog.Inbox, p.activity("Follow", id, blog.ID, []string{blog.ID}, nil)); err != nil {
		r.memory.setFollow(who, before)
		return "", err
	}
	if err := r.loadOutbox(ctx, blog); err != nil {
		r.options.Log.Warn("the blog's older posts are missing in the reader", "component", "demo", "err", err)
	}
	return id, nil
}

// Unfollow takes the Follow back.
func (r *Reader) Unfollow(ctx context.Context, who string) (id string, err error) {
	p, err := r.named(who)
	if err != nil {
		return "", err
	}
	f := r.memory.follow(who)
	if f.ID == "" {
		return "", fmt.Errorf("%w: %s does not follow the blog", web.ErrUnusable, p.Display)
	}
	follow := p.activity("Follow", f.ID, r.options.Actor, []string{r.options.Actor}, nil)
	if id, err = r.undo(ctx, p, follow, []string{r.options.Actor}, nil); err == nil {
		r.memory.setFollow(who, following{})
	}
	return id, err
}

// Reply answers a post or a reply, named by its id, and returns the id of the new note. A private
// one is addressed to the blog alone.
func (r *Reader) Reply(ctx context.Context, who, to, text string, private bool) (id string, err error) {
	p, err := r.named(who)
	if err != nil {
		return "", err
	}
	root, err := r.rootOf(to)
	if err != nil {
		return "", err
	}
	if text, err = checkText(text); err != nil {
		return "", err
	}
	n := note{ID: r.newID("notes"), InReplyTo: to, Root: root, By: p, Text: text, Private: private, PublishedAt: r.options.Now()}
	r.memory.keepNote(n)
	if err := r.tell(ctx, n, "Create", n.ID+"/create"); err != nil {
		r.memory.forgetNote(n.ID)
		return "", err
	}
	return n.ID, nil
}

// Edit changes the text of a person's own reply.
func (r *Reader) Edit(ctx context.Context, who, noteID, text string) (id string, err error) {
	before, err := r.ownNote(who, noteID)
	if err != nil {
		return "", err
	}
	after := before
	if after.Text, err = checkText(text); err != nil {
		return "", err
	}
	after.Edits, after.EditedAt = before.Edits+1, r.options.Now()
	r.memory.keepNote(after)
	id = fmt.Sprintf("%s/updates/%d", noteID, after.Edits)
	if err := r.tell(ctx, after, "Update", id); err != nil {
		r.memory.keepNote(before)
		return "", err
	}
	return id, nil
}

// Delete takes a person's own reply back, for good.
func (r *Reader) Delete(ctx context.Context, who, noteID string) (id string, err error) {
	n, err := r.ownNote(who, noteID)
	if err != nil {
		return "", err
	}
	// Gone first: whoever doubts the Delete asks for the note.
	gone := n
	gone.Gone = true
	r.memory.keepNote(gone)
	id = noteID + "/delete"
	to, cc := r.readersOf(n)
	tombstone := document{"id": noteID, "type": "Tombstone", "formerType": "Note"}
	if err := r.send(ctx, n.By, n.By.activity("Delete", id, tombstone, to, cc)); err != nil {
		r.memory.keepNote(n)
		return "", err
	}
	return id, nil
}

// tell sends the note as it now is.
func (r *Reader) tell(ctx context.Context, n note, kind, id string) error {
	to, cc := r.readersOf(n)
	activity := n.By.activity(kind, id, r.noteObject(n), to, cc)
	activity["published"] = stamp(later(n.PublishedAt, n.EditedAt))
	return r.send(ctx, n.By, activity)
}

// send delivers to the blog. Everybody else who may read it lives here and needs no delivery.
func (r *Reader) send(ctx context.Context, by *person, activity document) error {
	blog, err := r.blog(ctx, false)
	if err != nil {
		return err
	}
	return r.deliver(ctx, by, blog.Inbox, activity)
}

// rootOf finds the post above a post or reply, and so refuses what this reader has not seen.
func (r *Reader) rootOf(object string) (string, error) {
	if a, ok := r.memory.article(object); ok {
		return a.ID, nil
	}
	if n, ok := r.memory.note(object); ok && !n.Gone {
		return n.Root, nil
	}
	return "", fmt.Errorf("%w: this reader has no post or reply %q", web.ErrNotFound, object)
}

func (r *Reader) ownNote(who, id string) (note, error) {
	n, ok := r.memory.note(id)
	if !ok || n.Gone {
		return note{}, fmt.Errorf("%w: that reply is not here (any more)", web.ErrNotFound)
	}
	if n.By.Name != who {
		return note{}, fmt.Errorf("%w: that reply is %s's", web.ErrRefused, n.By.Display)
	}
	return n, nil
}

func checkText(text string) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return "", fmt.Errorf("%w: a reply needs some text", web.ErrUnusable)
	case len([]rune(text)) > maxText:
		return "", fmt.Errorf("%w: a reply has at most %d characters", web.ErrUnusable, maxText)
	}
	return text, nil
}

// newID mints an address on this server.
func (r *Reader) newID(folder string) string {
	return r.options.ReaderURL + "/" + folder + "/" + strings.ToLower(rand.Text()[:16])
}

// anchor is where on the page a post or reply is.
func anchor(id string) string { return "p-" + path.Base(id) }

// isRemote says that the failure is the other server's and not the person's.
func isRemote(err error) bool { return errors.Is(err, errRemote) }
