// Package remote knows the people of other servers: their actors and keys, the documents that they
// have at their ids, and whom a name means. What it does not know, it asks their servers for.
//
// Nothing that another server says is believed because of where it stands: a document must be the
// answer to its own id, from the origin of that id, as ActivityPub; a key must be listed by the
// actor it names. Before a signature is verified, a stranger can make us fetch and remember keys,
// and nothing else.
//
// Strangers choose whom we ask, so questions.go bounds what one server is asked at once, and gives
// the turns by whoever causes the questions: a network that has spoken for a server is never behind
// those who only name it.
//
// What a server refuses the instance actor is asked for once more in the name of the blog concerned
// (fetch_blog.go). Whom a person means by a handle is asked for in lookup.go, in one way for every
// command; whom a text names, in named.go.
package remote
