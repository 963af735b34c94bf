package publisher

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// maxPage is how long the address of a page may be, in bytes.
const maxPage = 2048

// PageObject leads from the address of a post's page (?url=, and ?blog= where several blogs have
// it) to the post's id. The web server of a blog can send there whoever asks it for an ActivityPub
// document, and a page can name it without knowing the id. It leads nowhere but to ids of ours.
func (h *Handlers) PageObject(w http.ResponseWriter, r *http.Request) error {
	page := pageAsked(r)
	if page == "" || len(page) > maxPage {
		return fmt.Errorf("%w: name the page in ?url=, for instance ?url=https://blog.example/a-post, in at most %d bytes", web.ErrInvalid, maxPage)
	}
	post, blog, err := feeds.FindPost(r.Context(), h.DB, page, r.URL.Query().Get("blog"))
	if errors.Is(err, database.ErrNotFound) {
		return fmt.Errorf("%w: no post is published at that address", web.ErrNotFound)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "max-age=300") // the post may be removed, or its page become another's
	web.Redirect(w, r, ids.PostID(blog, post.ID))
	return nil
}

// pageAsked is the page that is named last in a query: as a form would write it, or as it is, to
// the end of the query, for web servers have no way to encode what they were asked for.
func pageAsked(r *http.Request) string {
	before, raw, found := strings.Cut(r.URL.RawQuery, "url=")
	if found && (before == "" || strings.HasSuffix(before, "&")) && (strings.HasPrefix(raw, "https://") || strings.HasPrefix(raw, "http://")) {
		return raw
	}
	return r.URL.Query().Get("url")
}

// PageObjectURL is where PageObject answers for pages of a blog, without the address of the page,
// which is put at its end.
func PageObjectURL(b feeds.Blog) string { return b.BaseURL + "/posts?url=" }
