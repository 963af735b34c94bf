package remote

import (
	"context"
	"net/http"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// A server may refuse the instance actor and take the blog: GoToSocial believes the key that it
// once read for good, and somebody may have blocked the one and follow the other. So what is
// refused with 401 is asked for once more in the name of the blog that it is about.

type blogKey struct{}

// ForBlog is ctx for work that is about a blog. blog is called only where it is needed; it may
// return database.ErrNotFound where it turns out to be about none.
func ForBlog(ctx context.Context, blog func(context.Context) (feeds.Blog, error)) context.Context {
	return context.WithValue(ctx, blogKey{}, blog)
}

type strangerKey struct{}

// forStranger is ctx for the first question about a key that a request names. Nobody has signed for
// the request yet, and whoever writes it chooses the host: one of which nothing is known is asked
// in the name of the instance actor alone, which is two requests at most. GoToSocial and the
// servers that it is like show keys to everybody, so nobody is kept out by it.
func forStranger(ctx context.Context) context.Context {
	if who := askerOf(ctx); who.name == "" || who.isVerified() {
		return ctx
	}
	return context.WithValue(ctx, strangerKey{}, true)
}

// mayAskAsBlog says whether a host that has refused the instance actor is asked again.
func (m *Directory) mayAskAsBlog(ctx context.Context, url string) (bool, error) {
	if ctx.Value(strangerKey{}) == nil {
		return true, nil
	}
	return isHostMet(ctx, m.DB, activitypub.Host(url))
}

// askAsBlog is what the server answers to a blog where that is more than it answered before. It
// counts as a question of its own.
func (m *Directory) askAsBlog(ctx context.Context, base, url string, before *safehttp.Response) (*safehttp.Response, error) {
	if may, err := m.mayAskAsBlog(ctx, url); !may || err != nil {
		return before, err
	}
	key, err := m.keyOfBlog(ctx, base)
	if err != nil {
		m.Log.Debug("no blog to ask as", "host", activitypub.Host(url), "err", err)
		return before, nil
	}
	if !m.Client.Allows(url) {
		left, ok := m.questions.visit(askerOf(ctx), activitypub.Host(url), activitypub.Site(url))
		if !ok {
			return before, nil
		}
		defer left()
	}
	res, err := m.askWith(ctx, key, url)
	if err != nil || res.Status == http.StatusUnauthorized || res.Status == http.StatusForbidden {
		return before, nil
	}
	return res, nil
}

// keyOfBlog is the key of the blog that ctx is about; where it says none, that of the oldest blog
// at the base URL.
func (m *Directory) keyOfBlog(ctx context.Context, base string) (signature.Key, error) {
	if find, ok := ctx.Value(blogKey{}).(func(context.Context) (feeds.Blog, error)); ok {
		if blog, err := find(ctx); err == nil {
			return m.Keys.Signer(ctx, blog.ActorID())
		}
	}
	b, err := feeds.OldestBlog(ctx, m.DB, base)
	if err != nil {
		return signature.Key{}, err
	}
	return m.Keys.Signer(ctx, b.ActorID())
}
