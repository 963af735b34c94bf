package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/web"
)

// webFinger says which actor a handle means (RFC 7033).
func (r *Reader) webFinger(w http.ResponseWriter, req *http.Request) error {
	resource := req.URL.Query().Get("resource")
	if resource == "" {
		return fmt.Errorf("%w: ask with ?resource=acct:name@%s", web.ErrInvalid, r.host)
	}
	for _, p := range r.people {
		if strings.EqualFold(resource, "acct:"+p.Handle[1:]) || resource == p.ID {
			return r.write(w, req, "application/jrd+json", p.webFinger())
		}
	}
	return fmt.Errorf("%w: nobody here is called %q", web.ErrNotFound, resource)
}

// person answers servers with the actor and people with the page.
func (r *Reader) person(w http.ResponseWriter, req *http.Request) error {
	p, err := r.named(req.PathValue("name"))
	if err != nil {
		return err
	}
	if !activitypub.Wants(req.Header.Get("Accept")) {
		web.Redirect(w, req, "/?as="+p.Name)
		return nil
	}
	r.memory.record(exchange{
		At: r.options.Now(), Incoming: true, Method: req.Method, URL: p.ID, Type: "Person", ID: p.ID,
		Status: http.StatusOK, Verdict: "asked by " + agent(req),
	})
	return r.writeActivity(w, req, p.actor(r.options.ReaderURL))
}

// agent is who a request says it comes from, short enough for a page.
func agent(req *http.Request) string {
	name := req.UserAgent()
	return name[:min(len(name), 80)]
}

func (r *Reader) emptyCollection(w http.ResponseWriter, req *http.Request) error {
	if _, err := r.named(req.PathValue("name")); err != nil {
		return err
	}
	return r.writeActivity(w, req, document{
		"@context": activityStreams, "id": r.options.ReaderURL + req.URL.Path, "type": "OrderedCollection", "totalItems": 0,
	})
}

// noteDocument serves a reply to whoever may see it; a deleted one is gone for good.
func (r *Reader) noteDocument(w http.ResponseWriter, req *http.Request) error {
	n, ok := r.memory.note(r.options.ReaderURL + "/notes/" + req.PathValue("id"))
	switch {
	case !ok || n.Private:
		return fmt.Errorf("%w: no such note", web.ErrNotFound)
	case n.Gone:
		return fmt.Errorf("%w: its author deleted this note", web.ErrGone)
	case !activitypub.Wants(req.Header.Get("Accept")):
		web.Redirect(w, req, "/#"+anchor(n.ID))
		return nil
	}
	doc := r.noteObject(n)
	doc["@context"] = activityStreams
	return r.writeActivity(w, req, doc)
}

// named finds a person of this server.
func (r *Reader) named(name string) (*person, error) {
	if p, ok := personIn(r.people, name); ok {
		return p, nil
	}
	return nil, fmt.Errorf("%w: nobody here is called %q", web.ErrNotFound, name)
}

func (r *Reader) writeActivity(w http.ResponseWriter, req *http.Request, doc document) error {
	body, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	web.ActivityJSON(w, req, body)
	return nil
}

func (r *Reader) write(w http.ResponseWriter, req *http.Request, contentType string, doc document) error {
	body, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	web.Write(w, req, web.Page{Type: contentType, Body: body, Public: true})
	return nil
}
