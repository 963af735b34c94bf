package app

import (
	"context"
	"fmt"
	"net/url"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/server/config"
)

// AccountWords say what a new blog has: an account, if its handle can be found. Where the handle is
// of another host than the blog's address, that host has to pass the question on, and nobody finds
// the handle before it does.
func (a *App) AccountWords(ctx context.Context, b feeds.Blog) string {
	if b.HandleHost == config.HostOf(b.BaseURL) {
		return fmt.Sprintf("%s has an account now: %s", b.Title, b.ActorID())
	}
	err := a.Remotes.LeadsTo(ctx, b)
	if err == nil {
		return fmt.Sprintf("%s has an account now: %s, found as %s", b.Title, b.ActorID(), b.Handle())
	}
	const path = "/.well-known/webfinger"
	query := "?" + url.Values{"resource": {"acct:" + b.Acct()}}.Encode()
	return fmt.Sprintf("%s is stored, and nobody finds %s yet (%v). Other servers ask\n  https://%s%s\nwhich has to redirect, with its query, to\n  %s%s\n"+
		"or to pass the request on. Until then it is found as @%s@%s. To see what comes back: curl -L 'https://%s%s'",
		b.Title, b.Handle(), err, b.HandleHost, path+query, publisher.HostRoot(b.BaseURL), path+query, b.Username, config.HostOf(b.BaseURL), b.HandleHost, path+query)
}
