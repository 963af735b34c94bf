package demo

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/web"
)

const maxInbox = 1 << 20 // bytes of one activity

// inbox takes what other servers send. Nothing is believed that its sender did not sign.
func (r *Reader) inbox(w http.ResponseWriter, req *http.Request) error {
	began := r.options.Now()
	body, err := web.ReadBody(w, req, maxInbox)
	if err != nil {
		return err
	}
	words, err := r.receive(req, body)
	status := http.StatusAccepted
	if err != nil {
		status = web.Status(err)
	}
	seen := exchange{
		At: began, Took: r.options.Now().Sub(began), Incoming: true, Method: req.Method, URL: r.options.ReaderURL + req.URL.Path,
		Status: status, Verdict: verdict(words, err),
	}
	r.memory.record(seen.describe(body))
	if err != nil {
		return err
	}
	w.WriteHeader(status)
	return nil
}

// receive verifies an activity and does what it says. The words tell the person what happened.
func (r *Reader) receive(req *http.Request, body []byte) (words string, err error) {
	signer, err := r.verifier.Verify(req, body, r.options.ReaderURL)
	if err != nil {
		return "", err
	}
	activity, err := activitypub.Parse(body)
	if err != nil {
		return "", fmt.Errorf("%w: %w", web.ErrInvalid, err)
	}
	actor, one := activity.Single("actor")
	if !one || actor != signer.Owner {
		return "", fmt.Errorf("%w: signed by %s, but the actor is %q", web.ErrRefused, signer.Owner, actor)
	}
	if !activitypub.SameOrigin(activity.ID(), actor) {
		return "", fmt.Errorf("%w: the id %q is not the actor's to give", web.ErrRefused, activity.ID())
	}
	return "signature verified; " + r.act(activity, actor), nil
}

// act does what a verified activity says and answers in words what became of it.
func (r *Reader) act(activity activitypub.Object, actor string) string {
	object, _ := activity.Object("object")
	switch activity.Type() {
	case "Accept":
		return r.followAnswered(activity.Ref("object"), actor, "accepted")
	case "Reject":
		return r.followAnswered(activity.Ref("object"), actor, "rejected")
	case "Create", "Update":
		if !r.isFollowed(actor) {
			return "nobody here follows its author"
		}
		if r.readArticle(object, actor) {
			return "now in the timeline"
		}
	case "Delete":
		r.memory.dropArticle(activity.Ref("object"), actor)
		return "gone from the timeline"
	}
	return "nothing that this reader shows"
}

// followAnswered settles the Follow with this id, if it was sent to the actor who answers.
func (r *Reader) followAnswered(id, actor, state string) string {
	words := "no such Follow was sent"
	r.memory.change(func() {
		for who, f := range r.memory.follows {
			if f.ID == id && r.memory.blog.ID == actor {
				f.State = state
				r.memory.follows[who] = f
				words = who + "'s Follow is " + state
			}
		}
	})
	return words
}

func (r *Reader) isFollowed(actor string) (followed bool) {
	r.memory.look(func() {
		for _, f := range r.memory.follows {
			followed = followed || f.State != "rejected"
		}
		followed = followed && r.memory.blog.ID == actor
	})
	return followed
}

// publicKey finds the key that a signature names: in the document of its owner, which is where
// every server keeps it.
func (r *Reader) publicKey(ctx context.Context, keyID string, fresh bool) (signature.PublicKey, error) {
	r.keysMu.Lock()
	known, ok := r.keys[keyID]
	r.keysMu.Unlock()
	if ok && (!fresh || r.options.Now().Sub(known.at) < refetchAfter) {
		return known.PublicKey, nil
	}
	doc, err := r.fetch(ctx, withoutFragment(keyID))
	if err != nil {
		return signature.PublicKey{}, fmt.Errorf("%w: %w", signature.ErrKeyUnreachable, err)
	}
	key, err := keyIn(doc, keyID)
	if err != nil {
		return signature.PublicKey{}, err
	}
	r.keysMu.Lock()
	defer r.keysMu.Unlock()
	if len(r.keys) >= maxKeys {
		clear(r.keys)
	}
	r.keys[keyID] = knownKey{key, r.options.Now()}
	return key, nil
}

const (
	maxKeys      = 100
	refetchAfter = 10 * time.Second // a forged signature must not make us ask its victim each time
)

type knownKey struct {
	signature.PublicKey
	at time.Time
}

func keyIn(doc activitypub.Object, keyID string) (signature.PublicKey, error) {
	for _, k := range doc.Objects("publicKey") {
		if k.ID() != keyID || k.Ref("owner") != doc.ID() {
			continue
		}
		public, err := signature.ParsePublicPEM(k.String("publicKeyPem"))
		if err != nil {
			return signature.PublicKey{}, fmt.Errorf("%w: %w", signature.ErrKey, err)
		}
		return signature.PublicKey{ID: keyID, Owner: doc.ID(), Key: public}, nil
	}
	return signature.PublicKey{}, fmt.Errorf("%w: %s has no key %s", signature.ErrKey, doc.ID(), keyID)
}
