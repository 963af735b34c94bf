package thread

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bloghorn/bloghorn/server/bounds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// A thread is read in pages, in the order of an index: its branches by when they began, and the
// replies of a branch by when they came. A branch is an answer to the post with all that hangs
// below it. It stays one, whoever of it is seen.
//
//	page 1   branch ── 50 answers ── "2,950 more" ─► From: the next 50, and so on
//	         branch …
//	  Next ─► page 2, the next 20 branches

// Cursor is where a page begins: after a branch, or in one after a reply. The zero value is the
// beginning of the thread.
type Cursor struct {
	root  database.ID
	at    int64 // of the branch in the thread, or of the reply in the branch
	reply database.ID
}

// IsZero reports whether it is the beginning of the thread.
func (c Cursor) IsZero() bool { return c == Cursor{} }

// InBranch reports whether the page goes on within a branch.
func (c Cursor) InBranch() bool { return c.reply != 0 }

// String is how an address names the page; "" for the first.
func (c Cursor) String() string {
	if c.IsZero() {
		return ""
	}
	s := c.root.String() + "." + strconv.FormatInt(c.at, 36)
	if c.reply != 0 {
		s += "." + c.reply.String()
	}
	return s
}

// ParseCursor reads what String wrote, and nothing else: web.ErrInvalid.
func ParseCursor(s string) (c Cursor, err error) {
	if s == "" {
		return c, nil
	}
	parts := strings.SplitN(s, ".", 4)
	if len(parts) == 2 || len(parts) == 3 {
		c.root, err = database.ParseID(parts[0])
		at, wrong := strconv.ParseInt(parts[1], 36, 64)
		c.at, err = at, cmp.Or(err, wrong)
	}
	if len(parts) == 3 && err == nil {
		c.reply, err = database.ParseID(parts[2])
	}
	if err != nil || c.String() != s {
		return Cursor{}, fmt.Errorf("%w: no page of a thread begins at this cursor; begin without one", web.ErrInvalid)
	}
	return c, nil
}

// branch is one in the order of the thread.
type branch struct {
	root  database.ID
	at    int64
	count int // of its shown replies
}

// written is a reply as its row has it.
type written struct {
	Reply
	html, attached, tags string
}

// aroundReply is what the names, dates and links of a reply count for in bounds.ThreadPage, in
// bytes.
const aroundReply = 1 << 10

// sheet is a page while it is filled.
type sheet struct {
	items []Item
	size  int
}

// take adds a reply if the page has room for it. The first one always has.
func (s *sheet) take(w written) bool {
	size := aroundReply + len(w.html) + len(w.attached) + len(w.CW) + len(w.URL) + len(w.ObjectURI)
	if len(s.items) > 0 && s.size+size > bounds.ThreadPage {
		return false
	}
	s.size += size
	w.read(w.html, w.attached, w.tags)
	s.items = append(s.items, Item{Reply: w.Reply})
	return true
}

// readPage reads the shown replies of a page, and notes what follows it.
func (t *Thread) readPage(ctx context.Context, q database.Querier, posts []string, from Cursor) ([]Item, error) {
	// 1. A page begins in a branch, or with one.
	if from.reply != 0 {
		return t.readBranch(ctx, q, posts, from)
	}
	branches, err := branchesAfter(ctx, q, posts, from, bounds.ThreadRoots+1)
	if err != nil {
		return nil, err
	}
	// 2. The first replies of the branches, several short ones at once.
	var page sheet
	for rest := branches[:min(len(branches), bounds.ThreadRoots)]; len(rest) > 0; {
		some := together(rest)
		rest = rest[len(some):]
		var roots []database.ID
		for _, b := range some {
			roots = append(roots, b.root)
		}
		all, err := repliesOf(ctx, q, roots, Cursor{at: math.MinInt64}, 1+bounds.ThreadAnswers)
		if err != nil {
			return nil, err
		}
		replies := map[database.ID][]written{}
		for _, w := range all {
			replies[w.RootID] = append(replies[w.RootID], w)
		}
		// 3. As many of them as the page has room for; Next is after the last of them.
		for _, b := range some {
			last := branches[0] // of the thread that is on no page before
			branches = branches[1:]
			taken, full := t.takeBranch(&page, b, replies[b.root])
			switch {
			case full && taken == 0:
				return page.items, nil // Next is after the branch before
			case len(branches) > 0:
				t.Next = Cursor{root: last.root, at: last.at}
			default:
				t.Next = Cursor{}
			}
			if full {
				return page.items, nil
			}
		}
	}
	return page.items, nil
}

// takeBranch puts a branch on the page, as much of it as there is room for.
func (t *Thread) takeBranch(page *sheet, b branch, replies []written) (taken int, full bool) {
	for _, w := range replies {
		if full = !page.take(w); full {
			break
		}
		taken++
	}
	if taken > 0 && taken < b.count {
		last := replies[taken-1]
		t.More = append(t.More, More{b.root, b.count - taken, Cursor{b.root, last.SortAt, last.ID}})
	}
	return taken, full
}

// together are the first of these branches that are short enough to be read at once.
func together(branches []branch) []branch {
	sum := 0
	for i, b := range branches {
		if sum += b.count; sum > 1+bounds.ThreadAnswers {
			return branches[:max(i, 1)]
		}
	}
	return branches
}

// readBranch reads how a branch goes on, below its root.
func (t *Thread) readBranch(ctx context.Context, q database.Querier, posts []string, from Cursor) ([]Item, error) {
	root, err := contentByID(ctx, q, from.root)
	if errors.Is(err, database.ErrNotFound) || err == nil && (root.RootID != root.ID || !slices.Contains(posts, root.PostID)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	count, err := countAfter(ctx, q, from)
	if err != nil {
		return nil, err
	}
	replies, err := repliesOf(ctx, q, []database.ID{from.root}, from, bounds.ThreadAnswers)
	if err != nil {
		return nil, err
	}
	var page sheet
	if root.Status == Shown {
		page.items = append(page.items, Item{Reply: root})
	}
	if t.takeBranch(&page, branch{root: from.root, count: count}, replies); len(t.More) > 0 {
		t.Next = t.More[0].From
	}
	return page.items, nil
}

// branchesAfter lists the branches that have something shown, in the order of the thread.
func branchesAfter(ctx context.Context, q database.Querier, posts []string, from Cursor, limit int) ([]branch, error) {
	if from.IsZero() {
		from.at = math.MinInt64
	}
	var all []branch
	for _, post := range posts {
		some, err := branchesOf(ctx, q, post, from, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(x, y branch) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.root, y.root)) })
	return all[:min(limit, len(all))], nil
}
