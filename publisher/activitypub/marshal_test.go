package activitypub_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

const base = "https://ap.blog.example"

var (
	written = activitypub.At(time.Date(2026, 1, 5, 9, 0, 0, 999, time.FixedZone("CET", 3600)))
	edited  = activitypub.At(time.Date(2026, 1, 6, 9, 30, 0, 0, time.UTC))
)

func blogActor() activitypub.Actor {
	id := base + "/blogs/tea"
	return activitypub.Actor{
		Context: activitypub.ActorContext, ID: id, Type: "Person", PreferredUsername: "tea", WebFinger: "tea@blog.example",
		Name: "Tea & time", Summary: "<p>Essays.</p>", URL: id,
		Inbox: id + "/inbox", Outbox: id + "/outbox", Followers: id + "/followers", Following: id + "/following", Featured: id + "/featured",
		Endpoints: &activitypub.Endpoints{SharedInbox: base + "/inbox"}, Discoverable: true, Indexable: true, Published: written,
		Icon: activitypub.NewImage("https://blog.example/icon.png", "image/png", ""), AttributionDomains: []string{"blog.example"},
		AlsoKnownAs: []string{"https://old.example/users/a"}, MovedTo: "https://new.example/users/a",
		AssertionMethod: multikey(id),
		Attachment:      []activitypub.PropertyValue{activitypub.Property("Website", `<a href="https://blog.example/" rel="me">blog.example</a>`)},
		PublicKey:       &activitypub.PublicKey{ID: id + "#main-key", Owner: id, PublicKeyPEM: "-----BEGIN PUBLIC KEY-----\n"},
		Generator:       generator(),
	}
}

func generator() *activitypub.Application {
	can := []activitypub.Capability{{Href: "https://datatracker.ietf.org/doc/html/rfc9421", Name: "RFC-9421: HTTP Message Signatures"}}
	return &activitypub.Application{Type: "Application", Implements: can}
}

func instanceActor() activitypub.Actor {
	id := base + "/actor"
	return activitypub.Actor{
		Context: activitypub.ApplicationContext, ID: id, Type: "Application", PreferredUsername: "ap.blog.example", Inbox: id + "/inbox",
		ManuallyApprovesFollowers: true, PublicKey: &activitypub.PublicKey{ID: id + "#main-key", Owner: id, PublicKeyPEM: "x"},
		AssertionMethod: multikey(id), Generator: generator(),
	}
}

func multikey(owner string) []activitypub.Multikey {
	return []activitypub.Multikey{{ID: owner + "#ed25519-key", Type: "Multikey", Controller: owner, PublicKeyMultibase: "z6Mk"}}
}

func article() activitypub.Article {
	id, actor := base+"/posts/abc", base+"/blogs/tea"
	return activitypub.Article{
		Context: activitypub.ObjectContext, ID: id, Type: "Article", AttributedTo: actor,
		Name: "On tea & time", NameMap: map[string]string{"en": "On tea & time"}, Summary: "<p>Four minutes.</p>",
		Content: "<p>Full</p>", ContentMap: map[string]string{"en": "<p>Full</p>"}, URL: "https://blog.example/tea",
		Image:      activitypub.NewImage("https://blog.example/tea.jpg", "image/jpeg", "A teapot"),
		Attachment: []activitypub.Attachment{activitypub.PageLink("https://blog.example/tea")},
		Tag:        []activitypub.Hashtag{activitypub.NewHashtag("#Tea", "https://blog.example/tags/tea")},
		Published:  written, Updated: edited, To: []string{activitypub.Public}, Cc: []string{actor + "/followers"},
		Thread: id + "/context", Conversation: id + "/context",
		Replies: &activitypub.Collection{ID: id + "/replies", Type: "Collection", First: &activitypub.CollectionPage{
			Type: "CollectionPage", PartOf: id + "/replies", Items: []string{}, Next: id + "/replies?page=1"}},
		Likes: activitypub.Count(id+"/likes", 3), Shares: activitypub.Count(id+"/shares", 0),
		Preview: &activitypub.Preview{Type: "Note", AttributedTo: actor, Content: "<p>Four minutes.</p>", Published: written},
		InteractionPolicy: &activitypub.InteractionPolicy{
			CanQuote: activitypub.Approval{AutomaticApproval: []string{activitypub.Public}}},
	}
}

// documents are one of each kind, as whole as we ever send them, with the JSON that peers shall see.
func documents() map[string]struct {
	document any
	want     string
} {
	return map[string]struct {
		document any
		want     string
	}{
		"Article": {article(), `{"@context":["https://www.w3.org/ns/activitystreams",{"Hashtag":"as:Hashtag","sensitive":"as:sensitive",
			"ostatus":"http://ostatus.org#","conversation":"ostatus:conversation",
			"gts":"https://gotosocial.org/ns#","interactionPolicy":{"@id":"gts:interactionPolicy","@type":"@id"},
			"canQuote":{"@id":"gts:canQuote","@type":"@id"},"automaticApproval":{"@id":"gts:automaticApproval","@type":"@id"}}],
			"interactionPolicy":{"canQuote":{"automaticApproval":["https://www.w3.org/ns/activitystreams#Public"]}},
			"id":"https://ap.blog.example/posts/abc","type":"Article","attributedTo":"https://ap.blog.example/blogs/tea",
			"name":"On tea & time","nameMap":{"en":"On tea & time"},"summary":"<p>Four minutes.</p>",
			"content":"<p>Full</p>","contentMap":{"en":"<p>Full</p>"},"url":"https://blog.example/tea",
			"image":{"type":"Image","mediaType":"image/jpeg","url":"https://blog.example/tea.jpg","name":"A teapot"},
			"attachment":[{"type":"Link","mediaType":"text/html","href":"https://blog.example/tea"}],
			"tag":[{"type":"Hashtag","name":"#Tea","href":"https://blog.example/tags/tea"}],
			"published":"2026-01-05T08:00:00Z","updated":"2026-01-06T09:30:00Z","sensitive":false,
			"to":["https://www.w3.org/ns/activitystreams#Public"],"cc":["https://ap.blog.example/blogs/tea/followers"],
			"context":"https://ap.blog.example/posts/abc/context","conversation":"https://ap.blog.example/posts/abc/context",
			"replies":{"id":"https://ap.blog.example/posts/abc/replies","type":"Collection","first":{"type":"CollectionPage",
				"partOf":"https://ap.blog.example/posts/abc/replies","items":[],"next":"https://ap.blog.example/posts/abc/replies?page=1"}},
			"likes":{"id":"https://ap.blog.example/posts/abc/likes","type":"Collection","totalItems":3},
			"shares":{"id":"https://ap.blog.example/posts/abc/shares","type":"Collection","totalItems":0},
			"preview":{"type":"Note","attributedTo":"https://ap.blog.example/blogs/tea",
				"content":"<p>Four minutes.</p>","published":"2026-01-05T08:00:00Z"}}`},
		"Note without extras": {
			activitypub.Article{ID: "i", Type: "Note", AttributedTo: "a", Content: "c", URL: "u",
				Published: written, To: []string{"t"}, Cc: []string{}},
			`{"id":"i","type":"Note","attributedTo":"a","content":"c","url":"u","published":"2026-01-05T08:00:00Z",
			"sensitive":false,"to":["t"],"cc":[]}`,
		},
		"actor": {blogActor(), `{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1",
			"https://purl.archive.org/socialweb/webfinger",
			{"toot":"http://joinmastodon.org/ns#","schema":"http://schema.org#","manuallyApprovesFollowers":"as:manuallyApprovesFollowers",
			"discoverable":"toot:discoverable","indexable":"toot:indexable","featured":{"@id":"toot:featured","@type":"@id"},
			"attributionDomains":{"@id":"toot:attributionDomains","@container":"@set"},
			"alsoKnownAs":{"@id":"as:alsoKnownAs","@type":"@id"},"movedTo":{"@id":"as:movedTo","@type":"@id"},
			"PropertyValue":"schema:PropertyValue","value":"schema:value",` + multikeyTerms + `
			"implements":{"@id":"https://w3id.org/fep/844e#implements","@container":"@set"}}],
			"generator":{"type":"Application","implements":[{"href":"https://datatracker.ietf.org/doc/html/rfc9421",
			"name":"RFC-9421: HTTP Message Signatures"}]},
			"id":"https://ap.blog.example/blogs/tea","type":"Person","preferredUsername":"tea","webfinger":"tea@blog.example","name":"Tea & time",
			"summary":"<p>Essays.</p>","url":"https://ap.blog.example/blogs/tea","inbox":"https://ap.blog.example/blogs/tea/inbox",
			"outbox":"https://ap.blog.example/blogs/tea/outbox","followers":"https://ap.blog.example/blogs/tea/followers",
			"following":"https://ap.blog.example/blogs/tea/following","featured":"https://ap.blog.example/blogs/tea/featured",
			"endpoints":{"sharedInbox":"https://ap.blog.example/inbox"},"manuallyApprovesFollowers":false,"discoverable":true,"indexable":true,
			"published":"2026-01-05T08:00:00Z","icon":{"type":"Image","mediaType":"image/png","url":"https://blog.example/icon.png"},
			"attributionDomains":["blog.example"],"alsoKnownAs":["https://old.example/users/a"],"movedTo":"https://new.example/users/a",
			"assertionMethod":[{"id":"https://ap.blog.example/blogs/tea#ed25519-key","type":"Multikey",
				"controller":"https://ap.blog.example/blogs/tea","publicKeyMultibase":"z6Mk"}],
			"attachment":[{"type":"PropertyValue","name":"Website","value":"<a href=\"https://blog.example/\" rel=\"me\">blog.example</a>"}],
			"publicKey":{"id":"https://ap.blog.example/blogs/tea#main-key","owner":"https://ap.blog.example/blogs/tea",
				"publicKeyPem":"-----BEGIN PUBLIC KEY-----\n"}}`},
		"instance actor": {instanceActor(), `{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1",
			{"manuallyApprovesFollowers":"as:manuallyApprovesFollowers",` + multikeyTerms + `
			"implements":{"@id":"https://w3id.org/fep/844e#implements","@container":"@set"}}],
			"generator":{"type":"Application","implements":[{"href":"https://datatracker.ietf.org/doc/html/rfc9421",
			"name":"RFC-9421: HTTP Message Signatures"}]},"id":"https://ap.blog.example/actor","type":"Application",
			"preferredUsername":"ap.blog.example","inbox":"https://ap.blog.example/actor/inbox","manuallyApprovesFollowers":true,
			"assertionMethod":[{"id":"https://ap.blog.example/actor#ed25519-key","type":"Multikey",
				"controller":"https://ap.blog.example/actor","publicKeyMultibase":"z6Mk"}],
			"publicKey":{"id":"https://ap.blog.example/actor#main-key","owner":"https://ap.blog.example/actor","publicKeyPem":"x"}}`},
		"Accept of a Follow without id": {
			activitypub.Activity{Context: activitypub.PlainContext, ID: "i", Type: "Accept", Actor: "a", To: []string{"f"},
				Object: activitypub.Activity{Type: "Follow", Actor: "f", Object: "a"}},
			`{"@context":"https://www.w3.org/ns/activitystreams","id":"i","type":"Accept","actor":"a","to":["f"],
			"object":{"type":"Follow","actor":"f","object":"a"}}`},
		"Delete": {activitypub.Activity{Context: activitypub.PlainContext, ID: "i", Type: "Delete", Actor: "a",
			Object: activitypub.Tombstone{ID: "o", Type: "Tombstone", FormerType: "Article", Deleted: written}},
			`{"@context":"https://www.w3.org/ns/activitystreams","id":"i","type":"Delete","actor":"a",
			"object":{"id":"o","type":"Tombstone","formerType":"Article","deleted":"2026-01-05T08:00:00Z"}}`},
		"empty outbox": {activitypub.Collection{
			Context: activitypub.PlainContext, ID: "i", Type: "OrderedCollection", TotalItems: new(0), OrderedItems: []string{}},
			`{"@context":"https://www.w3.org/ns/activitystreams","id":"i","type":"OrderedCollection","totalItems":0,"orderedItems":[]}`},
		"hidden followers": {activitypub.Collection{ID: "i", Type: "OrderedCollection", TotalItems: new(7)},
			`{"id":"i","type":"OrderedCollection","totalItems":7}`},
		"page": {activitypub.CollectionPage{
			ID: "i", Type: "OrderedCollectionPage", PartOf: "p", OrderedItems: []any{json.RawMessage(`{"type":"Create"}`), "x"}},
			`{"id":"i","type":"OrderedCollectionPage","partOf":"p","orderedItems":[{"type":"Create"},"x"]}`},
	}
}

// multikeyTerms are what FEP-521a needs, where its context is not named.
const multikeyTerms = `"sec":"https://w3id.org/security#","Multikey":"sec:Multikey",
	"assertionMethod":{"@id":"sec:assertionMethod","@type":"@id","@container":"@set"},"controller":{"@id":"sec:controller","@type":"@id"},
	"publicKeyMultibase":{"@id":"sec:publicKeyMultibase","@type":"sec:multibase"},`

func TestDocumentsAreWrittenAsPeersReadThem(t *testing.T) {
	for name, c := range documents() {
		t.Run(name, func(t *testing.T) {
			got, err := activitypub.Marshal(c.document)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(parse(t, string(got)), parse(t, c.want)) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A context with a term that the document has not would announce abilities that are not there.
func TestContextsNameOnlyWhatIsUsed(t *testing.T) {
	for name, document := range map[string]any{"actor": blogActor(), "instance actor": instanceActor(), "Article": article()} {
		text, err := activitypub.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		o := parse(t, string(text))
		terms, _ := o.Object("@context")
		if len(terms) == 0 {
			t.Fatalf("%s: no terms", name)
		}
		context, err := activitypub.Marshal(o["@context"])
		if err != nil {
			t.Fatal(err)
		}
		delete(o, "@context")
		body, err := activitypub.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		for term := range terms {
			if !strings.Contains(string(body), `"`+term+`"`) && !strings.Contains(string(context), `"`+term+`:`) {
				t.Errorf("%s: the context names %s, the document does not", name, term)
			}
		}
		for _, later := range []string{"canReply", "canLike", "canAnnounce", "cid/v1"} {
			if strings.Contains(string(text), later) {
				t.Errorf("%s announces %s", name, later)
			}
		}
	}
}

func TestMarshalKeepsMarkupReadable(t *testing.T) {
	got, err := activitypub.Marshal(map[string]any{"content": "<p>a & b</p>"})
	if err != nil || string(got) != `{"content":"<p>a & b</p>"}` {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := activitypub.Marshal(func() {}); err == nil {
		t.Error("a function was written as JSON")
	}
}
