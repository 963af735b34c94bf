package widget

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/replies/thread"
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
	To, ToText       string // whom, and what of theirs, the answer is to; "" for the post
	ObjectID         string
	Account, Problem string // what was typed and what is wrong with it
	Missing          bool   // the reply that should be answered is not there
	Thread           threadView
	NotFound         string // if not "", there is nothing but these words
}

// Page is the thread as a page of its own with a form to answer: GET
// /thread?url=…[&blog=…][&cursor=…][&reply=…]; its form comes back as POST.
func (h *Handlers) Page(w http.ResponseWriter, r *http.Request) error {
	var err error
	if r.Method == http.MethodPost {
		err = h.send(w, r)
	} else {
		err = h.thread(w, r, h.pageFormat())
	}
	if errors.Is(err, web.ErrNotFound) {
		return h.notFound(w, r, err)
	}
	return err
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

func renderPage(a asked, p page) ([]byte, error) {
	return execute("page.html", pageOf(a, p))
}

// ownForms tells the form of our own page from one on another site, which could send its readers
// anywhere in our name: an open redirect.
var ownForms = http.NewCrossOriginProtection()

// send answers the form: 303 to the reader's server, which asks them what to write. We neither ask
// it anything nor remember it. A form of another site gets our page with what it filled in, so that
// the reader sees where they would go.
func (h *Handlers) send(w http.ResponseWriter, r *http.Request) error {
	h.pageFormat().allow(w)
	w.Header().Set("Cache-Control", noStore)
	body, err := web.ReadBody(w, r, maxForm)
	if err != nil {
		return err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return fmt.Errorf("%w: this is not a form", web.ErrInvalid)
	}
	a, err := h.ask(r.Context(), form)
	if err != nil {
		return err
	}
	account := strings.ToValidUTF8(form.Get("account"), "\uFFFD")
	address, host, problem := h.serverOf(account)
	status := http.StatusUnprocessableEntity
	if problem == "" && ownForms.Check(r) != nil {
		problem, status = "Another page sent you here. Press the button if you want to go to "+host+".", http.StatusForbidden
	}
	if problem == "" {
		to, err := h.answered(r.Context(), a)
		if err != nil {
			return fmt.Errorf("find the reply: %w", err)
		}
		web.Redirect(w, r, address+answerPath(objectOf(a, to)))
		return nil
	}
	a.cursor = thread.Cursor{}
	p, err := h.read(r.Context(), a)
	if err != nil {
		return err
	}
	v := pageOf(a, p)
	v.Account, v.Problem = account, problem
	return again(w, r, v, status)
}

// objectOf is the id of what is answered.
func objectOf(a asked, to thread.Item) string {
	if to.ID != 0 {
		return to.ObjectURI
	}
	return ids.PostID(a.blog, a.post.ID)
}

// again shows the form with what was wrong.
func again(w http.ResponseWriter, r *http.Request, v pageView, status int) error {
	body, err := execute("page.html", v)
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	web.Write(w, r, web.Page{Type: pageFormat.contentType, Body: body, CacheControl: noStore, Status: status})
	return nil
}

func pageOf(a asked, p page) pageView {
	v := pageView{
		Title: titleOf(a), PostURL: a.post.URL, BlogTitle: cmp.Or(a.blog.Title, a.blog.Handle()), Site: a.blog.SiteURL, Handle: a.blog.Handle(),
		Style: styleURL(), URL: a.url, Blog: a.name, ObjectID: objectOf(a, p.to), Thread: viewOf(a, p.Thread),
	}
	item := p.to
	if item.ID == 0 {
		v.Missing = a.answers
		return v
	}
	v.Reply, v.To = item.ID.String(), nameOf(item.Author)
	v.ToText = safehtml.Excerpt(safehtml.Text(safehtml.TrimMention(item.HTML, a.handles()...).String()), maxExcerpt)
	if item.CW != "" {
		v.ToText = "Content warning: " + safehtml.Excerpt(item.CW, maxExcerpt)
	}
	return v
}

// titleOf names a post; notes have no title.
func titleOf(a asked) string {
	return cmp.Or(a.post.Title, safehtml.Excerpt(a.post.Teaser, 80), "a post")
}
