package moderation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// Ask finds a person who has never been here by asking their server, as remote.Directory.Lookup
// does.
type Ask func(ctx context.Context, name string) (remote.Actor, error)

// BlockTarget finds out whom a person means who wants to block or unblock: a server, by its name or
// its address, or somebody, by a handle or by the address of a profile. What is on record is looked
// at first, then ask, which may be nil. What can be nobody is web.ErrInvalid, in words that say
// what to write: a block that matches nobody is worse than none.
func BlockTarget(ctx context.Context, q database.Querier, ask Ask, text string) (kind, value string, err error) {
	text = remote.WithoutFormat(text)
	if kind, err := kindOfBlock(ctx, q, text); kind != "" || err != nil {
		return kind, text, err // as block list prints it
	}
	if server, ok := serverIn(text); ok {
		value, err := parseDomain(server)
		if err == nil && !strings.ContainsAny(value, ".:[") && value != "localhost" && !strings.HasPrefix(server, "*.") {
			err = fmt.Errorf("%w: no server is called %q. Write the whole name, like spam.example; a person like @eve@spam.example; and *.%s for "+
				"every server whose name ends in it", web.ErrInvalid, text, value)
		}
		if err == nil && activitypub.IsPublicSuffix(value) && !strings.HasPrefix(server, "*.") {
			err = fmt.Errorf("%w: everybody may have a name below %s, so that is no server. Write the whole name, like spam.%s; and *.%s for every "+
				"server whose name ends in it", web.ErrInvalid, value, value, value)
		}
		if err == nil {
			err = refuseOurs(ctx, q, value)
		}
		return BlockDomain, value, err
	}
	if b, err := feeds.FindBlog(ctx, q, text); err == nil {
		return "", "", fmt.Errorf("%w: %s is a blog of this server", web.ErrInvalid, b.Handle())
	}
	value, err = Person(ctx, q, ask, text)
	return BlockActor, value, err
}

// serverIn is the part of what was typed that names a server, if it names no more than that.
func serverIn(text string) (string, bool) {
	rest := text
	if scheme, after, ok := strings.Cut(text, "://"); ok {
		if s := strings.ToLower(scheme); s != "https" && s != "http" {
			return "", false
		}
		rest = after
	}
	rest = strings.TrimPrefix(strings.TrimRight(rest, "/"), "@")
	return rest, !strings.ContainsAny(rest, "@/?#!")
}

// refuseOurs keeps this server from being blocked by itself: its own ids are never accepted from
// outside anyway.
func refuseOurs(ctx context.Context, q database.Querier, host string) error {
	bases, err := feeds.BaseURLs(ctx, q)
	if err == nil && OnHosts(bases, "https://"+host+"/") {
		err = fmt.Errorf("%w: %s is this server itself, with its blogs", web.ErrInvalid, host)
	}
	return err
}

// Person is the id of the one person who is meant by a handle, an id or the address of a profile.
// Errors are as those of BlockTarget.
func Person(ctx context.Context, q database.Querier, ask Ask, text string) (string, error) {
	found, err := remote.FindActors(ctx, q, text)
	switch {
	case errors.Is(err, remote.ErrNoName):
		return "", fmt.Errorf("%w: %q is no server and no person. Write a server like spam.example, and a person like @eve@spam.example or by the "+
			"address of their profile (https://spam.example/@eve)", web.ErrInvalid, text)
	case err != nil:
		return "", err
	case len(found) == 1:
		return found[0].URI, nil
	case len(found) > 1:
		return "", fmt.Errorf("%w: %q may be %s or %s; write one of these", web.ErrInvalid, text, found[0].URI, found[1].URI)
	}
	if known, err := isOnRecord(ctx, q, text); known || err != nil {
		return text, err
	}
	why := error(remote.ErrUnreachable)
	if ask != nil {
		var actor remote.Actor
		actor, why = ask(ctx, text)
		if why == nil && !strings.Contains(text, "/") && !strings.Contains(strings.ToLower(text), strings.ToLower(actor.Username)) {
			// A server may name anybody as the one behind a handle; it must not choose whom we
			// block.
			return "", fmt.Errorf("%w: the server of %q says that this is %s, who is %s. Write the one you mean", web.ErrInvalid, text, actor.URI, actor.Handle)
		}
		if why == nil {
			return actor.URI, nil
		}
	}
	return "", fmt.Errorf("%w: nobody called %q has been here, and their server did not say who that is (%w). Write the handle or the address "+
		"as reply list or a profile shows it, or block the server: a name like spam.example", web.ErrInvalid, text, why)
}

// isOnRecord says whether an id is that of somebody whose report or quote we show, though we do not
// know more of them.
func isOnRecord(ctx context.Context, q database.Querier, uri string) (bool, error) {
	return database.Exists(q.QueryRow(ctx, `
SELECT 1
FROM quotes
WHERE actor_hash = ?
UNION
SELECT 1
FROM reports
WHERE site = ? AND actor_uri = ?
LIMIT 1`, database.Hash(uri), activitypub.Site(uri), uri))
}

// kindOfBlock is the kind of the block with exactly this value; "" where there is none.
func kindOfBlock(ctx context.Context, q database.Querier, value string) (kind string, err error) {
	err = q.QueryRow(ctx, `
SELECT kind
FROM blocks
WHERE kind IN (?, ?) AND value_hash = ?
LIMIT 1`, BlockActor, BlockDomain, database.Hash(value)).Scan(&kind)
	if errors.Is(err, database.ErrNotFound) {
		return "", nil
	}
	return kind, err
}

// OnHosts reports whether any of the ids lies on the host of one of the base URLs.
func OnHosts(bases []string, ids ...string) bool {
	for _, base := range bases {
		for _, id := range ids {
			if activitypub.SameHost(base, id) {
				return true
			}
		}
	}
	return false
}
