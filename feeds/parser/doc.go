// Package parser reads a feed. It turns what a server sent into a Feed with its Items: RSS of every
// version, Atom and JSON Feed, as blogs really emit them. It knows no blog and no database, and
// does no I/O.
//
//	detect ─► mend ─► precheck ─► gofeed ─► parse ─► Feed with Items
//	   └────────────► jsonfeed ─────────────────────┘
//
// # Where things are
//
//	which format       detect
//	made readable      mend (characters), precheck (bounds, xml:base, xml:lang), markup (XHTML to HTML), item_meta (what gofeed drops)
//	items and fields   parse jsonfeed feed fields authors | plain teaser call_to_read
//	addresses          address base link_header hub older
//	pictures, media    image pictures media attachments
//	how often to ask   polling_hints
//
// A feed may be as hostile as it likes. Before gofeed sees it, precheck walks through it token by
// token with bounds on depth, elements, attributes and namespaces: gofeed recurses on nested
// extension elements, and 2,000,000 of them in 9.6 MB end the process with a stack overflow that
// nothing can recover from. A feed of ten megabytes costs about a second and 500 MB.
//
// An Item is what its author wrote: Summary and Content are raw HTML until package feeds makes a
// post of them. Addresses are absolute, and all texts fit the columns in which they will be stored.
//
// # Decisions
//
// Markup that is XML, such as Atom's type="xhtml", is turned into HTML from its tokens, on the walk
// of precheck: what is empty or closed by itself in XML swallows the rest of the post in HTML.
//
// Every address is read as a browser would and stored as a URI (safehtml.ParseAddress). Of several
// alternates the one that is a web page is the post's; where a redirector has put its own address
// in the link, the one that it replaced is.
//
// xml:base and xml:lang are read by precheck, not by gofeed: gofeed takes every base for a
// directory and loses an entry's language. JSON Feed is read here as well, because gofeed refuses a
// feed for one number where a string should be and panics on a null item.
package parser
