package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/bloghorn/bloghorn/server/web"
)

const readerCSP = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// action is what a form can ask for; it returns the id of what it made.
type action func(ctx context.Context, who string, form url.Values) (id string, err error)

func (r *Reader) actions() map[string]action {
	onObject := func(f func(ctx context.Context, who, object string) (string, error)) action {
		return func(ctx context.Context, who string, form url.Values) (string, error) {
			return f(ctx, who, form.Get("object"))
		}
	}
	onBlog := func(f func(ctx context.Context, who string) (string, error)) action {
		return func(ctx context.Context, who string, _ url.Values) (string, error) { return f(ctx, who) }
	}
	return map[string]action{
		"follow":   onBlog(r.Follow),
		"unfollow": onBlog(r.Unfollow),
		"like":     onObject(r.Like),
		"unlike":   onObject(r.Unlike),
		"boost":    onObject(r.Boost),
		"unboost":  onObject(r.Unboost),
		"delete":   onObject(r.Delete),
		"reply": func(ctx context.Context, who string, form url.Values) (string, error) {
			return r.Reply(ctx, who, form.Get("object"), form.Get("text"), form.Get("private") != "")
		},
		"edit": func(ctx context.Context, who string, form url.Values) (string, error) {
			return r.Edit(ctx, who, form.Get("object"), form.Get("text"))
		},
	}
}

// do is behind every button: a browser comes back to the timeline, a program gets the id.
func (r *Reader) do(w http.ResponseWriter, req *http.Request) error {
	name := req.PathValue("action")
	act, ok := r.actions()[name]
	if !ok {
		return fmt.Errorf("%w: nothing here is called %q", web.ErrNotFound, name)
	}
	form, err := readForm(w, req)
	if err != nil {
		return err
	}
	who := form.Get("as")
	id, err := act(req.Context(), who, form)
	switch {
	case err != nil:
		return r.failed(w, req, name, form, err)
	case wantsJSON(req):
		return web.JSON(w, req, map[string]string{"id": id})
	}
	web.Redirect(w, req, "/?"+url.Values{"as": {who}, "done": {name}}.Encode()+place(name, id, form))
	return nil
}

// place is where on the page the result of an action is.
func place(name, id string, form url.Values) string {
	switch name {
	case "follow", "unfollow", "delete":
		return ""
	case "reply":
		return "#" + anchor(id)
	}
	return "#" + anchor(form.Get("object"))
}

// failed says on the page what went wrong, and keeps what the person wrote.
func (r *Reader) failed(w http.ResponseWriter, req *http.Request, name string, form url.Values, err error) error {
	if !isRemote(err) && (wantsJSON(req) || web.Status(err) >= http.StatusInternalServerError) {
		return err
	}
	status := web.Status(err)
	if isRemote(err) {
		status = http.StatusBadGateway
	}
	if wantsJSON(req) {
		body, err := json.Marshal(map[string]string{"error": err.Error()})
		web.Write(w, req, web.Page{Type: "application/json", Body: body, CacheControl: "no-store", Status: status})
		return err
	}
	page := r.timeline(form.Get("as"))
	page.Problem = err.Error()
	if name == "reply" || name == "edit" {
		page.Lost = form.Get("text")
	}
	return render(w, req, readerTemplates, "timeline", status, readerCSP, page)
}

func (r *Reader) timelinePage(w http.ResponseWriter, req *http.Request) error {
	page := r.timeline(req.URL.Query().Get("as"))
	page.Done = doneWords[req.URL.Query().Get("done")]
	return render(w, req, readerTemplates, "timeline", http.StatusOK, readerCSP, page)
}

// doneWords is what the page says after an action. The query only picks one of them.
var doneWords = map[string]string{
	"follow":   "Follow sent. The blog's server answers with an Accept.",
	"unfollow": "You no longer follow the blog.",
	"like":     "Liked.",
	"unlike":   "Like taken back.",
	"boost":    "Boosted.",
	"unboost":  "Boost taken back.",
	"reply":    "Reply sent, and accepted by the blog's server.",
	"edit":     "Change sent.",
	"delete":   "Deleted, here and there.",
}

// version tells the page's script whether there is something new.
func (r *Reader) version(w http.ResponseWriter, req *http.Request) error {
	var n int
	r.memory.look(func() { n = r.memory.version })
	return web.JSON(w, req, map[string]int{"version": n})
}
