package publisher

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/article"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Handlers answers what other servers ask about our actors and posts. Its methods are
// web.HandlerFuncs, stand below Sites.Middleware and answer GET and HEAD. Whether somebody may read
// them is asked before (inbox.AuthorizedFetch); the instance actor is for everybody: a server
// that has to verify before it may read would ask for our key in turn, for ever.
type Handlers struct {
	DB         *database.DB
	Keys       *keyring.Keys
	PublicURL  string
	Now        func() time.Time
	Engagement Engagement     // nil says that nobody has done anything
	Shown      Shown          // nil says that every note is
	Blocked    remote.Blocked // whom a blog does not speak to; nil blocks none
	Version    string         // of the program, for NodeInfo
}

// Shown says whether readers see the note with this id as it was edited then, to the second; zero
// is before the first edit.
type Shown = func(ctx context.Context, noteID string, edited time.Time) (bool, error)

// Actor is a blog's actor (mux variable "handle"), or its profile page for people.
func (h *Handlers) Actor(w http.ResponseWriter, r *http.Request) error {
	b, err := h.blog(r)
	if err != nil {
		return err
	}
	if !WantsDocument(r) {
		return answerProfile(w, r, profileOf(b))
	}
	keys, err := h.Keys.Public(r.Context(), b.ActorID(), h.Now())
	if err != nil {
		return fmt.Errorf("build the actor of %s: %v", b.Acct(), err) // not %w: a blog without a key is our trouble, not a 404
	}
	return answerDocument(w, r, BuildActor(b, keys))
}

// InstanceActor is the actor that signs our own questions, or a page that says so.
func (h *Handlers) InstanceActor(w http.ResponseWriter, r *http.Request) error {
	base := BaseURL(r)
	if !WantsDocument(r) {
		return answerProfile(w, r, profileOfInstance(base))
	}
	keys, err := h.Keys.Public(r.Context(), ids.InstanceActor(base), h.Now())
	if errors.Is(err, database.ErrNotFound) {
		if err = h.Keys.EnsureInstance(r.Context(), base); err == nil {
			keys, err = h.Keys.Public(r.Context(), ids.InstanceActor(base), h.Now())
		}
	}
	if err != nil {
		return fmt.Errorf("build the instance actor of %s: %w", base, err)
	}
	return answerDocument(w, r, BuildInstanceActor(base, keys))
}

// Followers says how many follow. There is no list: whom a blog is read by is theirs to tell.
func (h *Handlers) Followers(w http.ResponseWriter, r *http.Request) error {
	b, err := h.blog(r)
	if err != nil {
		return err
	}
	n, err := followers.Count(r.Context(), h.DB, b.ID)
	if err != nil {
		return err
	}
	return answerDocument(w, r, activitypub.Collection{
		Context: activitypub.PlainContext, ID: ids.Followers(b), Type: "OrderedCollection", AttributedTo: b.ActorID(), TotalItems: &n,
	})
}

// Following says how many the blog follows: the community that it posts into, or nobody.
func (h *Handlers) Following(w http.ResponseWriter, r *http.Request) error {
	b, err := h.blog(r)
	if err != nil {
		return err
	}
	following := []string{}
	c, err := communityOf(r.Context(), h.DB, b.ID)
	if err != nil && !errors.Is(err, database.ErrNotFound) {
		return fmt.Errorf("read the community of %s: %w", b.Acct(), err)
	}
	if c.State == CommunityAccepted {
		following = append(following, c.ActorURI)
	}
	n := len(following)
	return answerDocument(w, r, activitypub.Collection{
		Context: activitypub.PlainContext, ID: ids.Following(b), Type: "OrderedCollection", AttributedTo: b.ActorID(),
		TotalItems: &n, OrderedItems: following,
	})
}

// isForAll says whether an activity under /activities/ was meant for everybody. Who asked to follow
// and what we answered is not.
func isForAll(kind string, activity activitypub.Object) bool {
	switch kind {
	case "Announce", "Add", "Remove", "Update", "Move":
		return true
	case "Create", "Delete": // of a note; a Delete may also be of the leave to quote, which is told to one alone
		return activitypub.VisibilityOf(activity) != activitypub.VisibilityPrivate
	}
	return false
}

// Activity is what was sent under /activities/ (mux variable "id") to everybody who follows, but
// for its proof, which is made when it leaves. What a note said that readers do not see any more is
// not here either.
func (h *Handlers) Activity(w http.ResponseWriter, r *http.Request) error {
	id, err := database.ParseID(mux.Vars(r)["id"])
	if err != nil {
		return errNoActivity
	}
	kind, body, err := delivery.Stored(r.Context(), h.DB, ids.ActivityID(BaseURL(r), id))
	if errors.Is(err, database.ErrNotFound) {
		return errNoActivity
	}
	var activity activitypub.Object
	if err == nil {
		activity, err = activitypub.Parse(body)
	}
	if err != nil {
		return fmt.Errorf("read the activity %s: %w", id, err)
	}
	if !isForAll(kind, activity) {
		return errNoActivity
	}
	stands, err := h.stands(r, kind, activity)
	if err != nil {
		return fmt.Errorf("look for what the activity %s brought: %w", id, err)
	}
	if !stands {
		return errNoActivity
	}
	web.ActivityJSON(w, r, body)
	return nil
}

// stands is false for the words of a note that was edited, deleted or hidden since.
func (h *Handlers) stands(r *http.Request, kind string, activity activitypub.Object) (bool, error) {
	if h.Shown == nil || kind != "Create" && kind != "Update" {
		return true, nil
	}
	note, _ := activity.Object("object")
	if !ids.IsNote(BaseURL(r), note.ID()) {
		return true, nil
	}
	edited, _ := note.Time("updated")
	return h.Shown(r.Context(), note.ID(), edited)
}

// blog is the blog of the mux variable "handle" on the base URL of the request.
func (h *Handlers) blog(r *http.Request) (feeds.Blog, error) {
	handle := mux.Vars(r)["handle"]
	b, err := feeds.BlogByUsername(r.Context(), h.DB, BaseURL(r), handle)
	if errors.Is(err, database.ErrNotFound) {
		return b, fmt.Errorf("%w: no blog is called %.50q here", web.ErrNotFound, handle)
	}
	if err != nil {
		return b, fmt.Errorf("read the blog %.50q: %w", handle, err)
	}
	return b, nil
}

// facts is what stands in a post's Article beside the post.
func (h *Handlers) facts(ctx context.Context, b feeds.Blog, p feeds.Post, told Announcement) (article.Facts, error) {
	facts, err := factsOf(ctx, h.Engagement, p.ID)
	if err != nil {
		return facts, err
	}
	return withPeople(ctx, h.DB, facts, b, p, told.Community, h.Blocked)
}

// withPeople are the facts with the community that a post went into, and with whom it names.
func withPeople(
	ctx context.Context, q database.Querier, facts article.Facts, b feeds.Blog, p feeds.Post, community string, blocked remote.Blocked,
) (_ article.Facts, err error) {
	if facts.Community, err = groupOf(ctx, q, community); err == nil && b.Settings.Mentions != settings.MentionsNone {
		facts.Named, err = remote.NamedIn(ctx, q, b, p.Content.String(), blocked)
	}
	return facts, err
}

// factsOf asks those above what readers did with a post.
func factsOf(ctx context.Context, engagement Engagement, postID string) (article.Facts, error) {
	if engagement == nil {
		return article.Facts{}, nil
	}
	likes, shares, replies, err := engagement(ctx, postID)
	if err != nil {
		return article.Facts{}, fmt.Errorf("read likes, boosts and replies of post %s: %w", postID, err)
	}
	return article.Facts{Likes: likes, Shares: shares, FirstReplies: replies}, nil
}
