package websub

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	maxChallenge = 4 << 10
	maxPush      = 10 << 20
)

// errNotOurs is the answer to everything that we did not ask for: a hub takes it for a no (WebSub
// §5.3).
var errNotOurs = fmt.Errorf("%w: no such subscription", web.ErrNotFound)

// Verify answers GET {base}/websub/{token}: a hub asks whether we mean it, or says that it does not
// want us.
func (s *Subscriber) Verify(w http.ResponseWriter, r *http.Request) error {
	body, err := s.answer(r)
	for try := 1; errors.Is(err, database.ErrConflict) && try < 3; try++ { // a hub that asks twice at once, or the feed, was faster
		body, err = s.answer(r)
	}
	if err != nil {
		return err
	}
	web.Write(w, r, web.Page{Type: "text/plain; charset=utf-8", Body: []byte(body), CacheControl: "no-store"})
	return nil
}

// answer returns the body of the answer, by what the subscription is at the moment.
func (s *Subscriber) answer(r *http.Request) (string, error) {
	sub, err := s.find(r)
	if err != nil {
		return "", err
	}
	asked := r.URL.Query()
	if asked.Get("hub.topic") != sub.Hub.Topic {
		return "", errNotOurs
	}
	return s.verdict(r, sub, asked)
}

// verdict does what a hub's question means and returns the answer's body.
func (s *Subscriber) verdict(r *http.Request, sub Subscription, asked url.Values) (string, error) {
	mode, challenge := asked.Get("hub.mode"), asked.Get("hub.challenge")
	if mode == "denied" {
		return "", s.denied(r, sub, asked.Get("hub.reason"))
	}
	if challenge == "" || len(challenge) > maxChallenge {
		return "", errNotOurs
	}
	switch {
	case mode == "subscribe" && (sub.State == Wanted || sub.State == Active):
		lease := grantedLease(asked.Get("hub.lease_seconds"))
		s.Log.Info("hub confirmed", "blog", sub.BlogID, "lease", lease)
		return challenge, ours(change(r.Context(), s.DB, sub, sub.confirmed(s.Now(), lease, rand.Float64())))
	case mode == "unsubscribe" && sub.State == Leaving:
		return challenge, ours(remove(r.Context(), s.DB, sub))
	}
	return "", errNotOurs
}

// denied records a hub's no (WebSub §5.2). The feed is polled as before.
func (s *Subscriber) denied(r *http.Request, sub Subscription, reason string) error {
	if sub.State == Leaving {
		return ours(remove(r.Context(), s.DB, sub))
	}
	s.Log.Warn("hub refuses", "blog", sub.BlogID, "err", short(reason))
	then := sub
	then.State, then.NextAt, then.LastError = Denied, time.Time{}, short("the hub refuses: "+reason)
	return ours(change(r.Context(), s.DB, sub, then))
}

// Push answers POST {base}/websub/{token}: the hub says that the feed has news. Whether its
// signature is right shows in no answer.
func (s *Subscriber) Push(w http.ResponseWriter, r *http.Request) error {
	sub, err := s.find(r)
	if err != nil {
		return err
	}
	if sub.State != Active {
		return errNotOurs
	}
	signed, err := isSigned(web.Body(w, r, maxPush), r.Header.Get("X-Hub-Signature"), sub.Secret)
	switch {
	case err != nil:
		return err
	case !signed:
		s.Log.Info("push ignored: its signature is wrong or missing", "blog", sub.BlogID)
	default:
		if err := s.pushed(r, sub); err != nil {
			return err
		}
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

func (s *Subscriber) pushed(r *http.Request, sub Subscription) error {
	now := s.Now()
	err := s.DB.InTx(r.Context(), func(tx *database.Tx) error {
		if err := notePush(r.Context(), tx, sub.ID, now); err != nil {
			return err
		}
		return feeds.PollSoon(r.Context(), tx, sub.BlogID, now)
	})
	if err == nil && s.WakeNext != nil {
		s.WakeNext()
	}
	return ours(err)
}

// find is the subscription that a request is about.
func (s *Subscriber) find(r *http.Request) (Subscription, error) {
	sub, err := byToken(r.Context(), s.DB, mux.Vars(r)["token"])
	if errors.Is(err, database.ErrNotFound) {
		return sub, errNotOurs
	}
	return sub, ours(err)
}

// ours is trouble of our own, of which the hub shall hear a 503, so that it tries again.
func ours(err error) error {
	if err != nil {
		err = fmt.Errorf("%w: %w", web.ErrBusy, err)
	}
	return err
}

// hashes of WebSub §7. All of them are still strong enough inside an HMAC.
var hashes = map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}

// isSigned reads a body and says whether the header is its signature, as "sha256=…". Without a
// header of that form nothing is read.
func isSigned(body io.Reader, header, secret string) (bool, error) {
	name, text, _ := strings.Cut(strings.TrimSpace(header), "=")
	newHash, known := hashes[strings.ToLower(name)]
	want, err := hex.DecodeString(text)
	if !known || err != nil {
		return false, nil
	}
	mac := hmac.New(newHash, []byte(secret))
	if _, err := io.Copy(mac, body); err != nil {
		return false, err
	}
	return hmac.Equal(mac.Sum(nil), want), nil
}
