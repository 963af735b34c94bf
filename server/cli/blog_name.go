package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
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
		return namedBlog(ctx, q, name)
	}
	blogs, err := feeds.ListBlogs(ctx, q, 0, maxChoice+1)
	switch {
	case err != nil:
		return feeds.Blog{}, fmt.Errorf("list the blogs: %w", err)
	case len(blogs) == 0:
		return feeds.Blog{}, exit.With(exit.NotFound, "there is no blog on this server yet. Add one with: bloghorn blog add https://your.blog")
	case len(blogs) > 1:
		return feeds.Blog{}, exit.With(exit.Usage, "there are several blogs on this server; say which one: %s", choice(blogs))
	}
	return blogs[0], nil
}

// namedBlog is the blog of that name. Where there is none, the error says which there are.
func namedBlog(ctx context.Context, q database.Querier, name string) (feeds.Blog, error) {
	b, err := feeds.FindBlog(ctx, q, name)
	if !errors.Is(err, web.ErrNotFound) {
		return b, err
	}
	blogs, trouble := feeds.ListBlogs(ctx, q, 0, maxChoice+1)
	if trouble != nil || len(blogs) == 0 {
		return b, err
	}
	return b, fmt.Errorf("%w. Those here: %s", err, choice(blogs))
}

// maxChoice is how many blogs an error names.
const maxChoice = 10

// choice names blogs as commands take them.
func choice(blogs []feeds.Blog) string {
	var names []string
	for _, b := range blogs[:min(len(blogs), maxChoice)] {
		names = append(names, b.Acct())
	}
	if len(blogs) > maxChoice {
		names = append(names, "… See: bloghorn blog list")
	}
	return strings.Join(names, ", ")
}

// ownership says whether a blog has what was named: a follower, an account, a community.
type ownership func(ctx context.Context, db *database.DB, b feeds.Blog, named string) (bool, error)

// blogAndOptional finds a blog and what more was named, by two arguments of which the first may be
// left out where there is only one blog, and the second altogether. Among several blogs it is the
// one that has what was named, if just one has it; owned is nil for what a blog is to get.
func blogAndOptional(ctx context.Context, db *database.DB, first, second string, owned ownership) (b feeds.Blog, more string, err error) {
	if first == "" || second != "" {
		b, err = oneBlog(ctx, db, first)
		return b, second, err
	}
	b, err = feeds.FindBlog(ctx, db, first)
	if !errors.Is(err, web.ErrNotFound) && !errors.Is(err, web.ErrInvalid) {
		return b, "", err
	}
	b, alone := oneBlog(ctx, db, "")
	if alone == nil {
		return b, first, nil
	}
	if exit.CodeOf(alone, exit.Failed) != exit.Usage { // there is none
		return b, "", alone
	}
	b, err = owner(ctx, db, first, owned)
	return b, first, err
}

// owner is the one of several blogs that has what was named.
func owner(ctx context.Context, db *database.DB, named string, owned ownership) (feeds.Blog, error) {
	var all, having []feeds.Blog
	err := app.EachBlog(ctx, db, func(b feeds.Blog) error {
		all = append(all, b)
		if owned == nil {
			return nil
		}
		has, err := owned(ctx, db, b, named)
		if has {
			having = append(having, b)
		}
		return err
	})
	switch {
	case err != nil:
		return feeds.Blog{}, err
	case len(having) == 1:
		return having[0], nil
	case len(having) > 1:
		return feeds.Blog{}, exit.With(exit.Usage, "several blogs have %s; say before it which one is meant: %s. Nothing was changed", named, choice(having))
	case owned != nil:
		return feeds.Blog{}, exit.With(exit.NotFound, "no blog here has that name, and none has %s. Nothing was changed. The blogs are: %s", named, choice(all))
	}
	return feeds.Blog{}, exit.With(exit.Usage, "there are several blogs on this server; say before %s which one is meant: %s. Nothing was changed", named, choice(all))
}

// blogAndMore is blogAndOptional for a command that needs the second thing.
func blogAndMore(ctx context.Context, db *database.DB, first, second string, owned ownership) (feeds.Blog, string, error) {
	b, more, err := blogAndOptional(ctx, db, first, second, owned)
	if err == nil && more == "" {
		err = errOnlyBlog
	}
	return b, more, err
}

var errOnlyBlog = exit.With(exit.Usage, "only the blog was named, and not the account or the community that this is about; nothing was changed. For examples add --help")

// withOptional does something to a blog and to what else is named, if anything is, with everything
// that a server has.
func (in *invocation) withOptional(first, second string, owned ownership, do func(*app.App, feeds.Blog, string) error) error {
	a, err := in.app()
	if err != nil {
		return err
	}
	defer a.Close()
	b, more, err := blogAndOptional(in.ctx, a.DB, first, second, owned)
	if err != nil {
		return err
	}
	return do(a, b, more)
}

// withBlogAnd is withOptional for a command that needs the second thing.
func (in *invocation) withBlogAnd(first, second string, owned ownership, do func(*app.App, feeds.Blog, string) error) error {
	return in.withOptional(first, second, owned, func(a *app.App, b feeds.Blog, more string) error {
		if more == "" {
			return errOnlyBlog
		}
		return do(a, b, more)
	})
}
