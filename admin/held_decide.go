package admin

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// maxForm bounds the few bytes that our forms send.
const maxForm = 4 << 10

var postID = regexp.MustCompile(`^[a-z2-7]{26}$`)

// postVerdict does what a button says, and returns the sentence about it.
type postVerdict func(ctx context.Context, db *database.DB, id string, now time.Time) (done string, err error)

var postVerdicts = map[string]postVerdict{
	"announce": func(ctx context.Context, db *database.DB, id string, now time.Time) (string, error) {
		turn, err := publisher.Release(ctx, db, id, now)
		switch {
		case !turn.Until.IsZero():
			return "dated", err
		case turn.At.After(now):
			return "in-turn", err
		}
		return "announced", err
	},
	"quiet": func(ctx context.Context, db *database.DB, id string, _ time.Time) (string, error) {
		return "quiet", feeds.KeepQuiet(ctx, db, id)
	},
	"same": func(ctx context.Context, db *database.DB, id string, now time.Time) (string, error) {
		_, err := feeds.SamePost(ctx, db, id, now)
		return "same", err
	},
}

// decidePost is behind the buttons of a held post.
func (p *Pages) decidePost(w http.ResponseWriter, r *http.Request, s session) error {
	v, ok := postVerdicts[r.PathValue("verdict")]
	id := r.PathValue("id")
	if !ok || !postID.MatchString(id) {
		return fmt.Errorf("%w: no such decision, or no such post", web.ErrNotFound)
	}
	done, err := v(r.Context(), p.DB, id, p.now())
	switch {
	case errors.Is(err, web.ErrNotFound), errors.Is(err, database.ErrNotFound):
		web.Redirect(w, r, goOn(r, "decided"))
		return nil
	case errors.Is(err, web.ErrRefused):
		why := "deleted"
		if r.PathValue("verdict") == "announce" {
			why = "too-many-wait"
		}
		web.Redirect(w, r, goTo(r, why, heldPost{Post: feeds.Post{ID: id}}.Place()))
		return nil
	case err != nil:
		return fmt.Errorf("decide about the post: %w", err)
	}
	p.log().Info("a held post is decided", "component", "admin", "post", id, "verdict", done, "who", s.who)
	p.wakeNext()
	web.Redirect(w, r, goOn(r, done))
	return nil
}

// decideGroup is behind the buttons of a whole group. A form that announces names the posts, as the
// page has shown them: pressed twice it does nothing more. One that names none is asked back, with
// their names.
func (p *Pages) decideGroup(w http.ResponseWriter, r *http.Request, s session) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	g, err := groupIn(r, r.PostFormValue("until"))
	if err != nil {
		return err
	}
	verdict := r.PathValue("verdict")
	ids := r.PostForm["id"]
	if verdict == "announce" {
		err = checkShown(g, ids)
	}
	if err != nil {
		return err
	}
	if g.Count, err = feeds.CountHeldIn(r.Context(), p.DB, g); err != nil {
		return fmt.Errorf("count the held posts: %w", err)
	}
	if verdict == "announce" && len(ids) == 0 {
		query := r.URL.Query()
		query.Set("until", strconv.FormatInt(database.Millis(g.Until), 10))
		web.Redirect(w, r, r.URL.Path+"?"+query.Encode())
		return nil
	}
	n := 0
	switch verdict {
	case "announce":
		var released feeds.Released
		released, err = feeds.ReleaseThese(r.Context(), p.DB, g, ids, p.now())
		n = released.Going + released.Dated
	case "quiet":
		n, err = feeds.KeepAllQuiet(r.Context(), p.DB, g)
	default:
		return fmt.Errorf("%w: no such decision", web.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("decide about the posts: %w", err)
	}
	p.log().Info("held posts are decided", "component", "admin", "posts", n, "verdict", verdict, "who", s.who)
	p.wakeNext()
	if n < g.Count { // the rest still stands there
		web.Redirect(w, r, goTo(r, groupDone(verdict, n), heldGroup{HeldGroup: g}.Place()))
		return nil
	}
	web.Redirect(w, r, goOn(r, groupDone(verdict, n)))
	return nil
}

// checkShown refuses to announce a group whose posts are decided one by one, and ids that no page
// of ours sends.
func checkShown(g feeds.HeldGroup, ids []string) error {
	if g.OneByOne() {
		return fmt.Errorf("%w: such posts are announced one by one", web.ErrNotFound)
	}
	isWrong := func(id string) bool { return !postID.MatchString(id) }
	if len(ids) > feeds.MaxReleased || slices.ContainsFunc(ids, isWrong) {
		return fmt.Errorf("%w: the form names posts that no page has shown; go back to the page and press the button again", web.ErrInvalid)
	}
	return nil
}

func groupDone(verdict string, n int) string {
	if n == 0 {
		return "all-decided"
	}
	return "all-" + verdict
}

var heldRules = []string{feeds.HeldFlood, feeds.HeldForeign, feeds.HeldDoubt, feeds.HeldDated, feeds.HeldEarly, feeds.HeldLocked}

// groupIn is the group that a form or an address is about; until is its stamp.
func groupIn(r *http.Request, until string) (g feeds.HeldGroup, err error) {
	id, err := database.ParseID(r.PathValue("blog"))
	rule := r.PathValue("rule")
	if err != nil || !slices.Contains(heldRules, rule) {
		return g, fmt.Errorf("%w: no such posts wait", web.ErrNotFound)
	}
	millis, err := strconv.ParseInt(until, 10, 64)
	if err != nil || millis <= 0 {
		return g, fmt.Errorf("%w: the form does not say which posts it is about; go back to the page and press the button again", web.ErrInvalid)
	}
	return feeds.HeldGroup{BlogID: id, Rule: rule, Until: database.Time(millis)}, nil
}

// confirmView is what the page asks back with.
type confirmView struct {
	heldGroup
	LastAt time.Time
	Back   template.URL
}

// confirm asks whether so many posts shall really go to so many people. It changes nothing.
func (p *Pages) confirm(w http.ResponseWriter, r *http.Request, _ session) error {
	g, err := groupIn(r, r.URL.Query().Get("until"))
	if err != nil {
		return err
	}
	if err := checkShown(g, nil); err != nil {
		return err
	}
	if g.Count, err = feeds.CountHeldIn(r.Context(), p.DB, g); err != nil {
		return fmt.Errorf("count the held posts: %w", err)
	}
	if g.Count == 0 {
		web.Redirect(w, r, goOn(r, "all-decided"))
		return nil
	}
	group, err := p.readGroup(r.Context(), p.DB, g, feeds.MaxReleased)
	if err != nil {
		return err
	}
	next, after := r.URL.Query().Get("next"), r.URL.Query().Get("after")
	group.query = leadsTo(next, "", after)
	back := button("/admin/", leadsTo("", "", after)) + template.URL("#"+group.Place())
	last := p.now().Add(time.Duration(group.AtOnce()-1) * feeds.ReleaseEvery)
	return render(w, r, "confirm", http.StatusOK, confirmView{group, last, back})
}

// wakeNext tells the loops that there may be something to do.
func (p *Pages) wakeNext() {
	if p.WakeNext != nil {
		p.WakeNext()
	}
}
