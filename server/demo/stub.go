package demo

import (
	"context"
	"errors"
	"io"
	"net/http"
)

var errNotBuilt = errors.New("not built")

// Blog is the sample blog.
type Blog struct{ http.Handler }

// NewBlog makes the sample blog with its three posts.
func NewBlog(o Options) *Blog { return &Blog{http.NotFoundHandler()} }

// Reader is the toy fediverse server.
type Reader struct{ http.Handler }

// NewReader makes the toy reader and its keys.
func NewReader(o Options) (*Reader, error) { return nil, errNotBuilt }

// Seed lets the people of the reader follow the blog and talk about its newest post.
func (r *Reader) Seed(ctx context.Context) error { return errNotBuilt }

// Script plays the conversation of --once against running listeners and writes one line for each exchange.
func Script(ctx context.Context, out io.Writer, o Options) (ok, total int) { return 0, 1 }
