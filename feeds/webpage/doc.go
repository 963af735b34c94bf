// Package webpage reads a post's page: what it says about itself in its head, and the text that
// people come for. It is pure: bytes in, facts out, no network and no clock, and it knows nothing
// of blogs and feeds.
//
//	bytes ─► charset ─► x/net/html ─► one walk: meta, links, JSON-LD, microformats ─► Facts
//	                        └─► without advertisements and counters ─► readability ─► main text ─► digest
//
// # Promises
//
// A page may be as hostile as it likes: at most 2 MiB of it are read, one that is nested more than
// 512 deep says nothing, one of more than 50,000 nodes has no text, a bug in a library is an empty
// answer, and all of it takes about a second at most. Nothing here is safe to show: addresses are
// http or https and absolute, texts are plain and bounded, and Article is raw HTML that the caller
// sanitises.
//
// TextDigest changes when the author has changed the text, and not with what a page changes by
// itself: white space, markup, scripts, advertisements, how often it was read, how long ago it was
// written.
//
// # Decisions
//
// The main text is what a page marks as such, as microformats and the themes of most engines do, or
// else what go-readability finds, the reading mode of Firefox in Go: of short posts that takes the
// whole page. It is shown only pages that are small enough: 2 MiB of empty links cost it 1.5 s. Its
// own reading of metadata is not asked: it takes every string for a title and every date by
// guessing.
//
// robots.txt is read here as well, by RFC 9309 alone: github.com/temoto/robotstxt gives a copy of
// each rule to each agent of a group, so that 500 KiB can be made to fill gigabytes, takes
// "User-agent: b" for us, and lets a site's first mistake decide about everything.
package webpage
