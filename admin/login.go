package admin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

const linkLife = 30 * time.Minute

// NewLink makes a token for one sign-in within 30 minutes: http://ADMIN/admin/?token=TOKEN. It is
// shown once and stored as a hash.
func NewLink(ctx context.Context, db *database.DB, now time.Time) (token string, err error) {
	token = rand.Text() + rand.Text() // 260 bits
	err = db.InTx(ctx, func(tx *database.Tx) error {
		if err := deleteExpired(ctx, tx, now); err != nil {
			return err
		}
		return insertToken(ctx, tx, hashOf(token), now, now.Add(linkLife))
	})
	if err != nil {
		return "", fmt.Errorf("store a sign-in link: %w", err)
	}
	return token, nil
}

// hashOf is how links and cookies are stored. They are random, so that a fast hash is enough.
func hashOf(secret string) database.Digest { return database.Hash("admin", secret) }

// signIn takes a link and begins a session.
func (p *Pages) signIn(w http.ResponseWriter, r *http.Request, token string) error {
	if !isOpened(r) {
		return p.turnAway(w, r, "A link signs in whoever opens it. This request only looked at it, so it is still good.")
	}
	if !p.signIns.Has(web.Client(r)) {
		return fmt.Errorf("%w: your network has tried many links that were not good; try yours again in a minute", web.ErrTooMany)
	}
	cookie, err := p.begin(r.Context(), hashOf(token))
	switch {
	case errors.Is(err, errSpent):
		p.signIns.Take(web.Client(r))
		return p.tryAgain(w, r)
	case err != nil:
		return err
	}
	p.setCookie(w, r, cookie)
	p.log().Info("signed in to the admin pages", "component", "admin", "request", web.RequestID(r.Context()))
	web.Redirect(w, r, "/admin/")
	return nil
}

// tryAgain meets a link that is no longer good: somebody who is signed in goes on, anybody else
// learns how to get another.
func (p *Pages) tryAgain(w http.ResponseWriter, r *http.Request) error {
	_, err := p.session(w, r)
	switch {
	case errors.Is(err, errNoSession):
		return p.turnAway(w, r, "This link was used already, or is older than 30 minutes.")
	case err != nil:
		return err
	}
	web.Redirect(w, r, "/admin/")
	return nil
}

// isOpened tells a person who opens a link from software that looks at it first. Browsers say so in
// Sec-Purpose (older ones in Purpose and X-Moz) and Sec-Fetch-*; a request without any of these
// headers comes from an old browser, or from somebody at a terminal.
func isOpened(r *http.Request) bool {
	h := r.Header
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Moz"} {
		if h.Get(name) != "" {
			return false
		}
	}
	mode, dest := h.Get("Sec-Fetch-Mode"), h.Get("Sec-Fetch-Dest")
	return r.Method == http.MethodGet && (mode == "" || mode == "navigate") && (dest == "" || dest == "document")
}

// signInView is the page of who is not signed in.
type signInView struct{ Why, LinksFrom string }

// turnAway says why there is nothing to see, and how to get in.
func (p *Pages) turnAway(w http.ResponseWriter, r *http.Request, why string) error {
	return render(w, r, "sign-in", http.StatusUnauthorized, signInView{why, p.LinksFrom})
}
