package feeds

import (
	"context"
	"maps"
	"slices"

	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/feeds/textsim"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// settle weighs pairs, with their texts where names do not decide, and keeps the best.
func (r *reconciler) settle(ctx context.Context, pairs []pair) error {
	evidences := make([]evidence, len(pairs))
	unsure := map[string]bool{}
	for n, p := range pairs {
		it, post := r.items[p.item], r.posts[p.post]
		e := compareNames(it, post, r.lastPoll)
		e.guid, e.redirect = e.guid || it.ownGuid && !post.sharesNames && post.isMadeOf(r.blog.Origin, it.GUID), p.redirect
		if evidences[n] = e; score(e).needsText() {
			unsure[post.id] = true
		}
	}
	theirs, err := r.texts(ctx, unsure)
	if err != nil {
		return err
	}
	ours := map[int]textsim.Text{}
	for n := range pairs {
		p := &pairs[n]
		if text, ok := theirs[r.posts[p.post].id]; ok {
			if _, ok := ours[p.item]; !ok {
				ours[p.item] = textsim.Of(textOf(r.items[p.item].Item))
			}
			evidences[n].text = similarity(ours[p.item], text)
		}
		p.matchScore = score(evidences[n])
	}
	// Of posts that are equally like an item one that is there goes before one that is gone, and that before what was gone earlier.
	slices.SortStableFunc(pairs, func(a, b pair) int { return r.posts[a.post].compareLife(r.posts[b.post]) })
	for _, p := range assign(pairs) {
		r.found[p.item], r.taken[p.post] = p, true
	}
	return nil
}

func (s stored) compareLife(other stored) int {
	if s.removed != other.removed {
		if s.removed {
			return 1
		}
		return -1
	}
	return other.generation - s.generation
}

// isMadeOf says that the post's id was derived from this name, whatever it is called today.
func (s stored) isMadeOf(origin, name string) bool { return s.id == postID(origin, name, s.generation) }

func (r *reconciler) texts(ctx context.Context, of map[string]bool) (map[string]textsim.Text, error) {
	texts, err := storedTexts(ctx, r.q, slices.Sorted(maps.Keys(of)))
	if err != nil {
		return nil, err
	}
	sets := map[string]textsim.Text{}
	for id, text := range texts {
		sets[id] = textsim.Of(text)
	}
	return sets, nil
}

// textOf is an item's text as that of its post would be stored.
func textOf(it parser.Item) string {
	return safehtml.Text(safehtml.Article(parser.Paragraphs(it.Content), it.Base).String())
}
