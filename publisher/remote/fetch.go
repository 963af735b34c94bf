package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const (
	acceptActivity = `application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"`
	fetchTimeout   = 10 * time.Second
	maxDocument    = 1 << 20
)

// fetched is a document and where it was asked for. Its id is of the origin that it came from.
type fetched struct {
	doc  activitypub.Object
	url  string // as asked, without fragment
	size int    // of the body, in bytes
	at   time.Time
}

// proven says that the document is the word of its id: it was got by asking for that very id.
func (f fetched) proven() bool { return f.doc.ID() == f.url }

// Fetch gets a document from the server it belongs to, asked for in the name of the instance actor.
// What it returns is proven: it came as the answer to its own id. Where the document at id names
// another id (id is the address of a page, say), that one is asked, once; so look at the result's
// ID(). A fragment of id is not sent. The errors are ErrGone, ErrUnreachable and ErrNotTrusted.
func (m *Directory) Fetch(ctx context.Context, id string) (activitypub.Object, error) {
	f, err := m.get(ctx, id)
	if err == nil && !f.proven() {
		f, err = m.get(ctx, f.doc.ID())
	}
	switch {
	case err != nil:
		return nil, err
	case !f.proven():
		return nil, fmt.Errorf("%s: %w: its document has another id", f.url, ErrNotTrusted)
	}
	return f.doc, nil
}

// get asks for one document. Those who ask for the same at the same time share the answer.
func (m *Directory) get(ctx context.Context, id string) (fetched, error) {
	url, _, _ := strings.Cut(id, "#")
	base := m.base(ctx)
	if err := m.vet(ctx, url); err != nil {
		return fetched{}, err
	}
	answer, err := m.questions.ask(ctx, "get "+base+" "+url, url, m.Client.Allows(url), func(ctx context.Context) (any, error) {
		return m.ask(ctx, base, url)
	})
	if errors.Is(err, errCrowded) || err != nil && err == ctx.Err() {
		err = fmt.Errorf("%s: %w: %w", url, ErrUnreachable, err)
	}
	f, _ := answer.(fetched)
	return f, err
}

// vet refuses what is never asked for: what is no address, and ourselves. Nobody outside can tell
// us about our own.
func (m *Directory) vet(ctx context.Context, url string) error {
	if !activitypub.ValidID(url) {
		return fmt.Errorf("%w: %.100q is not an address", ErrNotTrusted, url)
	}
	ours, err := OwnHosts(ctx, m.DB, m.PublicURL)
	if err != nil {
		return err
	}
	if ours[activitypub.Host(url)] {
		return fmt.Errorf("%s: %w: it is on this server", url, ErrNotTrusted)
	}
	return nil
}

func (m *Directory) ask(ctx context.Context, base, url string) (fetched, error) {
	key, err := m.instanceKey(ctx, base)
	if err != nil {
		return fetched{}, err
	}
	res, err := m.askWith(ctx, key, url)
	if err == nil && res.Status == http.StatusUnauthorized {
		res, err = m.askAsBlog(ctx, base, url, res)
	}
	if err != nil {
		return fetched{}, err
	}
	if err := checkStatus(res.Status); err != nil {
		return fetched{}, fmt.Errorf("%s: %w", url, err)
	}
	doc, err := readDocument(res)
	if err != nil {
		return fetched{}, fmt.Errorf("%s: %w", url, err)
	}
	return fetched{doc: doc, url: url, size: len(res.Body), at: m.Now()}, nil
}

// askWith asks for one document, signed with a key.
func (m *Directory) askWith(ctx context.Context, key signature.Key, url string) (*safehttp.Response, error) {
	question := safehttp.Request{URL: url, Header: http.Header{"Accept": {acceptActivity}}, MaxBytes: maxDocument, Timeout: fetchTimeout}
	host := activitypub.Host(url)
	hop := visitor{questions: &m.questions, who: askerOf(ctx), free: m.Client.Allows, home: host, at: host}
	defer hop.leave()
	res, err := m.Schemes.Knock(ctx, m.Client, question, key, func(r *http.Request, style signature.Style) error {
		if err := hop.to(r.URL.String()); err != nil {
			return err
		}
		return style.Sign(r, key, nil, m.Now())
	})
	if hop.crowded { // whatever a first knock was told
		return nil, errCrowded
	}
	if err != nil {
		m.Log.Debug("fetch failed", "host", host, "err", err)
		return nil, fmt.Errorf("%s: %w", url, kindOf(err))
	}
	return res, nil
}

// instanceKey is the key of the instance actor, made at its first use.
func (m *Directory) instanceKey(ctx context.Context, base string) (signature.Key, error) {
	key, err := m.Keys.Signer(ctx, ids.InstanceActor(base))
	if !errors.Is(err, database.ErrNotFound) {
		return key, err
	}
	if err := m.Keys.EnsureInstance(ctx, base); err != nil {
		return signature.Key{}, err
	}
	return m.Keys.Signer(ctx, ids.InstanceActor(base))
}

// readDocument refuses what may be somebody else's words: a file that a user of that server
// uploaded (its content type), or the answer of another server that we were sent to (its origin).
func readDocument(res *safehttp.Response) (activitypub.Object, error) {
	contentType := res.Header.Get("Content-Type")
	if !activitypub.IsActivityDocument(contentType) {
		return nil, fmt.Errorf("%w: its content type is %.100q", ErrNotTrusted, contentType)
	}
	doc, err := activitypub.Parse(res.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotTrusted, err)
	}
	if !activitypub.SameOrigin(res.URL.String(), doc.ID()) {
		return nil, fmt.Errorf("%w: its id is on another server than the document", ErrNotTrusted)
	}
	return doc, nil
}

// kindOf says whether it is worth asking again. What went wrong in detail is for our log only.
func kindOf(err error) error {
	if errors.Is(err, errCrowded) {
		return errCrowded
	}
	for _, forGood := range []error{safehttp.ErrAddress, safehttp.ErrScheme, safehttp.ErrRedirect, safehttp.ErrTooLarge} {
		if errors.Is(err, forGood) {
			return ErrNotTrusted
		}
	}
	return ErrUnreachable
}

func checkStatus(status int) error {
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusGone:
		return ErrDeleted
	case status == http.StatusNotFound:
		return ErrGone
	case status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooEarly || status == http.StatusTooManyRequests:
		return fmt.Errorf("%w: its server answers %d", ErrUnreachable, status)
	}
	return fmt.Errorf("%w: its server answers %d", ErrNotTrusted, status)
}

type baseKey struct{}

// WithBase is ctx for work that belongs to a base URL: its instance actor signs what is fetched.
func WithBase(ctx context.Context, base string) context.Context {
	return context.WithValue(ctx, baseKey{}, base)
}

// BaseOf returns the base URL that ctx belongs to, or "".
func BaseOf(ctx context.Context) string {
	base, _ := ctx.Value(baseKey{}).(string)
	return base
}

func (m *Directory) base(ctx context.Context) string {
	if base := BaseOf(ctx); base != "" {
		return base
	}
	return m.PublicURL
}

// OwnHosts are the authorities of all our base URLs.
func OwnHosts(ctx context.Context, q database.Querier, more ...string) (map[string]bool, error) {
	bases, err := feeds.BaseURLs(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list our base URLs: %w", err)
	}
	ours := map[string]bool{}
	for _, base := range append(bases, more...) {
		ours[activitypub.Host(base)] = true
	}
	delete(ours, "")
	return ours, nil
}
