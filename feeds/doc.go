// Package feeds finds what a blog has published: it knows the blogs, polls their feeds, reads every
// kind of feed that blogs emit, and keeps one row per post for ever. It says nothing to the world;
// it only marks a post as due, and the publisher does the talking.
//
//	           known body? done
//	poll ─► fetch ─► parser.Parse ─► rules ─► match ─► plan ─► hold rules ─► one transaction: posts, aliases, poll
//	 ▲      304? done                                                            │
//	 └──────────────── schedule ◄────────────────────────────────────────────────┘
//
// # Where things are
//
//	finding     fetch/ (asking for a feed, finding and inspecting one) | add blog_edit | backfill
//	asking      poller next clock schedule/ (when the next poll is) | unchanged hook | websub/
//	reading     parser/ (formats, fields, media), dates/, charset/, pageurl/ (which page an address means)
//	choosing    settings/ (what a blog has set, and its rules), item_filter
//	recognising match/ (which item is which post, and which are missing) | contenthash/ | textsim/
//	deciding    poll (the story of a poll), plan edit hold_rules notyet withdrawn republished | hold_decide release held dry_run
//	checking    page_check page_checker complete | pages/ (asking for a page, what is kept of it) | webpage/ (what it says)
//	telling     blog post featured words changed, and store_* for each table
//
// # Promises
//
// A post's id is derived from the blog, the item's identity and a generation, so a crash between
// any two steps, a second process or a restored backup finds the same post again and announces
// nothing twice. What a poll finds and that it was polled are one transaction.
//
// The first import stores history and announces none of it. Later items are announced once, edits
// are noticed by a hash over what the author wrote. Nothing is ever deleted because it is absent:
// feeds are cut short, sites break, and hosts answer with somebody else's page. A post is removed
// when three good polls over a day should have had it, and its page answered 404 or 410 twice, a
// day apart, and nothing else in between (page_check.go: judge). No redirect, no error and no
// silence ever counts as one of the two.
//
// A post that is taken back while it waits to be announced is not announced, as long as it is away
// (withdrawn.go). Since nobody was told, one poll without it or one answer of its page is enough
// for that, and its feed is read shortly before it goes out.
//
// # Which post is it?
//
// Feeds rename their posts, and package match finds for each item the post that it is. A match
// takes the new names over in silence and keeps its id. What stays doubtful waits for the owner.
//
// Some feeds give one guid and one link to all their posts. Items that share both are different
// posts if their title, text or date differ, and are known again by these; only what says all the
// same is a repeat, which the preview names. So are two versions of an Atom entry that was
// published once.
//
// # What waits for the owner
//
// An announcement cannot be called back, so hold_rules.go holds what people do not do: many more
// new posts at once or in a day than ever before, and a feed that looks like another site's (its
// host, language or title has changed, or nothing in it is known, and most of its posts are new).
// Held posts are rows that no reader and no server can see. They go out when the owner says so,
// become history, or turn out to be the post they look like; what the feed takes back meanwhile is
// forgotten. A post that is dated more than a day ahead is held until its date, which the feed may
// still change; many at once wait for the owner like any flood. One behind a password always does;
// without it, it is a new post. Held posts do not make a feed familiar, so a second bad poll is
// held like the first. More than three edits of one poll go out one after another.
//
// # Freshness
//
//	rhythm of the blog ─┐                                   WebSub push ─┐
//	wishes of the feed ─┼─► schedule.Timing.Next ───────► next_at ◄─────────┼─ PollSoon
//	caches, Retry-After ┘                                    deploy hook ─┘
//
// A poll costs the blog's server something and a missing one costs the reader time, so each feed
// has a wait of its own: the configured interval for a day after anything new and around the times
// of day at which the blog publishes, up to an hour otherwise, up to six for a blog that has slept
// for 90 days. What caches and the feed itself wish is followed up to six hours, and a server that
// asks to be left alone is, up to a day. Two answers of 410 a day apart end the asking.
//
// Whoever knows better says so: a hub (package websub) or a hook of the blog's own deploy script
// makes the feed due at once, once more after a minute if nothing was new yet, and never more often
// than every 5 s. Neither is believed to tell of everything: a poll that finds what the hub kept
// quiet about ends the longer wait that its pushes had earned. From the fetch to the first delivery
// it is a few milliseconds, where feed.publish_delay is 0; otherwise the delay stays in force for
// pushed posts as well.
//
// # Decisions
//
// "hourly, 1" of the syndication module is not taken for a wish: WordPress writes it into every
// feed.
//
// What somebody said while a poll was under way is not answered by it, since the poll may have read
// before the news: it gets another one.
//
// An answer that cannot be read as a feed changes nothing but the poll's error and its next time.
// That error is a sentence for the owner: what came instead (a web page, nothing, half a document)
// and what to do.
//
// What one bad character says is not worth a feed. What XML forbids is dropped, however it is
// written; a byte that does not fit into UTF-8 is U+FFFD. The name of the encoding is remembered
// with the poll: where the next answer is read as another one, what has changed in known posts may
// be only that, and is no edit.
//
// The owner's rules choose among a feed's items before anything asks who they are: in a feed of two
// languages a translation must not pass for another spelling of a post. What is known stays known
// whatever the rules say later. An edit of the rules drops what the last answer is known by and
// takes the lease from a poll under way; the first poll afterwards stores as history what only the
// new rules let in.
//
// Older pages of a feed are fetched on demand alone (backfill.go). Their posts are history too; the
// feed itself is left to the Poller: what that has not seen yet is news.
//
// Polls are claimed with a lease in the database, compare-and-set, in random order; no process
// leads. A lease that was lost while a slow host was answering makes the poll's transaction change
// nothing. So a person who asks for a poll waits a while for one that is under way, and then takes
// its place: who has it may have been killed.
//
// # Pages
//
// The PageChecker asks the pages of posts, politely: robots.txt, conditional requests, one at a
// time and site, less and less often. A page is believed only where its text was the post's, word
// for word or nearly so, when the feed had it; after that, a change of the text is an edit of a
// post that the feed has forgotten, if at least half of the old text is still there. Such an edit
// gives the post a content hash of its own, beside which the row of the page keeps what the feed
// last said: an item that says the same again is behind, not an edit, and one that says something
// new is the feed's edit as ever. So neither undoes the other, and each change is told once.
//
// What a page gives to a new post (picture, language, author, date, full text) is not in the
// content hash, which stays that of the feed's item. The row of the page names it, so that the next
// edit from the feed, which does not say it either, keeps it.
package feeds
