package replies

import (
	"errors"
	"testing"

	"github.com/bloghorn/bloghorn/server/web"
)

// TestAuthorityMatrix goes through every combination of who signs, who acts and whose things are named, and allows only what the table of
// rights allows: one actor, her own server, and what our database knows as hers.
func TestAuthorityMatrix(t *testing.T) {
	const (
		self      = "https://pasture.example/users/ada"
		neighbour = "https://pasture.example/users/bob"
		other     = "https://evil.example/users/mallory"
		ours      = "https://fedi.blog.example/blogs/tea"
	)
	var (
		people = []string{self, neighbour, other, ours, ""}
		ids    = []string{"https://pasture.example/1", "http://pasture.example/1", "https://pasture.example:8443/1", "https://evil.example/1",
			"https://fedi.blog.example/posts/1", ""}
		objects = append([]string{self}, ids...)
		kinds   = []string{"Create", "Update", "Delete", "Undo", "Like", "EmojiReact", "Announce", "Follow", "Block", "Flag", "Move", "Add"}
	)
	cases, allowed := 0, 0
	for _, kind := range kinds {
		for _, signer := range people {
			for _, id := range ids {
				for _, object := range objects {
					for _, author := range people {
						for _, owner := range people {
							for _, inner := range people {
								c := claim{kind: kind, signer: signer, actor: self, id: id, object: object, author: author, owner: owner, inner: inner}
								err := authorise(c)
								cases++
								if err == nil {
									allowed++
								}
								if want := legal(c); want != (err == nil) {
									t.Errorf("%+v: %v", c, err)
								}
								if err != nil && !errors.Is(err, web.ErrRefused) && !errors.Is(err, web.ErrInvalid) {
									t.Errorf("%+v: %v has no kind", c, err)
								}
							}
						}
					}
				}
			}
		}
	}
	if cases < 200_000 || allowed == 0 {
		t.Errorf("%d cases, %d allowed", cases, allowed)
	}
}

// legal is the table written down once more, as a list of what is allowed.
func legal(c claim) bool {
	const mine, home = "https://pasture.example/users/ada", "https://pasture.example/1"
	if c.signer != mine {
		return false
	}
	optional := c.kind == "Follow" || c.kind == "Like" || c.kind == "EmojiReact" || c.kind == "Flag" || c.kind == "Move" || c.kind == "Add"
	sameHost := c.id == home || c.id == "http://pasture.example/1"
	if !sameHost && !(c.id == "" && optional) {
		return false
	}
	nobodyElses := c.owner == "" || c.owner == mine
	switch c.kind {
	case "Create":
		return (c.object == home || c.object == mine) && c.author == mine && nobodyElses
	case "Update":
		return c.object == mine || c.object == home && c.author == mine && nobodyElses
	case "Delete":
		return c.object == mine || c.owner == mine || c.owner == "" && c.object == home
	case "Undo":
		return nobodyElses && (c.inner == "" || c.inner == mine)
	}
	return true
}
