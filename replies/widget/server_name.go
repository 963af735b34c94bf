package widget

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"github.com/bloghorn/bloghorn/server/safehttp"
)

// notPublic are ends of names that no public server has, beside those that safehttp knows: reserved
// (RFC 6761, 7686, 8375, 9476), or common inside companies. Nothing is fetched here, but a reader
// should not be sent to the machine next to them either. Names below .example lead nowhere and may
// stay.
var notPublic = []string{"mail", "test", "onion", "alt", "arpa"}

// serverName reads where somebody has their account: @ada@pasture.example, ada@pasture.example,
// pasture.example or the address of their profile. It returns the plain public DNS name of the
// server in ASCII, or a sentence that says what is wrong.
func serverName(input string) (host, problem string) {
	name := strings.ToLower(strings.TrimSpace(strings.ReplaceAll(input, "＠", "@")))
	if name == "" {
		return "", "Tell us the name of your server, such as mastodon.social, or your whole handle."
	}
	if name = authority(name); strings.ContainsAny(name, ":[]") {
		return "", "A server here is a name such as mastodon.social, without a port or a number."
	}
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, "."))
	if err != nil || !isPublicName(ascii) {
		return "", "That does not look like a server on the internet. Write a name such as mastodon.social, or a handle such as @you@mastodon.social."
	}
	return ascii, ""
}

// authority takes the server out of a handle or an address, as it is written there.
func authority(name string) string {
	if rest, ok := strings.CutPrefix(name, "http://"); ok {
		name = rest
	}
	name = strings.TrimPrefix(name, "https://")
	if i := strings.IndexAny(name, `/\?#`); i >= 0 { // browsers read \ as /
		name = name[:i]
	}
	return name[strings.LastIndex(name, "@")+1:]
}

// isPublicName wants at least two labels of letters, digits and inner hyphens, and a last one that
// no parser takes for part of an IPv4 address: browsers read 0x7f.1 as 127.0.0.1.
func isPublicName(name string) bool {
	labels := strings.Split(name, ".")
	last := labels[len(labels)-1]
	if len(name) > 253 || len(labels) < 2 || slices.Contains(notPublic, last) || slices.ContainsFunc(labels, badLabel) ||
		!safehttp.MayBePublic(&url.URL{Host: name}) {
		return false
	}
	return strings.HasPrefix(last, "xn--") || len(last) > 1 && !strings.ContainsAny(last, "0123456789-")
}

func badLabel(label string) bool {
	return label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
		strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != ""
}

// answerPath is where a server lets its people answer an object (Mastodon's remote interaction,
// which many others copied).
func answerPath(objectID string) string {
	return "/authorize_interaction?uri=" + url.QueryEscape(objectID)
}

// serverOf is the address of the server that somebody has named, and its name; or what is wrong
// with that.
func (h *Handlers) serverOf(account string) (address, host, problem string) {
	if local := authority(strings.ToLower(strings.TrimSpace(account))); slices.Contains(h.Local, local) {
		return "http://" + local, local, ""
	}
	host, problem = serverName(account)
	return "https://" + host, host, problem
}

// pageFormat is that of the page with the form, which may lead to the servers of this computer too
// where there are any.
func (h *Handlers) pageFormat() format {
	f := pageFormat
	for _, local := range h.Local {
		f.csp = strings.Replace(f.csp, "form-action 'self'", "form-action 'self' http://"+local, 1)
	}
	return f
}
