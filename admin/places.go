package admin

import (
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/bloghorn/bloghorn/server/database"
)

// place is the id of something on a page: a reply, a held post, or a group of those.
var place = regexp.MustCompile(`^(r-[a-z2-7]{13}|p-[a-z2-7]{26}|g-[a-z2-7]{13}-[a-z]+)$`)

// leadsTo is the query of a button: the place on the page to go on at, the page, "" for home, and
// behind which reply it begins.
func leadsTo(next, from, after string) string {
	query := url.Values{}
	for name, value := range map[string]string{"next": next, "from": from, "after": after} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query.Encode()
}

// button is where a button sends a decision. It has ids alone, and words of ours.
func button(path, query string) template.URL {
	if query != "" {
		path += "?" + query
	}
	return template.URL(path)
}

// goOn is where a decision leads: to the same page, with what was done in words, and to what stands
// there behind what was decided.
func goOn(r *http.Request, done string) string { return goTo(r, done, r.URL.Query().Get("next")) }

// goTo is goOn for a decision that leads to another place.
func goTo(r *http.Request, done, next string) string {
	query := r.URL.Query()
	path := "/admin/"
	if query.Get("from") == "hidden" {
		path = "/admin/hidden"
	}
	path += "?done=" + done
	if after, err := database.ParseID(query.Get("after")); err == nil {
		path += "&after=" + after.String()
	}
	if !place.MatchString(next) {
		return path
	}
	if strings.HasPrefix(next, "p-") { // it may be folded, and the server does not get what is behind the #
		path += "&at=" + next
	}
	return path + "#" + next
}
