package inbox

import (
	"context"
	"errors"
	"strings"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// whyNowhere is errNowhere, and why a search for the parent has not led further.
func (a *Inbound) whyNowhere() string {
	switch {
	case a.Lost == nil:
		return thread.ErrNowhere.Error()
	case errors.Is(a.Lost, thread.ErrNowhere):
		return a.Lost.Error()
	}
	return thread.ErrNowhere.Error() + ": " + a.Lost.Error()
}

// postByContext finds the post whose context collection has this id.
func postByContext(ctx context.Context, q database.Querier, uri string) (thread.Target, error) {
	id, ok := strings.CutSuffix(uri, "/context")
	if !ok {
		return thread.Target{}, database.ErrNotFound
	}
	return thread.PostByID(ctx, q, id)
}

// ParentOf finds what a note answers, in the order of what is certain: its inReplyTo; then the post
// that it quotes, if it does; then its context, if that is one of ours, which says
// which post but not where below it, so that the parent has to be fetched first. With orphan there is no parent to be had any more.
func ParentOf(ctx context.Context, q database.Querier, n thread.Note, orphan bool) (thread.Target, error) {
	for _, uri := range n.InReplyTo {
		p, err := thread.Locate(ctx, q, uri)
		if !errors.Is(err, thread.ErrNowhere) {
			return p, err
		}
	}
	if p, err := thread.QuotedPost(ctx, q, n); !errors.Is(err, thread.ErrNowhere) {
		return p, err
	}
	if len(n.InReplyTo) > 0 && !orphan {
		return thread.Target{}, &Missing{wantParent, n.InReplyTo[0]}
	}
	for _, uri := range n.Context {
		p, err := postByContext(ctx, q, uri)
		if err == nil || !errors.Is(err, database.ErrNotFound) && !errors.Is(err, thread.ErrNowhere) {
			return p, err
		}
	}
	return thread.Target{}, thread.ErrNowhere
}
