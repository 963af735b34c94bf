package replies

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// maxList bounds every list a moderator asks for.
const maxList = 500

// Listed is a reply as a moderator meets it.
type Listed struct {
	Item
	Why        Why
	PostTitle  string
	PostURL    string
	BlogHandle string // "@tea@blog.example"

	settings feeds.Settings // of its blog, where it is withheld
}

// List reads the replies of a state, oldest first, from after on (0 = from the start); blogID 0 means those of all blogs, status "" all
// states. limit is at most 500.
func List(ctx context.Context, q database.Querier, status string, blogID, after database.ID, limit int) ([]Listed, error) {
	list, err := listReplies(ctx, q, status, blogID, after, min(limit, maxList))
	if err != nil {
		return nil, fmt.Errorf("list the replies: %w", err)
	}
	return list, dressListed(ctx, q, list)
}

// Newest reads the replies of a state, the last that came first, from before on (0 = from the newest). limit is at most 500.
func Newest(ctx context.Context, q database.Querier, status string, before database.ID, limit int) ([]Listed, error) {
	list, err := newestReplies(ctx, q, status, before, min(limit, maxList))
	if err != nil {
		return nil, fmt.Errorf("list the newest replies: %w", err)
	}
	return list, dressListed(ctx, q, list)
}

// ParentsOf are the replies that those of a list answer, by their ids.
func ParentsOf(ctx context.Context, q database.Querier, list []Listed) (map[database.ID]Listed, error) {
	var ids []database.ID
	for _, l := range list {
		if l.ParentID != 0 {
			ids = append(ids, l.ParentID)
		}
	}
	byID := map[database.ID]Listed{}
	if len(ids) == 0 {
		return byID, nil
	}
	parents, err := listedByIDs(ctx, q, ids)
	if err == nil {
		err = dressListed(ctx, q, parents)
	}
	if err != nil {
		return nil, fmt.Errorf("read what is answered: %w", err)
	}
	for _, parent := range parents {
		byID[parent.ID] = parent
	}
	return byID, nil
}

// dressListed gives each reply its author, its reactions, and what its blog has set.
func dressListed(ctx context.Context, q database.Querier, list []Listed) error {
	items := make([]Item, len(list))
	for i := range list {
		items[i] = list[i].Item
	}
	if err := dress(ctx, q, items); err != nil {
		return err
	}
	for i := range list {
		list[i].Item = items[i]
	}
	return readSettings(ctx, q, list)
}

// Held reads the replies that wait for a moderator, oldest first.
func Held(ctx context.Context, q database.Querier, limit int) ([]Listed, error) {
	return List(ctx, q, Pending, 0, 0, limit)
}

// CountHeld is how many replies wait for a moderator, on all blogs.
func CountHeld(ctx context.Context, q database.Querier) (int, error) {
	n, err := countStatus(ctx, q, Pending)
	if err != nil {
		return 0, fmt.Errorf("count the held replies: %w", err)
	}
	return n, nil
}

// CountWithheld is how many replies are kept off the pages of all blogs without a moderator (Listed.KeptBack).
func CountWithheld(ctx context.Context, q database.Querier) (int, error) {
	n, err := countStatus(ctx, q, Withheld)
	if err != nil {
		return 0, fmt.Errorf("count the withheld replies: %w", err)
	}
	return n, nil
}

// FindReply is the id of the reply that a person means: by that id, as reply list prints it, or by the reply's own address, as the log
// has it. web.ErrInvalid is what can be neither, and web.ErrNotFound an address that is of no reply here.
func FindReply(ctx context.Context, q database.Querier, text string) (database.ID, error) {
	if !strings.Contains(text, "://") {
		id, err := database.ParseID(text)
		if err != nil && database.LooksLikeID(text) {
			return 0, fmt.Errorf("%w: there is no reply %s. See: bloghorn reply list", web.ErrNotFound, text)
		}
		if err != nil {
			return 0, fmt.Errorf("%w: %.200q is not the id of a reply, which has 13 letters and digits, nor its address. See: bloghorn reply list",
				web.ErrInvalid, text)
		}
		return id, nil
	}
	stored, err := replyByURI(ctx, q, strings.TrimSpace(text))
	if errors.Is(err, database.ErrNotFound) {
		err = fmt.Errorf("%w: no reply has the address %.200s. See: bloghorn reply list", web.ErrNotFound, text)
	}
	return stored.ID, err
}

// PlaceOf is the blog and the post that a reply stands under; web.ErrNotFound where there is no such reply.
func PlaceOf(ctx context.Context, q database.Querier, id database.ID) (blogID database.ID, postID string, err error) {
	stored, err := replyThere(ctx, q, id)
	return stored.BlogID, stored.PostID, err
}

// replyThere is a reply, deleted or not; web.ErrNotFound where there is none with this id.
func replyThere(ctx context.Context, q database.Querier, id database.ID) (storedReply, error) {
	stored, err := replyByID(ctx, q, id)
	if errors.Is(err, database.ErrNotFound) {
		err = fmt.Errorf("%w: there is no reply %s", web.ErrNotFound, id)
	}
	return stored, err
}

// Approve shows a reply that is pending, hidden or spam (or withholds it, where its author wishes
// so), and makes its author known on that blog: her next replies are shown at once. A reply that is
// not there, or was deleted by its author, is web.ErrNotFound; one of somebody who is blocked, or
// has blocked the blog, is web.ErrRefused, and one whose text was let go web.ErrGone.
func Approve(ctx context.Context, db *database.DB, id database.ID, who, why string, now time.Time) error {
	return moderate(ctx, db, id, Decision{Who: who, What: whatApprove, Why: why, At: now}, approve)
}

// Hide takes a reply from the readers. Of one that is hidden already it keeps the newest reason, if one
// is given, and changes nothing else; a deleted or unknown one is web.ErrNotFound.
func Hide(ctx context.Context, db *database.DB, id database.ID, who, why string, now time.Time) error {
	return moderate(ctx, db, id, Decision{Who: who, What: whatHide, Why: why, At: now}, hide)
}

// moderate applies a decision to a reply and logs it, in one transaction. A reply that its author deleted is not there for moderators: no
// decision of theirs brings it back.
func moderate(ctx context.Context, db *database.DB, id database.ID, d Decision,
	apply func(context.Context, *database.Tx, storedReply, Decision) (changed bool, err error)) error {
	err := inTx(ctx, db, func(tx *database.Tx) error {
		stored, err := replyByID(ctx, tx, id)
		if errors.Is(err, database.ErrNotFound) || err == nil && stored.Status == Deleted {
			return fmt.Errorf("%w: there is no reply %s, or its author deleted it", web.ErrNotFound, id)
		}
		if err != nil {
			return err
		}
		changed, err := apply(ctx, tx, stored, d)
		if err != nil || !changed {
			return err
		}
		d.BlogID, d.Target = stored.BlogID, stored.ObjectURI
		return decide(ctx, tx, d)
	})
	if err != nil {
		return fmt.Errorf("%s the reply: %w", d.What, err)
	}
	return nil
}

func approve(ctx context.Context, tx *database.Tx, r storedReply, d Decision) (bool, error) {
	now := d.At
	if err := refusal(ctx, tx, r.BlogID, r.AuthorURI); err != nil {
		return false, err
	}
	if r.Status == Hidden && r.Why.Rule == ruleAuthor {
		return false, fmt.Errorf("%w: %s has blocked the blog. When they take that back, their replies come back by themselves", web.ErrRefused, r.AuthorURI)
	}
	if r.Hash.IsZero() {
		return false, fmt.Errorf("%w: the text of this reply was let go: it was hidden, or waited for a decision, for months. It is %s on its author's "+
			"server; when they edit it there, its text comes back for you to decide about", web.ErrGone, r.ObjectURI)
	}
	open, _, err := openStatus(ctx, tx, r.Reply)
	if err != nil || r.Status == open && !r.ApprovedAt.IsZero() {
		return false, err
	}
	if err := setStatus(ctx, tx, r.ID, r.Status, open, now, time.Time{}, Why{}); err != nil || r.Status == open {
		return true, err
	}
	if open == Shown { // while it waited, nobody looked for what was answered to it
		if err := restartCrawl(ctx, tx, r.ObjectURI, now); err != nil {
			return false, fmt.Errorf("plan to look for answers: %w", err)
		}
	}
	if err := renew(ctx, tx, r.Reply, open, now); err != nil {
		return true, err
	}
	if r.AuthorID == ofTheBlog && open == Shown { // hidden while what it answers was withheld
		if err := publishAnswer(ctx, tx, r.ID, now); err != nil {
			return true, err
		}
	}
	visible := changes{}
	if err := showAnswers(ctx, tx, authored{id: r.ID, postID: r.PostID}, open, visible, now); err != nil {
		return true, err
	}
	return true, visible.apply(ctx, tx, now)
}

func hide(ctx context.Context, tx *database.Tx, r storedReply, d Decision) (bool, error) {
	until := letGoAt(r.AuthorID, Hidden, d.At)
	why := because(ruleHidden, d.hider(), d.At)
	if r.Status == Hidden && r.Why.Rule != ruleBlock && r.Why.Rule != ruleAuthor {
		if d.Why == "" || why.Evidence == r.Why.Evidence {
			return false, nil
		}
		why.At = r.Why.At // it is hidden since then, and its text goes when it was to go
		return true, setStatus(ctx, tx, r.ID, Hidden, Hidden, time.Time{}, r.letGoAt, why)
	}
	if err := setStatus(ctx, tx, r.ID, r.Status, Hidden, time.Time{}, until, why); err != nil {
		return true, err
	}
	return true, renew(ctx, tx, r.Reply, Hidden, d.At)
}

// inTx is db.InTx for what may be overtaken by another transaction and then has to look again.
func inTx(ctx context.Context, db *database.DB, f func(*database.Tx) error) (err error) {
	for range raceTimes {
		if err = db.InTx(ctx, f); !errors.Is(err, errRace) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", web.ErrBusy, err)
}

// What a moderator can decide.
const (
	whatApprove = "approve"
	whatHide    = "hide"
	whatBlock   = "block"
	whatUnblock = "unblock"
	whatAnswer  = "answer" // in the name of the blog
	whatEdit    = "edit"   // such an answer
	whatDelete  = "delete" // such an answer
	whatAdopt   = "adopt"  // an account that the owner has elsewhere
	whatUnadopt = "unadopt"
	whatRevoke  = "revoke"  // the leave to quote
	whatClose   = "close"   // a report from elsewhere
	whatReport  = "report"  // a reply, to its author's server
	whatUncount = "uncount" // a like or boost
	whatCount   = "count"   // one that was not
	whatLeft    = "left"    // an author has blocked the blog
	whatBack    = "back"    // and takes that back
)

// Decision is an entry of the log of moderation, which is only ever added to.
type Decision struct {
	ID     database.ID
	BlogID database.ID // 0: on every blog
	Who    string
	What   string      // approve, hide, block, unblock, answer, edit, delete, adopt, unadopt, revoke, close, report, uncount, count, left, back
	Target string      // the address of the reply, quote or report, or the actor or domain
	Reply  database.ID // that is at Target; 0 for other decisions, and where it is not here any more
	Why    string
	At     time.Time
}

// hider is who hides, and why, as the reply keeps it.
func (d Decision) hider() string {
	if d.Why == "" {
		return d.Who
	}
	return d.Who + ": " + d.Why
}

// decide adds to the log.
func decide(ctx context.Context, q database.Querier, d Decision) error {
	d.ID, d.Who, d.Why = database.NewID(d.At), cutRunes(d.Who, maxWho), cutRunes(d.Why, maxReason)
	if err := insertDecision(ctx, q, d); err != nil {
		return fmt.Errorf("log the decision: %w", err)
	}
	return nil
}

// Decisions reads the newest entries of the log first; blogID 0 means those of all blogs. limit is at most 500, and at least 0.
func Decisions(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Decision, error) {
	list, err := newestDecisions(ctx, q, blogID, max(0, min(limit, maxList)))
	if err != nil {
		return nil, fmt.Errorf("list the decisions: %w", err)
	}
	return list, nil
}
