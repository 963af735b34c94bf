package replies_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

// choosy is a network in which one host answers questions of one actor of ours, and 401 to those of
// all others.
type choosy struct {
	http.RoundTripper
	host, takes string
}

func (c choosy) RoundTrip(r *http.Request) (*http.Response, error) {
	signed := r.Header.Get("Signature") + r.Header.Get("Signature-Input")
	if r.Method == "GET" && r.URL.Host == c.host && !strings.Contains(strings.ToLower(signed), `keyid="`+c.takes+`#`) {
		return &http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	}
	return c.RoundTripper.RoundTrip(r)
}

// Their server takes no question of our instance actor: it has blocked it, or kept an old key of
// it. What they do here has its effect all the same, for they are asked for in the name of the
// blog.
func TestKindsOfActivitiesOfServersThatTakeTheBlogAlone(t *testing.T) {
	const gts = "gts.example"
	chaiID := base + "/blogs/chai"
	for what, test := range map[string]struct {
		takes string
		do    func(w *world, bo *fediversetest.Person) *fediversetest.Sent
	}{
		"a Follow to the blog's inbox": {chaiID, func(_ *world, bo *fediversetest.Person) *fediversetest.Sent {
			return bo.Follow(chaiID, to(chaiID+"/inbox"))
		}},
		"a Follow to the shared inbox": {chaiID, func(_ *world, bo *fediversetest.Person) *fediversetest.Sent {
			return bo.Follow(chaiID, to(shared))
		}},
		"a reply to the shared inbox": {base + "/blogs/tea", func(w *world, bo *fediversetest.Person) *fediversetest.Sent {
			return bo.Reply(w.teaID, "hot", to(shared))
		}},
		"an answer to somebody else's reply": {base + "/blogs/tea", func(w *world, bo *fediversetest.Person) *fediversetest.Sent {
			ada := w.fedi.Person("ada", "pasture.example")
			return bo.Reply(w.accepted(ada.Reply(w.teaID, "cold")).ObjectID, "hot", to(shared), with("cc", []any{ada.ID}), with("tag", nil))
		}},
		"a Like": {base + "/blogs/tea", func(w *world, bo *fediversetest.Person) *fediversetest.Sent {
			return bo.Like(w.teaID, to(shared))
		}},
		"a note for the blog that answers nothing": {chaiID, func(_ *world, bo *fediversetest.Person) *fediversetest.Sent {
			return bo.Reply("", "hello", to(shared), with("inReplyTo", nil), with("cc", []any{chaiID}), with("to", []any{activitypub.Public}))
		}},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, databasetest.Open(t))
			keys := keyring.New(w.db, []byte("0123456789abcdef0123456789abcdef"), w.clock)
			w.addBlog(safehttp.New(safehttp.Options{UserAgent: "test", OnlyHTTPS: true, Transport: w.fedi}), keys, "chai")
			w.net = choosy{w.fedi, gts, test.takes}
			w.restart()
			w.accepted(test.do(w, w.fedi.Person("bo", gts)))
			if n := w.count("SELECT COUNT(*) FROM received WHERE state = 'queued'"); n != 0 {
				t.Error("it waits for a document that cannot be had")
			}
		})
	}
}
