package fediversetest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

// Delivery is one POST to an inbox.
type Delivery struct {
	At       time.Time
	Inbox    string
	Activity activitypub.Object
	Body     []byte
	Header   http.Header
	Signer   signature.PublicKey
	Err      error // why it was refused; nil in what inboxes hold
}

// Refused is what inboxes answered with 401 or 400, in order of arrival.
func (f *Fediverse) Refused() []Delivery {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.refused)
}

// receive is every inbox of every server but the mounted ones.
func (f *Fediverse) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	inbox := addressOf(r, r.URL.EscapedPath())
	readers := f.readers(inbox)
	if len(readers) == 0 {
		http.NotFound(w, r)
		return
	}
	d := Delivery{At: f.Now(), Inbox: inbox, Body: body, Header: r.Header.Clone()}
	if d.Err = d.examine(f, r); d.Err != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.refused = append(f.refused, d)
		http.Error(w, d.Err.Error(), http.StatusUnauthorized)
		return
	}
	for _, p := range readers {
		p.take(d)
	}
	w.WriteHeader(http.StatusAccepted)
}

// examine reads the activity and proves that its actor sent it.
func (d *Delivery) examine(f *Fediverse, r *http.Request) error {
	var err error
	if !activitypub.IsActivityType(r.Header.Get("Content-Type")) {
		return fmt.Errorf("the content type is %q", r.Header.Get("Content-Type"))
	}
	if d.Activity, err = activitypub.Parse(d.Body); err != nil {
		return err
	}
	if d.Signer, err = f.verify(r, d.Body); err != nil {
		return err
	}
	if actor, ok := d.Activity.Single("actor"); !ok || actor != d.Signer.Owner {
		return fmt.Errorf("the actor is %q, the signer %q", actor, d.Signer.Owner)
	}
	return nil
}

// readers are the people behind an inbox: one, or all of a host behind its shared inbox.
func (f *Fediverse) readers(inbox string) []*Person {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.inboxes[inbox])
}

// verify finds out who signed a request, by a scheme that its host takes.
func (f *Fediverse) verify(r *http.Request, body []byte) (signature.PublicKey, error) {
	f.mu.Lock()
	only, picky := f.only[r.Host]
	f.mu.Unlock()
	if picky && signature.SchemeOf(r) != only {
		return signature.PublicKey{}, fmt.Errorf("%w: this server takes %s alone", signature.ErrUnsupported, only)
	}
	return signature.Verifier{Keys: f.findKey, Now: f.Now}.Verify(r, body, addressOf(r, ""))
}

// findKey reads a key from its actor document.
func (f *Fediverse) findKey(_ context.Context, keyID string, fresh bool) (signature.PublicKey, error) {
	f.mu.Lock()
	key, known := f.keys[keyID]
	f.mu.Unlock()
	if known && !fresh {
		return key, nil
	}
	actor := f.look(keyID)
	for _, k := range actor.Objects("publicKey") {
		owner, _, _ := strings.Cut(keyID, "#")
		if k.ID() != keyID || k.Ref("owner") != actor.ID() || actor.ID() != owner {
			continue
		}
		public, err := signature.ParsePublicPEM(k.String("publicKeyPem"))
		if err != nil {
			return signature.PublicKey{}, err
		}
		key = signature.PublicKey{ID: keyID, Owner: owner, Key: public}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.keys[keyID] = key
		return key, nil
	}
	return signature.PublicKey{}, fmt.Errorf("%w: no actor has it", signature.ErrKey)
}
