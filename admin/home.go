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
	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// What the page lists at most; it says so where there is more.
const (
	maxKept    = 25
	maxBlogs   = 100
	maxFailing = 50
	maxReports = 50
)

// homeView is what the template sees.
type homeView struct {
	Now        time.Time
	Said       string
	Unchanged  bool // what was said is that nothing was changed
	HeldPosts  []heldGroup
	PostCount  int // posts that are held
	DatedCount int // of them those that wait for their date, and not for a decision
	Held       []card
	After      string // the reply that this page begins behind; "" for the first page
	Later      string // that the next page begins behind; "" where there is none
	HeldCount  int    // replies that wait
	Kept       []moderation.Listed
	KeptCount  int // replies that are withheld
	Reports    []moderation.Report
	Blogs      []blogRow
	MoreBlogs  bool
	Failing    []delivery.Delivery
	Deliveries []stateCount
	Followers  int
	Posts      int
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
	view, err := p.readHome(r.Context(), query.Get("after"), query.Get("at"))
	if err != nil {
		return err
	}
	done := query.Get("done")
	view.Now, view.Said, view.Unchanged = p.now(), sentences[done], unchanged[done]
	return render(w, r, "home", http.StatusOK, view)
}

// Waiting is how many things wait for a decision.
func (v homeView) Waiting() int { return v.Undecided() + v.HeldCount + len(v.Reports) }

// Undecided is how many posts wait for a decision.
func (v homeView) Undecided() int { return max(v.PostCount-v.DatedCount, 0) }

// MorePosts is how many posts wait in groups that the page does not show.
func (v homeView) MorePosts() int {
	more := v.PostCount
	for _, g := range v.HeldPosts {
		more -= g.Count
	}
	return max(more, 0)
}

// aboutBlog is what the template of a blog sees.
type aboutBlog struct {
	Row blogRow
	Now time.Time
}

// About is a blog with the time from which its times are told.
func (v homeView) About(row blogRow) aboutBlog { return aboutBlog{row, v.Now} }

func (p *Pages) readHome(ctx context.Context, after, at string) (v homeView, err error) {
	q := p.DB
	if v.PostCount, err = feeds.CountHeld(ctx, q, 0); err != nil {
		return v, fmt.Errorf("count held posts: %w", err)
	}
	if v.DatedCount, err = feeds.CountDated(ctx, q); err != nil {
		return v, fmt.Errorf("count posts that wait for their date: %w", err)
	}
	if err = p.readQueue(ctx, &v, after); err != nil {
		return v, err
	}
	if v.HeldPosts, err = p.readHeld(ctx, q, v.After, at); err != nil {
		return v, err
	}
	if v.HeldCount, err = moderation.CountHeld(ctx, q); err != nil {
		return v, fmt.Errorf("count held replies: %w", err)
	}
	if v.Kept, err = moderation.List(ctx, q, thread.Withheld, 0, 0, maxKept); err != nil {
		return v, fmt.Errorf("list withheld replies: %w", err)
	}
	if v.KeptCount, err = moderation.CountWithheld(ctx, q); err != nil {
		return v, err
	}
	if v.Reports, err = moderation.Reports(ctx, q, false, 0, maxReports); err != nil {
		return v, fmt.Errorf("list reports: %w", err)
	}
	if err := p.readBlogs(ctx, &v); err != nil {
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

// readQueue reads a page of the replies that wait, the oldest first.
func (p *Pages) readQueue(ctx context.Context, v *homeView, after string) error {
	behind, err := database.ParseID(after)
	if err == nil {
		v.After = after
	}
	list, err := moderation.List(ctx, p.DB, thread.Held, 0, behind, maxCards+1)
	if err != nil {
		return fmt.Errorf("list held replies: %w", err)
	}
	if len(list) > maxCards {
		list = list[:maxCards]
		v.Later = list[maxCards-1].Reply.ID.String()
	}
	v.Held, err = p.readCards(ctx, list, "", v.After)
	return err
}
