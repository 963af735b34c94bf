package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// blogName is the blog that a command is about. Nobody has to say which where there is only one.
type blogName struct {
	Name string `arg:"" optional:"" help:"The blog: tea, or tea@blog.example. May be left out where there is only one."`
}

// blog finds the blog that is meant.
func (n blogName) blog(ctx context.Context, q database.Querier) (feeds.Blog, error) {
	return oneBlog(ctx, q, n.Name)
}

// blogAnd is the blog of a command that names something more. One argument alone is that.
type blogAnd struct {
	Name string `arg:"" name:"blog" help:"The blog: tea, or tea@blog.example. May be left out where there is only one."`
}

// oneBlog is the blog of that name, or the only one there is.
func oneBlog(ctx context.Context, q database.Querier, name string) (feeds.Blog, error) {
	if name != "" {
		return feeds.FindBlog(ctx, q, name)
	}
	blogs, err := feeds.ListBlogs(ctx, q, 0, 2)
	switch {
	case err != nil:
		return feeds.Blog{}, fmt.Errorf("list the blogs: %w", err)
	case len(blogs) == 0:
		return feeds.Blog{}, exit(exitNotFound, "there is no blog on this server yet. Add one with: bloghorn blog add https://your.blog")
	case len(blogs) > 1:
		return feeds.Blog{}, exit(exitUsage, "there are several blogs on this server; say which one. See: bloghorn blog list")
	}
	return blogs[0], nil
}

// blogAndOptional finds a blog and what more was named, by two arguments of which the first may be left out where there is only one blog, and the second
// altogether.
func blogAndOptional(ctx context.Context, q database.Querier, first, second string) (b feeds.Blog, more string, err error) {
	if first == "" || second != "" {
		b, err = oneBlog(ctx, q, first)
		return b, second, err
	}
	b, err = feeds.FindBlog(ctx, q, first)
	if !errors.Is(err, web.ErrNotFound) && !errors.Is(err, web.ErrInvalid) {
		return b, "", err
	}
	if b, alone := oneBlog(ctx, q, ""); alone == nil {
		return b, first, nil
	}
	return b, "", err
}

// blogAndMore is blogAndOptional for a command that needs the second thing.
func blogAndMore(ctx context.Context, q database.Querier, first, second string) (feeds.Blog, string, error) {
	b, more, err := blogAndOptional(ctx, q, first, second)
	if err == nil && more == "" {
		err = errOnlyBlog
	}
	return b, more, err
}

var errOnlyBlog = exit(exitUsage, "only the blog was named, and not the account or the community that this is about; nothing was changed. For examples add --help")

// withOptional does something to a blog and to what else is named, if anything is, with everything that a server has.
func (in *invocation) withOptional(first, second string, do func(*app, feeds.Blog, string) error) error {
	a, err := in.app()
	if err != nil {
		return err
	}
	defer a.close()
	b, more, err := blogAndOptional(in.ctx, a.db, first, second)
	if err != nil {
		return err
	}
	return do(a, b, more)
}

// withBlogAnd is withOptional for a command that needs the second thing.
func (in *invocation) withBlogAnd(first, second string, do func(*app, feeds.Blog, string) error) error {
	return in.withOptional(first, second, func(a *app, b feeds.Blog, more string) error {
		if more == "" {
			return errOnlyBlog
		}
		return do(a, b, more)
	})
}
