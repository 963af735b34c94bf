package widget

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/replies"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	maxForm    = 16 << 10 // bytes
	maxExcerpt = 160      // characters of what is answered
)

// pageView is what page.html shows.
type pageView struct {
	Title, PostURL   string
	BlogTitle, Site  string
	Handle           string
	Style            string // address of the stylesheet
	URL, Blog, Reply string // for the form to come back with
	To, ToText       string // whom, and what of hers, the answer is to; "" for the post
	ObjectID         string
	Account, Problem string // what was typed and what is wrong with it
	Missing          bool   // the reply that should be answered is not there
	Thread           threadView
	NotFound         string // if not "", there is nothing but these words
}

// Page is the thread as a page of its own with a form to answer: GET /thread?url=…[&blog=…][&reply=…]; its form comes back as POST.
func (h *Handlers) Page(w http.ResponseWriter, r *http.Request) error {
	answer := h.show
	if r.Method == http.MethodPost {
		answer = h.send
	}
	err := answer(w, r)
	if errors.Is(err, web.ErrNotFound) {
		return h.notFound(w, r, err)
	}
	return err
}

func (h *Handlers) show(w http.ResponseWriter, r *http.Request) error {
	return h.thread(w, r, pageFormat)
}

// notFound says in a page what other formats say in a line.
func (h *Handlers) notFound(w http.ResponseWriter, r *http.Request, cause error) error {
	body, err := execute("page.html", pageView{Title: "No comments here yet", Style: styleURL(), NotFound: cause.Error()})
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	web.Write(w, r, web.Page{Type: pageFormat.contentType, Body: body, CacheControl: notFoundCache, Status: http.StatusNotFound})
	return nil
}

func renderPage(a asked, t replies.Thread) ([]byte, error) {
	return execute("page.html", pageOf(a, t))
}

// send answers the form: 303 to the reader's server, which asks her what to write. We neither ask it anything nor remember it.
func (h *Handlers) send(w http.ResponseWriter, r *http.Request) error {
	pageFormat.allow(w)
	w.Header().Set("Cache-Control", noStore)
	body, err := web.ReadBody(w, r, maxForm)
	if err != nil {
		return err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return fmt.Errorf("%w: this is not a form", web.ErrInvalid)
	}
	a, err := h.ask(w, r, form)
	if err != nil {
		return err
	}
	thread, err := replies.ReadThread(r.Context(), h.DB, a.blog, a.post)
	if err != nil {
		return fmt.Errorf("read thread %s: %w", a.post.ID, err)
	}
	v := pageOf(a, thread)
	v.Account = strings.ToValidUTF8(form.Get("account"), "\uFFFD")
	host, problem := serverName(v.Account)
	if problem == "" {
		web.Redirect(w, r, answerURL(host, v.ObjectID))
		return nil
	}
	v.Problem = problem
	return again(w, r, v)
}

// again shows the form with what was wrong.
func again(w http.ResponseWriter, r *http.Request, v pageView) error {
	body, err := execute("page.html", v)
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	web.Write(w, r, web.Page{Type: pageFormat.contentType, Body: body, CacheControl: noStore, Status: http.StatusUnprocessableEntity})
	return nil
}

func pageOf(a asked, t replies.Thread) pageView {
	v := pageView{
		Title: titleOf(a), PostURL: a.post.URL, BlogTitle: orElse(a.blog.Title, a.blog.Handle()), Site: a.blog.SiteURL, Handle: a.blog.Handle(),
		Style: styleURL(), URL: a.url, Blog: a.name, ObjectID: publisher.PostID(a.blog, a.post.ID), Thread: viewOf(a, t),
	}
	if a.reply == "" {
		return v
	}
	item, ok := findReply(t.Items, a.reply)
	if !ok {
		v.Missing = true
		return v
	}
	v.Reply, v.To, v.ObjectID = a.reply, nameOf(item.Author), item.ObjectURI
	v.ToText = safehtml.Excerpt(safehtml.Text(safehtml.TrimMention(item.HTML, a.blog.Handle()).String()), maxExcerpt)
	if item.CW != "" {
		v.ToText = "Content warning: " + safehtml.Excerpt(item.CW, maxExcerpt)
	}
	return v
}

// findReply finds a reply that readers see.
func findReply(items []replies.Item, id string) (replies.Item, bool) {
	wanted, err := database.ParseID(id)
	for _, item := range items {
		if err == nil && item.ID == wanted && !item.Placeholder {
			return item, true
		}
	}
	return replies.Item{}, false
}

// titleOf names a post; notes have no title.
func titleOf(a asked) string {
	return orElse(a.post.Title, orElse(safehtml.Excerpt(a.post.Teaser, 80), "a post"))
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
