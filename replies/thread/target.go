package thread

import (
	"context"
	"errors"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
)

// ErrNowhere is returned for what leads to none of our posts.
var ErrNowhere = errors.New("not about a post of ours")

// Target is where something belongs: below a post, and perhaps below a reply there.
type Target struct {
	Blog   feeds.Blog
	PostID string
	Reply  Stored // zero where it is about the post itself
	Quoted bool   // the post is quoted here, not answered
}

// Kind is the kind of reply that belongs there.
func (p Target) Kind() string {
	if p.Quoted {
		return KindQuote
	}
	return KindReply
}

// URI is the id of what is at this place.
func (p Target) URI() string {
	if p.Reply.ID != 0 {
		return p.Reply.ObjectURI
	}
	return ids.PostID(p.Blog, p.PostID)
}

// Locate finds what an address names: a post by its id, by a page it is or was on or by a toot of
// its owner, or a reply by its id or page. ErrNowhere if nothing.
func Locate(ctx context.Context, q database.Querier, uri string) (Target, error) {
	for _, look := range []func(context.Context, database.Querier, string) (Target, error){PostByID, replyByAddress, AdoptedPost, postByPage} {
		p, err := look(ctx, q, uri)
		if !errors.Is(err, database.ErrNotFound) {
			return p, err
		}
	}
	return Target{}, ErrNowhere
}

// PostByID finds the post that an id of ours names, letter for letter.
func PostByID(ctx context.Context, q database.Querier, uri string) (Target, error) {
	slash := strings.LastIndexByte(uri, '/')
	blogID, removed, err := BlogOfPost(ctx, q, uri[slash+1:])
	if err == nil && removed {
		err = ErrNowhere
	}
	if err != nil {
		return Target{}, err
	}
	blog, err := feeds.BlogByID(ctx, q, blogID)
	if err != nil {
		return Target{}, err
	}
	postID, ok := ids.ParsePostURL(blog.BaseURL, uri)
	if !ok {
		return Target{}, database.ErrNotFound
	}
	return Target{Blog: blog, PostID: postID}, nil
}

func postByPage(ctx context.Context, q database.Querier, uri string) (Target, error) {
	post, err := feeds.PostByURL(ctx, q, uri)
	if err != nil {
		return Target{}, err
	}
	blog, err := feeds.BlogByID(ctx, q, post.BlogID)
	return Target{Blog: blog, PostID: post.ID}, err
}

func replyByAddress(ctx context.Context, q database.Querier, uri string) (Target, error) {
	stored, err := ReplyByURI(ctx, q, uri)
	if errors.Is(err, database.ErrNotFound) {
		stored, err = replyByPage(ctx, q, uri)
	}
	if err != nil {
		return Target{}, err
	}
	blog, err := feeds.BlogByID(ctx, q, stored.BlogID)
	return Target{Blog: blog, PostID: stored.PostID, Reply: stored}, err
}

// AdoptedPost finds the post that an adopted toot stands for.
func AdoptedPost(ctx context.Context, q database.Querier, uri string) (Target, error) {
	blogID, postID, err := adoptedByURI(ctx, q, uri)
	if err != nil {
		return Target{}, err
	}
	if _, removed, err := BlogOfPost(ctx, q, postID); removed || err != nil {
		return Target{}, errors.Join(err, ErrNowhere)
	}
	blog, err := feeds.BlogByID(ctx, q, blogID)
	return Target{Blog: blog, PostID: postID}, err
}

const blogsPath = "/blogs/"

// BlogByActor finds the blog whose actor has this id, letter for letter.
func BlogByActor(ctx context.Context, q database.Querier, uri string) (feeds.Blog, error) {
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

// QuotedPost finds the post of ours that a note quotes; ErrNowhere where it quotes none.
func QuotedPost(ctx context.Context, q database.Querier, n Note) (Target, error) {
	for _, uri := range n.Quotes {
		for _, look := range []func(context.Context, database.Querier, string) (Target, error){PostByID, postByPage} {
			p, err := look(ctx, q, uri)
			p.Quoted = true
			if err == nil || !errors.Is(err, database.ErrNotFound) && !errors.Is(err, ErrNowhere) {
				return p, err
			}
		}
	}
	return Target{}, ErrNowhere
}
