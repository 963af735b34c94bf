package admin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/replies"
	"github.com/bloghorn/bloghorn/server/database"
)

// What the page lists at most; it says so where there is more.
const (
	maxHeld    = 50
	maxBlogs   = 100
	maxFailing = 50
)

// homeView is what the template sees.
type homeView struct {
	Now        time.Time
	Said       string
	Held       []replies.Listed
	HeldCount  int
	Blogs      []blogRow
	MoreBlogs  bool
	Failing    []delivery.Delivery
	Deliveries []stateCount
	Followers  int
	Posts      int
}

type blogRow struct {
	feeds.Blog
	Poll      feeds.Poll
	Followers int
}

type stateCount struct {
	State string
	Count int
}

func (p *Pages) home(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	if token := query.Get("token"); token != "" {
		return p.signIn(w, r, token)
	}
	_, err := p.session(w, r)
	switch {
	case errors.Is(err, errNoSession):
		return p.turnAway(w, r, "")
	case err != nil:
		return err
	}
	view, err := readHome(r.Context(), p.DB)
	if err != nil {
		return err
	}
	view.Now, view.Said = p.Now(), sentences[query.Get("done")]
	return render(w, r, "home", http.StatusOK, view)
}

func readHome(ctx context.Context, q database.Querier) (v homeView, err error) {
	if v.Held, err = replies.Held(ctx, q, maxHeld); err != nil {
		return v, fmt.Errorf("list held replies: %w", err)
	}
	if v.HeldCount, err = replies.CountHeld(ctx, q); err != nil {
		return v, fmt.Errorf("count held replies: %w", err)
	}
	if err := v.readBlogs(ctx, q); err != nil {
		return v, err
	}
	if v.Failing, err = delivery.Failing(ctx, q, maxFailing); err != nil {
		return v, fmt.Errorf("list failing deliveries: %w", err)
	}
	counts, err := delivery.Counts(ctx, q)
	if err != nil {
		return v, fmt.Errorf("count deliveries: %w", err)
	}
	for _, state := range slices.Sorted(maps.Keys(counts)) {
		v.Deliveries = append(v.Deliveries, stateCount{state, counts[state]})
	}
	return v, nil
}

// readBlogs asks twice for each blog; on a page with at most a hundred of them that is simpler than a join of three packages' tables.
func (v *homeView) readBlogs(ctx context.Context, q database.Querier) error {
	blogs, err := feeds.ListBlogs(ctx, q, 0, maxBlogs+1)
	if err != nil {
		return fmt.Errorf("list blogs: %w", err)
	}
	v.MoreBlogs = len(blogs) > maxBlogs
	for _, b := range blogs[:min(len(blogs), maxBlogs)] {
		row := blogRow{Blog: b}
		if row.Poll, err = feeds.PollOf(ctx, q, b.ID); err != nil && !errors.Is(err, database.ErrNotFound) {
			return fmt.Errorf("read the last poll of %s: %w", b.Handle(), err)
		}
		if row.Followers, err = publisher.CountFollowers(ctx, q, b.ID); err != nil {
			return fmt.Errorf("count the followers of %s: %w", b.Handle(), err)
		}
		v.Followers += row.Followers
		v.Blogs = append(v.Blogs, row)
	}
	if v.Posts, err = feeds.CountAllPosts(ctx, q); err != nil {
		return fmt.Errorf("count posts: %w", err)
	}
	return nil
}
