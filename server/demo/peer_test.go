package demo_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/demo"
)

// peer stands for Bloghorn: one actor with a key and an outbox of one post, and an inbox that remembers what came.
type peer struct {
	*httptest.Server
	key signature.Key

	mu     sync.Mutex
	status int // of the inbox
	inbox  []request
}

type request struct {
	*http.Request
	body []byte
}

var peerKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// newPeer starts the peer, and a reader that believes the peer to be Bloghorn.
func newPeer(t *testing.T) (*peer, *demo.Reader) {
	t.Helper()
	p := &peer{status: http.StatusAccepted}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	p.key = signature.Key{ID: p.actor() + "#main-key", Private: peerKey()}
	r, err := demo.NewReader(demo.Options{Bloghorn: p.URL, Actor: p.actor(), BlogURL: blogURL, ReaderURL: readerURL})
	if err != nil {
		t.Fatal(err)
	}
	return p, r
}

const (
	readerURL       = "http://127.0.0.1:8487"
	activityStreams = "https://www.w3.org/ns/activitystreams"
)

func (p *peer) actor() string { return p.URL + "/blogs/harbour" }
func (p *peer) post() string  { return p.URL + "/posts/one" }

func (p *peer) article(name, content string) map[string]any {
	return map[string]any{
		"id": p.post(), "type": "Article", "attributedTo": p.actor(), "name": name, "content": content, "url": blogURL + "/one/",
		"published": "2026-01-05T08:00:00Z", "to": []string{activitypub.Public},
	}
}

func (p *peer) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.inbox = append(p.inbox, request{r, body})
		w.WriteHeader(p.status)
		io.WriteString(w, "the <b>inbox</b> says so")
		return
	}
	documents := map[string]any{
		"/blogs/harbour": map[string]any{
			"@context": activityStreams, "id": p.actor(), "type": "Person", "preferredUsername": "harbour", "name": "<i>Harbour</i>",
			"inbox": p.actor() + "/inbox", "outbox": p.actor() + "/outbox",
			"publicKey": map[string]any{
				"id": p.key.ID, "owner": p.actor(), "publicKeyPem": signature.EncodePublicPEM(&p.key.Private.PublicKey),
			},
		},
		"/blogs/harbour/outbox": map[string]any{
			"id": p.actor() + "/outbox", "type": "OrderedCollection", "first": p.actor() + "/outbox?page=1",
		},
		"/blogs/harbour/outbox?page=1": map[string]any{
			"id": p.actor() + "/outbox?page=1", "type": "OrderedCollectionPage",
			"orderedItems": []any{map[string]any{"type": "Create", "actor": p.actor(), "object": p.article("One", "<p>First.</p>")}},
		},
	}
	document, ok := documents[r.URL.RequestURI()]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/activity+json")
	json.NewEncoder(w).Encode(document)
}

// received is what came to the inbox so far.
func (p *peer) received() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]request(nil), p.inbox...)
}

func (p *peer) answer(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status = status
}

func (p *peer) activity(kind, id string, object any) map[string]any {
	return map[string]any{"@context": activityStreams, "id": p.URL + id, "type": kind, "actor": p.actor(), "object": object}
}

// send delivers an activity to the reader's shared inbox; spoil changes the signed request on its way, nil leaves it alone.
func (p *peer) send(t *testing.T, to http.Handler, activity any, spoil func(r *http.Request, body []byte) []byte) int {
	t.Helper()
	body, err := json.Marshal(activity)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, readerURL+"/inbox", nil)
	r.Header.Set("Content-Type", "application/activity+json")
	if err := signature.Sign(r, p.key, body, time.Now()); err != nil {
		t.Fatal(err)
	}
	if spoil != nil {
		body = spoil(r, body)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	w := httptest.NewRecorder()
	to.ServeHTTP(w, r)
	return w.Code
}

// verify checks a request of the reader as Bloghorn would: with the key that the reader's actor document names.
func (p *peer) verify(t *testing.T, reader http.Handler, got request) activitypub.Object {
	t.Helper()
	keys := func(actor string) *rsa.PublicKey {
		doc, err := activitypub.Parse(ask(reader, http.MethodGet, actor, "", "Accept", "application/activity+json").Body.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", actor, err)
		}
		key, _ := doc.Object("publicKey")
		public, err := signature.ParsePublicPEM(key.String("publicKeyPem"))
		if err != nil {
			t.Fatalf("%s: %v", actor, err)
		}
		return public
	}
	signer := verifySigned(t, got, strings.TrimPrefix(p.URL, "http://"), keys)
	activity, err := activitypub.Parse(got.body)
	if err != nil {
		t.Fatal(err)
	}
	if activity.Ref("actor") != signer {
		t.Errorf("signed by %s for %s", signer, activity.Ref("actor"))
	}
	return activity
}
