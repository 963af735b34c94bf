package fediversetest_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

const (
	blog = "https://blog.example/blogs/tea"
	post = "https://blog.example/posts/1"
)

var blogKey = sync.OnceValue(func() signature.Key {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return signature.Key{ID: blog + "#main-key", Private: key}
})

// app is the smallest application under test: a blog with one post, which believes what is signed.
type app struct {
	t *testing.T
	f *fediversetest.Fediverse

	mu      sync.Mutex
	got     []activitypub.Object
	refusal error
}

func mount(t *testing.T) (*fediversetest.Fediverse, *app) {
	f := fediversetest.New(t)
	a := &app{t: t, f: f}
	f.Mount("blog.example", a)
	return f, a
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPost:
		a.receive(w, r)
	case r.URL.Path == "/blogs/tea":
		a.write(w, activitypub.Actor{
			Context: activitypub.ActorContext, ID: blog, Type: "Person", PreferredUsername: "tea",
			Inbox: blog + "/inbox", Endpoints: &activitypub.Endpoints{SharedInbox: "https://blog.example/inbox"},
			PublicKey: &activitypub.PublicKey{ID: blogKey().ID, Owner: blog, PublicKeyPEM: signature.EncodePublicPEM(&blogKey().Private.PublicKey)},
		})
	case r.URL.Path == "/posts/1":
		a.write(w, activitypub.Article{ID: post, Type: "Article", AttributedTo: blog, URL: "https://blog.example/tea", Content: "<p>Tea</p>"})
	default:
		http.NotFound(w, r)
	}
}

func (a *app) write(w http.ResponseWriter, document any) {
	body, err := activitypub.Marshal(document)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/activity+json")
	w.Write(body)
}

func (a *app) receive(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, err := signature.Verifier{Keys: a.key, Now: a.f.Now}.Verify(r, body, "https://blog.example")
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refusal = err
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	o, err := activitypub.Parse(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a.got = append(a.got, o)
	w.WriteHeader(http.StatusAccepted)
}

// last is what the app received last.
func (a *app) last() activitypub.Object {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.got) == 0 {
		return nil
	}
	return a.got[len(a.got)-1]
}

// key asks the key's server, through the network.
func (a *app) key(ctx context.Context, keyID string, _ bool) (signature.PublicKey, error) {
	address, _, _ := strings.Cut(keyID, "#")
	actor := a.get(address, nil)
	key, _ := actor.Object("publicKey")
	public, err := signature.ParsePublicPEM(key.String("publicKeyPem"))
	return signature.PublicKey{ID: keyID, Owner: actor.ID(), Key: public}, err
}

// get asks for a document, signed if there is a key; nil unless it is served as one.
func (a *app) get(id string, key *signature.Key) activitypub.Object {
	r := a.request(http.MethodGet, id, nil)
	r.Header.Set("Accept", "application/activity+json")
	if key != nil {
		if err := signature.Sign(r, *key, nil, a.f.Now()); err != nil {
			a.t.Error(err)
		}
	}
	response, err := a.f.RoundTrip(r)
	if err != nil || response.StatusCode != http.StatusOK {
		return nil
	}
	body, _ := io.ReadAll(response.Body)
	o, _ := activitypub.Parse(body)
	return o
}

// send delivers what the blog says; tamper may change the request after signing.
func (a *app) send(inbox, body string, tamper func(*http.Request)) (int, http.Header) {
	r := a.request(http.MethodPost, inbox, []byte(body))
	r.Header.Set("Content-Type", "application/activity+json")
	if err := signature.Sign(r, blogKey(), []byte(body), a.f.Now()); err != nil {
		a.t.Error(err)
	}
	if tamper != nil {
		tamper(r)
	}
	response, err := a.f.RoundTrip(r)
	if err != nil {
		a.t.Error(err)
		return 0, nil
	}
	return response.StatusCode, response.Header
}

func (a *app) request(method, url string, body []byte) *http.Request {
	r, err := http.NewRequestWithContext(a.t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	return r
}
