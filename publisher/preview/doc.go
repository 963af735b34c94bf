// Package preview shows what the fediverse will make of a blog before there is anything to follow:
// the newest posts as Mastodon, GoToSocial and Lemmy show them, the exact activities, and what its
// owner could improve. It stores nothing and sends nothing.
//
//	feeds.Inspect ─► Inspection ─► Build ─► Preview ─┬► Text: for a terminal of any width, without colour
//	                                 │               ├► HTML: one file without script that loads nothing
//	                 publisher.BuildCreate           └► JSON: for programs
//	                 (the Articles are real)
//
// # What the servers do with an Article
//
// Mastodon has Notes of its own and translates everything else. Of an Article it takes four things:
// the name, as a heading; the summary, as text below it and not as a content warning; the address,
// shortened, as a link; and the hashtags, as a row under the post. The content is not shown at all.
// From the first link it makes a preview card, whose title, text and picture come from OpenGraph
// elements of the blog's page, up to a minute later; a status with anything attached gets no card.
// The name is put into HTML as it is, so "Vec<T>" loses its "<T>". The language is that of nameMap.
// A Note, which is what a post without a title becomes, is native: all of its content is shown,
// without the pictures in it, and below it the media that are attached. Whatever the type, a post
// that is older than six hours when it arrives is kept but put into nobody's home timeline.
//
// GoToSocial shows the whole content, sanitised and without pictures, and folds it under a content
// warning: the summary if there is one, else the name. So the title is the first line of the
// content. It shows the media that are attached, and makes no cards. Misskey does the same, with
// less of the markup.
//
// Pixelfed takes Notes to which pictures are attached, and nothing else. One attachment that is no
// picture of a type that it knows makes it drop the Note, and so does a url on another host than
// the id. (Misskey 2024.11 to 2025.1 had that rule, too.) Iceshrimp.NET takes Notes alone.
//
// Lemmy takes an Article only where it is addressed to a community, and then as a post in it: the
// name, cut after 200 characters, is the title, the first attachment the link, image the thumbnail,
// and the content, turned into Markdown, the body. A post without a name gets the first line of its
// content for a title.
//
// # Promises
//
// Feeds are hostile. The HTML of a post is taken apart into Blocks, a handful of structs without
// markup, and only our own template makes HTML of them again: there is no place where the world's
// HTML could come through. Pictures are shown as a frame with their description and address; the
// page has a policy that forbids it to load anything. Text for a terminal has no control
// characters, so no feed can move the cursor or rename the window, and none of the characters that
// reorder text.
//
// # Decisions
//
// Each warning is a pure function over an Inspection and what was built from it, in checks_*.go. It
// has a name that stays, and says what was seen, why it matters and what to do. What is merely a
// matter of taste is no warning.
//
// The preview card is our guess: the page itself is not asked for.
package preview
