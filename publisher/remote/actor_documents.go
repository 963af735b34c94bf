package remote

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// The lengths of columns, in characters. Text that is longer is cut, an address or a username that
// is longer is none.
const (
	maxURI      = 2048
	maxHost     = 255
	maxUsername = 255
	maxActor    = 500 // of the name
)

// maxText is how many bytes are read of what an actor says of themselves, as HTML.
const maxText = 64 << 10

// readActor takes from a document what we keep of an actor. Only what an actor cannot do without
// makes it fail.
func readActor(doc activitypub.Object) (Actor, error) {
	a := Actor{URI: doc.ID(), Host: activitypub.Host(doc.ID()), Type: doc.Type(), Inbox: address(doc.Ref("inbox"))}
	switch {
	case a.Host == "" || utf8.RuneCountInString(a.Host) > maxHost:
		return Actor{}, fmt.Errorf("%w: its id is not an address", ErrNotTrusted)
	case !doc.Is(activitypub.ActorTypes...):
		return Actor{}, fmt.Errorf("%w: %s is not an actor", ErrNotTrusted, a.URI)
	case a.Inbox == "":
		return Actor{}, fmt.Errorf("%w: the actor %s has no inbox", ErrNotTrusted, a.URI)
	}
	// Where the handle's host is another than the id's, only WebFinger of both could prove it.
	a.Username = usernameOf(a.URI, doc.String("preferredUsername"))
	a.Handle = "@" + a.Username + "@" + a.Host
	a.Name = displayName(startOf(doc.Text("name")), a.Username, a.Handle)
	a.URL = profilePage(doc)
	a.AvatarURL = avatarOf(doc)
	a.FollowersURI = address(doc.Ref("followers"))
	a.Preferences = preferencesOf(doc)
	// A shared inbox on another site than the personal one would be whatever somebody wants called
	// so. Who has none loses nothing.
	if endpoints, ok := doc.Object("endpoints"); ok && !IsElsewhere(a.Inbox, endpoints.Ref("sharedInbox")) {
		a.SharedInbox = address(endpoints.Ref("sharedInbox"))
	}
	return a, nil
}

// startOf is the text that is read of what another server sent. Half a character at its end goes.
func startOf(text string) string { return strings.ToValidUTF8(text[:min(len(text), maxText)], "") }

func avatarOf(doc activitypub.Object) string {
	if icon, ok := doc.Object("icon"); ok {
		return address(icon.URL())
	}
	return address(doc.Ref("icon"))
}

// address is raw where it is a plain http(s) URL that a column holds, else "".
func address(raw string) string {
	if !activitypub.ValidID(raw) {
		return ""
	}
	return raw
}

// noBot is how people ask in their profile not to be the business of machines.
var noBot = regexp.MustCompile(`(?i)(^|[^\w#&])#no_?bot\b`)

// preferencesOf reads what an actor asks for. Only a plain false is one to stay out of searches:
// most servers do not know the word.
func preferencesOf(doc activitypub.Object) Preferences {
	return Preferences{
		NoIndex:       doc["indexable"] == false || doc["discoverable"] == false || noBot.MatchString(safehtml.Text(startOf(doc.Text("summary")))),
		HidesUnlisted: doc.Bool("hidesCcPublicFromUnauthedWeb"),
		HidesPublic:   doc.Bool("hidesToPublicFromUnauthedWeb"),
	}
}

// IsElsewhere says whether an inbox lies on another site than its actor. Nearly all servers have
// both on one host, some on two of one domain; the inbox that a static actor document names may be
// anywhere.
func IsElsewhere(actor, inbox string) bool { return activitypub.Site(actor) != activitypub.Site(inbox) }
