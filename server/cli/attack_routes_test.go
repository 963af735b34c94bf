package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/admin"
	"github.com/bloghorn/bloghorn/server/database"
)

// answered is what one of our addresses answered to one way of asking.
type answered struct {
	from   string // method, address and Accept
	status int
	header http.Header
	body   string
}

func (a answered) isPage() bool { return strings.HasPrefix(a.header.Get("Content-Type"), "text/html") }

// all is everything in it that somebody may read.
func (a answered) all() string { return fmt.Sprint(a.header, a.body) }

// variable is a part of a route's path that a request fills.
var variable = regexp.MustCompile(`{\w+}`)

// everyRoute asks every route of the public listener that can be read, as browsers and as servers do: each with each of the names that its
// path may have, and with each query. It walks the router, so that a route that is new is among them.
func (c *checked) everyRoute(t *testing.T, names, queries []string) (all []answered) {
	t.Helper()
	router, ok := c.Public().(*mux.Router)
	if !ok {
		t.Fatal("the public routes are no mux.Router any more: teach this test to walk them")
	}
	paths := []string{"/livez", "/readyz", "/no-such-address"}
	err := router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		template, err := route.GetPathTemplate()
		paths = append(paths, template)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, template := range paths {
		asked := queries
		if variable.MatchString(template) {
			asked = []string{"", "?page=1"}
		}
		for _, path := range filled(template, names) {
			for _, query := range asked {
				all = append(all, c.answers(t, "GET", path+query)...)
			}
		}
	}
	return all
}

// numbers are what stands for the second variable of a path.
var numbers = []string{"1", "2"}

// filled is a path with each of the names in place of its first variable.
func filled(template string, names []string) []string {
	at := variable.FindStringIndex(template)
	if at == nil {
		return []string{template}
	}
	var all []string
	for _, name := range names {
		all = append(all, filled(template[:at[0]]+name+template[at[1]:], numbers)...)
	}
	return all
}

func (c *checked) answers(t *testing.T, method, path string) (all []answered) {
	t.Helper()
	for _, accept := range []string{"text/html", activityJSON, "application/atom+xml"} {
		res := c.ask(t, method, teaBase+path, accept)
		all = append(all, answered{method + " " + path + " as " + accept, res.StatusCode, res.Header, readAll(t, res)})
	}
	return all
}

// everyName is all that a path of ours can have in the place of a variable: ids and tokens from every table, the names of blogs, numbers.
func (c *checked) everyName(t *testing.T) []string {
	t.Helper()
	all := []string{"1", "2", "2.0", "2.1", "tea", "evil"}
	for _, query := range []string{
		"SELECT id FROM posts", "SELECT id FROM activities", "SELECT id FROM replies", "SELECT id FROM received",
		"SELECT token FROM subscriptions",
	} {
		rows, err := c.DB.Query(t.Context(), query+" ORDER BY 1 DESC LIMIT 5")
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			all = append(all, asInPaths(id))
		}
		rows.Close()
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// everyQuery is each question that one of our routes understands.
func (c *checked) everyQuery(pages ...string) []string {
	all := []string{"", "?page=1", "?page=true", "?resource=acct:tea@tea.test"}
	for _, page := range pages {
		all = append(all, "?url="+url.QueryEscape(page), "?url="+url.QueryEscape(page)+"&page=2")
	}
	return all
}

// adminPages are the pages of a signed-in operator: home, and every page that a page links to.
func (c *checked) adminPages(t *testing.T) (all []answered) {
	t.Helper()
	pages := (&admin.Pages{DB: c.DB, Log: c.Log, Now: c.Now, Interval: time.Minute}).Handler()
	token, err := admin.NewLink(t.Context(), c.DB, c.Now())
	if err != nil {
		t.Fatal(err)
	}
	var cookies []*http.Cookie
	get := func(path string) answered {
		r := httptest.NewRequest("GET", "http://127.0.0.1:8485"+path, nil)
		for _, cookie := range cookies {
			r.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r)
		cookies = append(cookies, w.Result().Cookies()...)
		return answered{"GET " + path, w.Code, w.Result().Header, w.Body.String()}
	}
	get("/admin/?token=" + token)
	links := regexp.MustCompile(`(?:href|action)="(/admin/[^"]*)"`)
	for todo, seen := []string{"/admin/"}, map[string]bool{}; len(todo) > 0; todo = todo[1:] {
		path, _, _ := strings.Cut(todo[0], "#")
		if seen[path] {
			continue
		}
		seen[path] = true
		page := get(path)
		all = append(all, page)
		for _, link := range links.FindAllStringSubmatch(page.body, -1) {
			todo = append(todo, strings.ReplaceAll(link[1], "&amp;", "&"))
		}
	}
	if all[0].status != http.StatusOK {
		t.Fatalf("the admin pages: %d %s", all[0].status, all[0].body)
	}
	return all
}

// asInPaths is an id as paths have it: the numbers of our tables are 13 letters there.
func asInPaths(id string) string {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		return database.ID(n).String()
	}
	return id
}
