// Package activitypub is the vocabulary: it reads what the fediverse sends and shapes what we send.
// It does no I/O and decides nothing about blogs.
//
//	bytes ─► Parse ─► Object ─► accessors                         structs ─► Marshal ─► bytes
//	         strict   a tree    string | object.id | first of array         (actor.go, article.go, activity.go)
//
// What it promises:
//
//   - Parse is strict about JSON: valid UTF-8, one document, no key twice, bounded depth and size, keys compared letter for letter
//     (encoding/json would fold their case). Two readers of the same bytes therefore see the same tree, and the tree that was
//     authenticated is the tree that is acted upon.
//   - The accessors are tolerant about ActivityStreams: wherever AS2 allows a string, an object or an array of either, all are
//     understood, because GoToSocial sends one-element arrays as scalars and others do the reverse. They never panic, whatever the tree.
//   - Where a value decides about rights, the accessor is strict again: Single wants exactly one reference, Visibility is private
//     unless Public is named, SameOrigin is false unless both URLs are plain.
//
// Decisions:
//
//   - No JSON-LD processor and no remote @context: terms are matched literally. Every signature bypass by re-arranged JSON-LD
//     (CVE-2022-24307, CVE-2026-46349, CVE-2026-42462) needed one. Documents with @graph, @reverse or @included are refused, since a
//     processor elsewhere would read something else in them than we do.
//   - Reading goes through one map type and not through structs: what peers send has no fixed shape, what we send has.
//   - A context names only the terms that the document uses, and no ability is announced that is not there.
package activitypub
