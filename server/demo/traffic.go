package demo

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/web"
)

const maxTrafficBody = 32 * 1024 // bytes kept of one activity

// exchange is one request between the reader and another server, for "What just happened" and for
// the script.
type exchange struct {
	At       time.Time     `json:"at"`
	Took     time.Duration `json:"took"` // nanoseconds
	Incoming bool          `json:"incoming"`
	Method   string        `json:"method"`
	URL      string        `json:"url"`
	Type     string        `json:"type,omitempty"`
	ID       string        `json:"id,omitempty"`
	Actor    string        `json:"actor,omitempty"`
	Object   string        `json:"object,omitempty"`
	Status   int           `json:"status"` // 0: no answer
	Verdict  string        `json:"verdict"`
	Body     string        `json:"body,omitempty"`
}

// describe fills in what the activity says about itself.
func (e exchange) describe(body []byte) exchange {
	doc, err := activitypub.Parse(body)
	if err != nil {
		return e
	}
	e.Type, e.ID, e.Actor, e.Object = doc.Type(), doc.ID(), doc.Ref("actor"), doc.Ref("object")
	var pretty bytes.Buffer
	if json.Indent(&pretty, body, "", "  ") == nil && pretty.Len() <= maxTrafficBody {
		e.Body = pretty.String()
	}
	return e
}

// Failed says that the request did not do what it was sent for.
func (e exchange) Failed() bool { return e.Status < 200 || e.Status > 299 }

// Millis is how long it took, for the page.
func (e exchange) Millis() int64 { return e.Took.Milliseconds() }

// record is no change of the timeline, so the version stays.
func (m *memory) record(e exchange) {
	m.look(func() {
		m.traffic = append([]exchange{e}, m.traffic[:min(len(m.traffic), maxTraffic-1)]...)
	})
}

func (m *memory) recent() (all []exchange) {
	m.look(func() { all = slices.Clone(m.traffic) })
	return all
}

// trafficPage shows what went over the wire: a page for people, JSON for the script.
func (r *Reader) trafficPage(w http.ResponseWriter, req *http.Request) error {
	recent := r.memory.recent()
	if wantsJSON(req) {
		return web.JSON(w, req, recent)
	}
	data := struct {
		Options Options
		Traffic []exchange
	}{r.options, recent}
	return render(w, req, readerTemplates, "traffic", http.StatusOK, readerCSP, data)
}
