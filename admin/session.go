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

const (
	cookieName  = "bloghorn_admin"
	cookiePath  = "/admin/"
	sessionIdle = 12 * time.Hour
	sessionLife = 30 * 24 * time.Hour
	touchEvery  = time.Minute // how exactly an idle time is known; a write for each click would tell nobody more
)

// whoever signs in by a link is called this in the log of decisions; named people come with
// accounts.
const owner = "admin"

var (
	errSpent     = errors.New("the link was used, or is too old")
	errNoSession = errors.New("not signed in")
)

// session is a browser that is signed in.
type session struct {
	hash      database.Digest
	who       string
	createdAt time.Time
	seenAt    time.Time
	expiresAt time.Time
}

// begin spends a link and stores a session, both or neither; two who open one link at once do not
// both get in.
func (p *Pages) begin(ctx context.Context, link database.Digest) (cookie string, err error) {
	cookie, now := rand.Text()+rand.Text(), p.now()
	err = p.DB.InTx(ctx, func(tx *database.Tx) error {
		spent, err := spendToken(ctx, tx, link, now)
		if err != nil {
			return err
		}
		if !spent {
			return errSpent
		}
		s := session{hash: hashOf(cookie), who: owner, createdAt: now, seenAt: now, expiresAt: now.Add(sessionIdle)}
		return insertSession(ctx, tx, s)
	})
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	return cookie, nil
}

// session finds who asks, and keeps the session alive. The error is errNoSession where nobody is
// signed in.
func (p *Pages) session(w http.ResponseWriter, r *http.Request) (session, error) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return session{}, errNoSession
	}
	s, err := readSession(r.Context(), p.DB, hashOf(cookie.Value), p.now())
	switch {
	case errors.Is(err, database.ErrNotFound):
		return session{}, errNoSession
	case err != nil:
		return session{}, fmt.Errorf("find the session: %w", err)
	}
	if p.now().Sub(s.seenAt) >= touchEvery {
		switch err := p.touch(r.Context(), &s); {
		case err == nil:
			p.setCookie(w, r, cookie.Value)
		case errors.Is(err, database.ErrFull), errors.Is(err, database.ErrUnavailable):
			p.log().Warn("a session is not made longer, because the database cannot be written", "err", err)
		default:
			return session{}, fmt.Errorf("keep the session: %w", err)
		}
	}
	return s, nil
}

// signedIn lets only those in who have a session; who has none is told so in these words.
func (p *Pages) signedIn(otherwise string, handle func(http.ResponseWriter, *http.Request, session) error) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		s, err := p.session(w, r)
		switch {
		case errors.Is(err, errNoSession):
			return p.turnAway(w, r, otherwise)
		case err != nil:
			return err
		}
		return handle(w, r, s)
	}
}

// touch moves the end of a session, but never past its life.
func (p *Pages) touch(ctx context.Context, s *session) error {
	s.seenAt = p.now()
	s.expiresAt = s.seenAt.Add(sessionIdle)
	if end := s.createdAt.Add(sessionLife); s.expiresAt.After(end) {
		s.expiresAt = end
	}
	return updateSession(ctx, p.DB, *s)
}

func (p *Pages) setCookie(w http.ResponseWriter, r *http.Request, value string) {
	p.writeCookie(w, r, value, int(sessionIdle.Seconds()))
}

// writeCookie keeps the cookie for maxAge seconds; -1 deletes it.
func (p *Pages) writeCookie(w http.ResponseWriter, r *http.Request, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name:     cookieName,
		Value:    value,
		Path:     cookiePath,
		MaxAge:   maxAge,
		HttpOnly: true,
		Secure:   p.isHTTPS(r),
		SameSite: http.SameSiteLaxMode,
	})
}

// isHTTPS goes by the connection, or by the address the owner configured; what a proxy's headers
// say can be anybody's word.
func (p *Pages) isHTTPS(r *http.Request) bool {
	return r.TLS != nil || p.url().Scheme == "https" && r.Host == p.url().Host
}

func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) error {
	if cookie, err := r.Cookie(cookieName); err == nil {
		if err := deleteSession(r.Context(), p.DB, hashOf(cookie.Value)); err != nil {
			return fmt.Errorf("sign out: %w", err)
		}
	}
	p.writeCookie(w, r, "", -1)
	web.Redirect(w, r, "/admin/")
	return nil
}
