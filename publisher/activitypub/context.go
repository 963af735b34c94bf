package activitypub

import "encoding/json"

// What stands in "@context". Mastodon wants the plain string in it; readers that process JSON-LD
// learn from the rest what our other terms mean. Each names exactly the terms that its kind of
// document uses.
var (
	// PlainContext is for what uses ActivityStreams terms alone: Accept, Delete, collections of
	// references.
	PlainContext = json.RawMessage(`"https://www.w3.org/ns/activitystreams"`)

	// ObjectContext is for an Article or Note, and for what embeds one.
	ObjectContext = json.RawMessage(`["https://www.w3.org/ns/activitystreams",{` +
		`"Hashtag":"as:Hashtag","sensitive":"as:sensitive",` +
		`"ostatus":"http://ostatus.org#","conversation":"ostatus:conversation",` +
		`"gts":"https://gotosocial.org/ns#","interactionPolicy":{"@id":"gts:interactionPolicy","@type":"@id"},` +
		`"canQuote":{"@id":"gts:canQuote","@type":"@id"},"automaticApproval":{"@id":"gts:automaticApproval","@type":"@id"}}]`)

	// QuoteContext is for a QuoteAuthorization, and for the Delete that embeds one (FEP-044f).
	QuoteContext = json.RawMessage(`["https://www.w3.org/ns/activitystreams",{` +
		`"QuoteAuthorization":"https://w3id.org/fep/044f#QuoteAuthorization","gts":"https://gotosocial.org/ns#",` +
		`"interactingObject":{"@id":"gts:interactingObject","@type":"@id"},` +
		`"interactionTarget":{"@id":"gts:interactionTarget","@type":"@id"}}]`)

	// QuoteRequestContext is for the answer to a QuoteRequest, which embeds it.
	QuoteRequestContext = json.RawMessage(`["https://www.w3.org/ns/activitystreams",{` +
		`"QuoteRequest":"https://w3id.org/fep/044f#QuoteRequest"}]`)

	// ActorContext is for the actor of a blog, and for the Update that embeds it.
	ActorContext = json.RawMessage(`["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1",` +
		`"https://purl.archive.org/socialweb/webfinger",{` +
		`"toot":"http://joinmastodon.org/ns#","schema":"http://schema.org#",` +
		`"manuallyApprovesFollowers":"as:manuallyApprovesFollowers","discoverable":"toot:discoverable","indexable":"toot:indexable",` +
		`"featured":{"@id":"toot:featured","@type":"@id"},` +
		`"attributionDomains":{"@id":"toot:attributionDomains","@container":"@set"},` +
		`"alsoKnownAs":{"@id":"as:alsoKnownAs","@type":"@id"},"movedTo":{"@id":"as:movedTo","@type":"@id"},` +
		`"PropertyValue":"schema:PropertyValue","value":"schema:value",` + multikey + implements + `}]`)

	// ApplicationContext is for the instance actor, which has a key and little else.
	ApplicationContext = json.RawMessage(`["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1",{` +
		`"manuallyApprovesFollowers":"as:manuallyApprovesFollowers",` + multikey + implements + `}]`)
)

// multikey are the terms of FEP-521a, and implements is the one of FEP-844e. Their contexts are not
// named by address, because a reader that has not got one would have to fetch it.
const multikey = `"sec":"https://w3id.org/security#","Multikey":"sec:Multikey",` +
	`"assertionMethod":{"@id":"sec:assertionMethod","@type":"@id","@container":"@set"},"controller":{"@id":"sec:controller","@type":"@id"},` +
	`"publicKeyMultibase":{"@id":"sec:publicKeyMultibase","@type":"sec:multibase"},`

const implements = `"implements":{"@id":"https://w3id.org/fep/844e#implements","@container":"@set"}`
