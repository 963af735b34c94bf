package publisher_test

import (
	"errors"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// Who calls an inbox of ours theirs would have us talk to ourselves.
func TestKindsOfInboxesThatAreOurs(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	w.addBlog(feeds.NewBlog{BaseURL: "https://other.example:8443/fedi", Username: "coffee"})
	const eve = "https://evil.example/users/eve"
	for what, test := range map[string]struct {
		inbox, shared string
		want          error
		wantShared    string
	}{
		"theirs":                            {eve + "/inbox", "https://evil.example/inbox", nil, "https://evil.example/inbox"},
		"our blog's":                        {tea + "/inbox", "", remote.ErrNotTrusted, ""},
		"our shared one":                    {base + "/inbox", "", remote.ErrNotTrusted, ""},
		"one of another blog's host":        {"https://other.example:8443/x", "", remote.ErrNotTrusted, ""},
		"ours in capitals":                  {"https://FEDI.blog.example/inbox", "", remote.ErrNotTrusted, ""},
		"theirs, and ours as the shared":    {eve + "/inbox", base + "/inbox", nil, ""},
		"on another port of a host of ours": {"https://other.example/inbox", "", nil, ""},
	} {
		doc := activitypub.Object{"id": eve, "type": "Person", "inbox": test.inbox, "preferredUsername": "eve"}
		if test.shared != "" {
			doc["endpoints"] = map[string]any{"sharedInbox": test.shared}
		}
		actor, err := w.remotes.Store(t.Context(), w.db, doc, w.clock())
		if !errors.Is(err, test.want) || test.want == nil && err != nil || actor.SharedInbox != test.wantShared {
			t.Errorf("%s: %v, shared inbox %q; want %v, %q", what, err, actor.SharedInbox, test.want, test.wantShared)
		}
	}
}
