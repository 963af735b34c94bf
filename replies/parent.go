package replies

import (
	"context"
	"errors"
	"strings"

	"github.com/bloghorn/bloghorn/server/database"
)

// whyNowhere is errNowhere, and why a search for the parent has not led further.
func (a *inbound) whyNowhere() string {
	switch {
	case a.lost == nil:
		return errNowhere.Error()
	case errors.Is(a.lost, errNowhere):
		return a.lost.Error()
	}
	return errNowhere.Error() + ": " + a.lost.Error()
}

// postByContext finds the post whose context collection has this id.
func postByContext(ctx context.Context, q database.Querier, uri string) (target, error) {
	id, ok := strings.CutSuffix(uri, "/context")
	if !ok {
		return target{}, database.ErrNotFound
	}
	return postByID(ctx, q, id)
}

// parentOf finds what a note answers, in the order of what is certain: its inReplyTo; then the post
// that it quotes, if it does; then its context, if that is one of ours, which says
// which post but not where below it, so that the parent has to be fetched first. With orphan there is no parent to be had any more.
func parentOf(ctx context.Context, q database.Querier, n note, orphan bool) (target, error) {
	for _, uri := range n.InReplyTo {
		p, err := locate(ctx, q, uri)
		if !errors.Is(err, errNowhere) {
			return p, err
		}
	}
	if p, err := quotedPost(ctx, q, n); !errors.Is(err, errNowhere) {
		return p, err
	}
	if len(n.InReplyTo) > 0 && !orphan {
		return target{}, &missing{wantParent, n.InReplyTo[0]}
	}
	for _, uri := range n.Context {
		p, err := postByContext(ctx, q, uri)
		if err == nil || !errors.Is(err, database.ErrNotFound) && !errors.Is(err, errNowhere) {
			return p, err
		}
	}
	return target{}, errNowhere
}
