package widget

import (
	"slices"

	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// maxNesting is how many lists of answers stand in each other. Deeper answers follow in the last
// list.
const maxNesting = 3

// branch is a reply with the answers to be shown below it.
type branch struct {
	item      thread.Item
	parent    *thread.Item // whom it answers, where its place does not say so
	elsewhere bool         // and that stands on another page
	answers   []*branch
	more      thread.More // what is left of it, for the last of a branch of the thread
	level     int
}

// nest makes a tree of the items of a page, which come oldest first, each after its parent. A reply
// whose parent is on another page stands below the beginning of its branch, and one that has none
// by itself.
func nest(t thread.Thread) []*branch {
	items := t.Items
	root := &branch{level: -1}
	byID, away := map[database.ID]*branch{}, map[database.ID]*thread.Item{}
	host := map[*branch]*branch{} // whose list the branch stands in
	for i := range t.Elsewhere {
		away[t.Elsewhere[i].ID] = &t.Elsewhere[i]
	}
	for i := range items {
		b := &branch{item: items[i]}
		above := root
		if parent := away[b.item.ParentID]; parent != nil {
			b.parent, b.elsewhere = parent, true
			if begins := byID[b.item.RootID]; begins != nil {
				above = begins
			}
		}
		if parent := byID[b.item.ParentID]; parent != nil {
			above = parent
			if parent.level == maxNesting {
				above, b.parent = host[parent], &parent.item
			}
		}
		b.level = above.level + 1
		above.answers = append(above.answers, b)
		byID[b.item.ID], host[b] = b, above
	}
	for _, more := range t.More {
		for _, b := range slices.Backward(root.answers) {
			if b.item.RootID == more.Root {
				b.more = more
				break
			}
		}
	}
	return root.answers
}
