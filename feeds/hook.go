package feeds

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	maxHooks = 100 // of one blog
	maxNote  = 200 // characters
)

// Hook lets whatever publishes a blog have its feed read at once. Its token is known only to
// whoever has made it.
type Hook struct {
	ID        database.ID
	BlogID    database.ID
	Note      string // what it is for, in its owner's words
	CreatedAt time.Time
	UsedAt    time.Time // zero until it is used
}

// AddHook makes a hook and returns its token, which is shown once and stored nowhere.
// web.ErrInvalid means that the blog has too many.
func AddHook(ctx context.Context, q database.Querier, blogID database.ID, note string, now time.Time) (Hook, string, error) {
	all, err := Hooks(ctx, q, blogID)
	if err != nil {
		return Hook{}, "", err
	}
	if len(all) >= maxHooks {
		return Hook{}, "", fmt.Errorf("%w: the blog has %d hooks already; remove one that is not used", web.ErrInvalid, len(all))
	}
	h := Hook{ID: database.NewID(now), BlogID: blogID, Note: parser.Line(note, maxNote), CreatedAt: now}
	token := rand.Text() // 130 bits
	return h, token, insertHook(ctx, q, h, database.Hash(token))
}

// HookURL is where a blog's hooks are called, with POST and a token.
func HookURL(b Blog) string { return b.BaseURL + "/api/v1/feeds/" + b.ID.String() + "/refresh" }

// HookHandler answers POST {base}/api/v1/feeds/{id}/refresh: a deploy script says that the blog has
// something new.
type HookHandler struct {
	DB       *database.DB
	Now      func() time.Time
	WakeNext func() // called after a hook made a feed due; may be nil
}

// errNoHook does not say whether it is the blog or the token that is wrong: the answer is no way to
// find out which blogs there are.
var errNoHook = fmt.Errorf("%w: this address wants the token of one of the blog's hooks, as \"Authorization: Bearer TOKEN\" or "+
	"?token=TOKEN; make one with: bloghorn feed hook add NAME", web.ErrUnsigned)

// Refresh makes the feed due, as a push of a hub does, and answers 202 before it is read.
func (h *HookHandler) Refresh(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	id, err := database.ParseID(mux.Vars(r)["id"])
	if err != nil {
		return unauthorised(w)
	}
	hook, err := hookByToken(r.Context(), h.DB, database.Hash(tokenIn(r)))
	switch {
	case errors.Is(err, database.ErrNotFound) || err == nil && hook.BlogID != id:
		return unauthorised(w)
	case err != nil:
		return fmt.Errorf("%w: look for the hook: %w", web.ErrBusy, err)
	}
	promise, err := h.use(r.Context(), hook)
	if err != nil {
		return fmt.Errorf("%w: %w", web.ErrBusy, err)
	}
	web.Write(w, r, web.Page{
		Type: "text/plain; charset=utf-8", CacheControl: "no-store", Status: http.StatusAccepted, Body: []byte(promise + "\n"),
	})
	return nil
}

// use makes the feed due, and says when it is read.
func (h *HookHandler) use(ctx context.Context, hook Hook) (promise string, err error) {
	now := h.Now()
	err = h.DB.InTx(ctx, func(tx *database.Tx) error {
		if err := noteHook(ctx, tx, hook.ID, now); err != nil {
			return err
		}
		if err := PollSoon(ctx, tx, hook.BlogID, now); err != nil {
			return err
		}
		poll, err := PollOf(ctx, tx, hook.BlogID)
		promise = poll.promise(now)
		return err
	})
	if err == nil && h.WakeNext != nil {
		h.WakeNext()
	}
	return promise, err
}

func (p Poll) promise(now time.Time) string {
	switch at := p.NextAt.UTC().Format(time.TimeOnly + " MST"); {
	case !p.StoppedAt.IsZero():
		return "The feed is not read any more, since its server said that it is gone. To start again: bloghorn feed refresh NAME"
	case p.NextAt.After(now) && p.NextAt.Equal(p.RetryAt):
		return "The feed will be read at " + at + ": its server asked to be left alone until then (Retry-After). Now: bloghorn feed refresh NAME"
	case p.NextAt.After(now):
		return "The feed will be read at " + at + ", since it was read a moment ago."
	}
	return "The feed is being read."
}

// tokenIn is the token of a request: the header's, else the query's, for services that can send
// nothing but an address.
func tokenIn(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return r.URL.Query().Get("token")
}

func unauthorised(w http.ResponseWriter) error {
	w.Header().Set("WWW-Authenticate", `Bearer realm="bloghorn"`) // RFC 9110 §15.5.2
	return errNoHook
}
