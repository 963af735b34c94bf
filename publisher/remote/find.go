package remote

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/database"
)

// FindActors lists the actors we have met whom a person may mean: by an actor's id, by the address
// of a profile as a browser shows it, or by a handle in any of the ways people write one. It is
// ErrNoName for what is none of these, and empty for somebody we have not met. Several have one
// handle where their server gives it twice, as Lemmy does to a person and a community.
func FindActors(ctx context.Context, q database.Querier, name string) ([]Actor, error) {
	address, user, host, err := readName(name)
	if err != nil {
		return nil, err
	}
	if address != "" {
		if found, err := actorsAt(ctx, q, WithoutFormat(name), address); err != nil || len(found) > 0 || user == "" {
			return found, err
		}
	}
	return actorsCalled(ctx, q, user, host)
}

// readName takes apart what names a person: an address, a handle, or an address that has a handle
// in it. Mastodon shows its people at /@ada and those of others at /@ada@pasture.example, where
// only the handle says who is meant.
func readName(name string) (address, user, host string, err error) {
	if name = WithoutFormat(name); !strings.Contains(name, "/") {
		user, host, err = splitHandle(name)
		return "", user, host, err
	}
	u, err := asAddress(name)
	if err != nil {
		return "", "", "", err
	}
	profile, ok := strings.CutPrefix(strings.TrimSuffix(u.Path, "/"), "/@")
	switch {
	case !ok || strings.Contains(profile, "/"):
		return u.String(), "", "", nil
	case strings.Contains(profile, "@"):
		user, host, err = splitHandle(profile)
		return "", user, host, err
	}
	return u.String(), profile, u.Host, nil
}

// WithoutFormat is what was typed, without what cannot be seen and came along when it was copied.
func WithoutFormat(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text))
}

// asAddress reads an address with or without its scheme, which browsers hide, and with a host in
// any script.
func asAddress(text string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, ErrNoName
	}
	if u.Host, err = CanonicalHost(u.Host); err != nil {
		return nil, err
	}
	u.Fragment = ""
	return u, nil
}

// CanonicalHost is a host as ids have it: in lower case, names in other scripts as DNS writes them,
// without the port that is used anyway. It is ErrNoName for what is no host.
func CanonicalHost(text string) (string, error) {
	host := feeds.ASCIIHost(text)
	for _, usual := range []string{":443", ":80", ":"} {
		host = strings.TrimSuffix(host, usual)
	}
	if host != "" && activitypub.Host("https://"+host+"/") == host {
		return host, nil
	}
	return "", ErrNoName
}

// splitHandle takes a handle apart: @ada@pasture.example, without the first @, with acct: before it
// or, of a community, with a "!".
func splitHandle(handle string) (user, host string, err error) {
	handle = strings.TrimPrefix(strings.TrimPrefix(handle, "acct:"), "!")
	user, host, ok := strings.Cut(strings.TrimPrefix(handle, "@"), "@")
	if !ok || user == "" {
		return "", "", ErrNoName
	}
	host, err = CanonicalHost(host)
	return user, host, err
}

// actorsAt finds the actor with an address: as id, else as profile. Both come with or without a
// slash at the end.
func actorsAt(ctx context.Context, q database.Querier, addresses ...string) ([]Actor, error) {
	var spelt []any
	for _, address := range addresses {
		trimmed := strings.TrimSuffix(address, "/")
		spelt = append(spelt, address, trimmed, trimmed+"/")
		a, err := ActorByURI(ctx, q, address)
		if !errors.Is(err, database.ErrNotFound) {
			return []Actor{a}, err
		}
	}
	host := activitypub.Host(addresses[len(addresses)-1])
	bare := strings.TrimPrefix(host, "www.")
	found, err := database.Collect(scanActor)(q.Query(ctx, selectActor+`
	WHERE host IN (?, ?, ?) AND (url IN (`+database.Marks(len(spelt))+`) OR uri IN (`+database.Marks(len(spelt))+`))
	ORDER BY id
	LIMIT 10`, append(append([]any{host, bare, "www." + bare}, spelt...), spelt...)...))
	if err != nil {
		return nil, fmt.Errorf("look for the profile: %w", err)
	}
	return found, nil
}

// actorsCalled finds actors by the name on their server. Servers do not give one name in two cases;
// where one does, the case decides.
func actorsCalled(ctx context.Context, q database.Querier, user, host string) ([]Actor, error) {
	found, err := database.Collect(scanActor)(q.Query(ctx, selectActor+`
	WHERE host = ? AND LOWER(username) = ?
	ORDER BY id
	LIMIT 100`, host, strings.ToLower(user)))
	if err != nil {
		return nil, fmt.Errorf("look for the handle: %w", err)
	}
	var exact []Actor
	for _, a := range found {
		if a.Username == user {
			exact = append(exact, a)
		}
	}
	if len(exact) > 0 {
		return exact, nil
	}
	return found, nil
}
