package demo

import (
	"slices"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// maxNesting is how deep the page indents; replies below it stand beside their parent.
const maxNesting = 6

// timeline is the page as the named person sees it; for a name nobody has, as the first person
// does.
func (r *Reader) timeline(name string) timelineView {
	me, ok := personIn(r.people, name)
	if !ok {
		me = r.people[0]
	}
	page := timelineView{Options: r.options, Me: me, People: r.people}
	r.memory.look(func() {
		page.Version, page.Blog, page.Follow = r.memory.version, r.memory.blog, r.memory.follows[me.Name]
		for _, a := range r.memory.articles {
			page.Articles = append(page.Articles, r.articleView(a, me))
		}
	})
	return page
}

// articleView is called with the memory locked, as those below are.
func (r *Reader) articleView(a article, me *person) articleView {
	return articleView{
		article:      a,
		reactionView: r.reactionsTo(a.ID, me),
		Text:         a.HTML.Template(),
		Excerpt:      safehtml.Excerpt(safehtml.Text(a.HTML.String()), 240),
		Anchor:       anchor(a.ID),
		Replies:      r.repliesTo(a.ID, me, 1),
	}
}

func (r *Reader) repliesTo(id string, me *person, depth int) []noteView {
	var views []noteView
	for _, n := range r.memory.notes {
		if n.InReplyTo != id || n.Gone && !r.isAnswered(n.ID) {
			continue
		}
		v := noteView{note: n, reactionView: r.reactionsTo(n.ID, me), Anchor: anchor(n.ID), Mine: n.By == me}
		below := r.repliesTo(n.ID, me, depth+1)
		if depth >= maxNesting {
			views = append(append(views, v), below...)
			continue
		}
		v.Replies = below
		views = append(views, v)
	}
	return views
}

// isAnswered says that a deleted note still holds up others.
func (r *Reader) isAnswered(id string) bool {
	return slices.ContainsFunc(r.memory.notes, func(n note) bool {
		return n.InReplyTo == id && (!n.Gone || r.isAnswered(n.ID))
	})
}

func (r *Reader) reactionsTo(object string, me *person) reactionView {
	v := reactionView{Me: me, object: object}
	v.Liked, v.Likes = r.count(like, object, me)
	v.Boosted, v.Boosts = r.count(boost, object, me)
	return v
}

func (r *Reader) count(kind, object string, me *person) (mine bool, count int) {
	for _, p := range r.people {
		if _, ok := r.memory.reactions[reaction{p.Name, kind, object}]; ok {
			count++
			mine = mine || p == me
		}
	}
	return mine, count
}
