package widget

import (
	"github.com/bloghorn/bloghorn/replies"
	"github.com/bloghorn/bloghorn/server/database"
)

// maxNesting is how many lists of answers stand in each other. Deeper answers follow in the last list.
const maxNesting = 3

// branch is a reply with the answers to be shown below it.
type branch struct {
	item    replies.Item
	parent  *replies.Item // whom it answers, where its place does not say so
	answers []*branch
	level   int
}

// nest makes a tree of items that come oldest first, each after its parent. A reply whose parent is not among them stands by itself.
func nest(items []replies.Item) []*branch {
	root := &branch{level: -1}
	byID := map[database.ID]*branch{}
	host := map[*branch]*branch{} // whose list the branch stands in
	for i := range items {
		b := &branch{item: items[i]}
		above := root
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
	return root.answers
}
