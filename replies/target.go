package replies

import (
	"context"
	"errors"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
)

// errNowhere is returned for what leads to none of our posts.
var errNowhere = errors.New("not about a post of ours")

// target is where something belongs: below a post, and perhaps below a reply there.
type target struct {
	blog   feeds.Blog
	postID string
	reply  storedReply // zero where it is about the post itself
	quoted bool        // the post is quoted here, not answered
}

func (p target) kind() string {
	if p.quoted {
		return KindQuote
	}
	return KindReply
}

// uri is the id of what is at this place.
func (p target) uri() string {
	if p.reply.ID != 0 {
		return p.reply.ObjectURI
	}
	return ids.PostID(p.blog, p.postID)
}

// locate finds what an address names: a post by its id, by a page it is or was on or by a toot of its owner, or a reply by its id or page.
// errNowhere if nothing.
func locate(ctx context.Context, q database.Querier, uri string) (target, error) {
	for _, look := range []func(context.Context, database.Querier, string) (target, error){postByID, replyByAddress, adoptedPost, postByPage} {
		p, err := look(ctx, q, uri)
		if !errors.Is(err, database.ErrNotFound) {
			return p, err
		}
	}
	return target{}, errNowhere
}

// postByID finds the post that an id of ours names, letter for letter.
func postByID(ctx context.Context, q database.Querier, uri string) (target, error) {
	slash := strings.LastIndexByte(uri, '/')
	blogID, removed, err := blogOfPost(ctx, q, uri[slash+1:])
	if err == nil && removed {
		err = errNowhere
	}
	if err != nil {
		return target{}, err
	}
	blog, err := feeds.BlogByID(ctx, q, blogID)
	if err != nil {
		return target{}, err
	}
	postID, ok := ids.ParsePostURL(blog.BaseURL, uri)
	if !ok {
		return target{}, database.ErrNotFound
	}
	return target{blog: blog, postID: postID}, nil
}

func postByPage(ctx context.Context, q database.Querier, uri string) (target, error) {
	post, err := feeds.PostByURL(ctx, q, uri)
	if err != nil {
		return target{}, err
	}
	blog, err := feeds.BlogByID(ctx, q, post.BlogID)
	return target{blog: blog, postID: post.ID}, err
}

func replyByAddress(ctx context.Context, q database.Querier, uri string) (target, error) {
	stored, err := replyByURI(ctx, q, uri)
	if errors.Is(err, database.ErrNotFound) {
		stored, err = replyByPage(ctx, q, uri)
	}
	if err != nil {
		return target{}, err
	}
	blog, err := feeds.BlogByID(ctx, q, stored.BlogID)
	return target{blog: blog, postID: stored.PostID, reply: stored}, err
}

// adoptedPost finds the post that an adopted toot stands for.
func adoptedPost(ctx context.Context, q database.Querier, uri string) (target, error) {
	blogID, postID, err := adoptedByURI(ctx, q, uri)
	if err != nil {
		return target{}, err
	}
	if _, removed, err := blogOfPost(ctx, q, postID); removed || err != nil {
		return target{}, errors.Join(err, errNowhere)
	}
	blog, err := feeds.BlogByID(ctx, q, blogID)
	return target{blog: blog, postID: postID}, err
}

const blogsPath = "/blogs/"

// blogByActor finds the blog whose actor has this id, letter for letter.
func blogByActor(ctx context.Context, q database.Querier, uri string) (feeds.Blog, error) {
	slash := strings.LastIndex(uri, blogsPath)
	if slash < 0 {
		return feeds.Blog{}, database.ErrNotFound
	}
	blog, err := feeds.BlogByUsername(ctx, q, uri[:slash], uri[slash+len(blogsPath):])
	if err == nil && blog.ActorID() != uri {
		err = database.ErrNotFound
	}
	return blog, err
}

// quotedPost finds the post of ours that a note quotes; errNowhere where it quotes none.
func quotedPost(ctx context.Context, q database.Querier, n note) (target, error) {
	for _, uri := range n.Quotes {
		for _, look := range []func(context.Context, database.Querier, string) (target, error){postByID, postByPage} {
			p, err := look(ctx, q, uri)
			p.quoted = true
			if err == nil || !errors.Is(err, database.ErrNotFound) && !errors.Is(err, errNowhere) {
				return p, err
			}
		}
	}
	return target{}, errNowhere
}
