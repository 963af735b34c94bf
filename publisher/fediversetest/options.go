package fediversetest

import (
	"crypto/rsa"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

// letter is one POST in the making.
type letter struct {
	inbox    string
	activity activitypub.Object
	object   activitypub.Object // the Note inside, where there is one
	raw      []byte             // sent in place of activity
	key      signature.Key
	style    signature.Style
	host     string // signed in place of the inbox's
	at       time.Time
	unsigned bool
	late     []func()                                    // changes to the activity, once it is addressed as its Note is
	spoil    []func(r *http.Request, body []byte) []byte // after signing
}

// Option changes what a person sends. The later of two wins.
type Option func(*letter)

// At sends to this inbox, where the person would look for one.
func At(inbox string) Option { return func(l *letter) { l.inbox = inbox } }

// With sets a property of the Note; nil removes it. In an activity without a Note, it sets it
// there.
func With(key string, value any) Option {
	return func(l *letter) {
		if l.object != nil {
			set(l.object, key, value)
			return
		}
		set(l.activity, key, value)
	}
}

// OnActivity sets a property of the activity around the Note; nil removes it.
func OnActivity(key string, value any) Option {
	return func(l *letter) {
		l.late = append(l.late, func() { set(l.activity, key, value) })
	}
}

// DatedAt signs with another Date.
func DatedAt(t time.Time) Option { return func(l *letter) { l.at = t } }

// WithKeyID claims to have signed with the key of this id.
func WithKeyID(id string) Option { return func(l *letter) { l.key.ID = id } }

// WithKey signs with this key, under the person's key id.
func WithKey(private *rsa.PrivateKey) Option { return func(l *letter) { l.key.Private = private } }

// SignedBy signs by this scheme.
func SignedBy(scheme signature.Scheme) Option {
	return func(l *letter) { l.style = signature.Style{Scheme: scheme} }
}

// ForHost signs the request as if it went to another host.
func ForHost(host string) Option { return func(l *letter) { l.host = host } }

// Unsigned leaves the signature out.
func Unsigned(l *letter) { l.unsigned = true }

// SwapBody sends another body than the signed one.
func SwapBody(body string) Option {
	return afterSigning(func(_ *http.Request, _ []byte) []byte { return []byte(body) })
}

// Header sets a header after signing; an empty value removes it.
func Header(name, value string) Option {
	return afterSigning(func(r *http.Request, body []byte) []byte {
		r.Header.Set(name, value)
		if value == "" {
			r.Header.Del(name)
		}
		return body
	})
}

func afterSigning(spoil func(*http.Request, []byte) []byte) Option {
	return func(l *letter) { l.spoil = append(l.spoil, spoil) }
}

func set(o activitypub.Object, key string, value any) {
	if value == nil {
		delete(o, key)
		return
	}
	o[key] = value
}
