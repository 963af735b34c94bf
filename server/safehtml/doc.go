// Package safehtml turns HTML that strangers wrote into HTML that a page may carry. It is the only
// place where that happens: the type HTML can be made nowhere else, so a function that takes one
// cannot be handed raw text by mistake.
//
//	raw ─► cap, UTF-8 ─► tokens ─► a small well-formed tree ─► addresses, classes, empty things ─► allow-list ─► again until nothing changes
//	                     reader.go       build.go                attributes.go tidy.go             policy.go
//
// What it promises:
//
//   - Nothing but the elements and attributes of the two policies comes out: Article is what the fediverse understands of a post, Comment is
//     what Mastodon lets people write, without images and tables. No script, style, form, frame, id or event handler in either.
//   - The output is well-formed, at most 64 elements deep and of bounded size, and a browser reads it as exactly the tree that was checked.
//     Mutation attacks live on the difference between two parsers; here no construct is left that they read differently, and a fuzz test
//     compares with the HTML parser of x/net. Content can never close an element of the page around it.
//   - Cleaning twice changes nothing, so it is done when text arrives and again whenever it is read from the database.
//   - The time is linear in the input, of which only the first MiB is read.
//
// Decisions:
//
//   - bluemonday is the gate, but not alone: it passes end tags without start tags, has no idea of depth and leaves addresses as they were
//     written. So a tree builder of our own (about a tenth of the HTML standard's) stands before it. The real parser is no help there: with
//     unclosed formatting elements it makes sixty nodes of eight bytes of input.
//   - What is not allowed loses its tags and keeps its text; block elements become paragraphs so that words do not run together. Elements
//     whose content is not text for people (script, style, svg, template and the like) go with all they hold.
//   - An element that goes leaves what it says (says.go, formula.go, raised.go): a formula its TeX between dollars, an emoji that is a
//     picture its alt, a player a link with its title, <q> its quotation marks. Plain text keeps marks that carry meaning: 10⁶, H₂O.
//   - What is no part of the text goes (leaves.go), from posts alone: hidden elements, anchors of headings, footnote marks and the links
//     back, line numbers, share buttons. An element that is never closed goes nowhere, since it would take the rest along, and nothing
//     goes where nothing would be left. People's own comments are kept as they are, so that nobody can hide words from who moderates.
//   - An address is parsed, made absolute and written anew; only http, https and mailto are left, no user names, and
//     what is not ASCII is escaped. Whatever else people wrote as an address is read by the same function, ParseAddress.
//   - Text may be hidden (class invisible) only inside a link whose text is its address and still shows the host, as Mastodon shortens
//     links. Otherwise a link could show one host and lead to another (CVE-2023-36462).
//   - Images of one pixel are dropped: they count readers, and neither the fediverse nor our pages do that.
package safehtml
