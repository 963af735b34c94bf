package demo

import (
	"html/template"
	"net/http"
	"net/url"

	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
)

const maxForm = 128 * 1024 // bytes

func (b *Blog) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", web.HandlerFunc(b.home))
	mux.Handle("GET /{slug}/{$}", web.HandlerFunc(b.page))
	mux.Handle("GET /feed.xml", web.HandlerFunc(b.feed))
	mux.Handle("GET /static/{name}", web.Files(staticFiles, "static"))
	if b.options.AdminLink != nil {
		mux.Handle("GET /admin", web.HandlerFunc(b.admin))
	}
	mux.Handle("POST /publish", web.HandlerFunc(b.publish))
	mux.Handle("POST /{slug}/edit", web.HandlerFunc(b.edit))
	return onlyFromHere(authority(b.options.BlogURL), mux)
}

// blogPage is what the templates of the blog see.
type blogPage struct {
	Title, Subtitle, Author string
	Options                 Options
	Entries                 []entryView
	Entry                   entryView
	Draft                   Entry
	Problem                 string // why a form was not taken
	ThreadURL               string // the conversation without JavaScript
}

type entryView struct {
	Entry
	URL     string
	Text    template.HTML
	Excerpt string
}

func (b *Blog) view(e Entry) entryView {
	base, _ := url.Parse(b.URL(e)) // made by us; a nil base would only lose relative links
	text := safehtml.Article(e.HTML, base)
	return entryView{Entry: e, URL: b.URL(e), Text: text.Template(), Excerpt: safehtml.Excerpt(safehtml.Text(e.HTML), 180)}
}

func (b *Blog) data() blogPage {
	return blogPage{Title: blogTitle, Subtitle: blogSubtitle, Author: blogAuthor, Options: b.options, Draft: b.draft()}
}

// admin signs in whoever sits at this computer: each link is good once, and this address as often
// as one comes.
func (b *Blog) admin(w http.ResponseWriter, r *http.Request) error {
	link, err := b.options.AdminLink(r.Context())
	if err == nil {
		web.Redirect(w, r, link)
	}
	return err
}

func (b *Blog) home(w http.ResponseWriter, r *http.Request) error {
	return b.showHome(w, r, http.StatusOK, b.data())
}

func (b *Blog) showHome(w http.ResponseWriter, r *http.Request, status int, data blogPage) error {
	for _, e := range b.Entries() {
		data.Entries = append(data.Entries, b.view(e))
	}
	return b.show(w, r, "home", status, data)
}

func (b *Blog) page(w http.ResponseWriter, r *http.Request) error {
	e, err := b.entry(r.PathValue("slug"))
	if err != nil {
		return err
	}
	return b.showEntry(w, r, http.StatusOK, e, "")
}

func (b *Blog) showEntry(w http.ResponseWriter, r *http.Request, status int, e Entry, problem string) error {
	data := b.data()
	data.Entry, data.Problem = b.view(e), problem
	data.ThreadURL = b.options.Bloghorn + "/thread?url=" + url.QueryEscape(data.Entry.URL)
	return b.show(w, r, "entry", status, data)
}

func (b *Blog) show(w http.ResponseWriter, r *http.Request, name string, status int, data blogPage) error {
	// The widget's script, its data and its reply form are Bloghorn's; nothing else is let in.
	theirs := origin(b.options.Bloghorn)
	csp := "default-src 'none'; style-src 'self'; script-src 'self' " + theirs + "; connect-src " + theirs + "; img-src 'self' " + theirs +
		"; form-action 'self' " + theirs + "; base-uri 'none'; frame-ancestors 'none'"
	return render(w, r, blogTemplates, name, status, csp, data)
}

func (b *Blog) publish(w http.ResponseWriter, r *http.Request) error {
	title, html, err := entryForm(w, r)
	if err != nil {
		return err
	}
	e, err := b.Publish(title, html)
	if err != nil {
		return b.refuse(w, r, err, func(status int) error {
			data := b.data()
			data.Problem, data.Draft = err.Error(), Entry{Title: title, HTML: html}
			return b.showHome(w, r, status, data)
		})
	}
	return b.done(w, r, e)
}

func (b *Blog) edit(w http.ResponseWriter, r *http.Request) error {
	slug := r.PathValue("slug")
	title, html, err := entryForm(w, r)
	if err != nil {
		return err
	}
	e, err := b.Edit(slug, title, html)
	if err != nil {
		return b.refuse(w, r, err, func(status int) error {
			known, missing := b.entry(slug)
			if missing != nil {
				return missing
			}
			known.Title, known.HTML = title, html
			return b.showEntry(w, r, status, known, err.Error())
		})
	}
	return b.done(w, r, e)
}

// done answers a form: a browser goes to the page, a program learns the address.
func (b *Blog) done(w http.ResponseWriter, r *http.Request, e Entry) error {
	if wantsJSON(r) {
		return web.JSON(w, r, map[string]string{"url": b.URL(e)})
	}
	web.Redirect(w, r, "/"+e.Slug+"/")
	return nil
}

// refuse answers a form that was not taken: a browser gets it again, filled in as it was.
func (b *Blog) refuse(w http.ResponseWriter, r *http.Request, err error, again func(status int) error) error {
	if wantsJSON(r) {
		return err
	}
	return again(web.Status(err))
}

func entryForm(w http.ResponseWriter, r *http.Request) (title, html string, err error) {
	form, err := readForm(w, r)
	return form.Get("title"), form.Get("html"), err
}
