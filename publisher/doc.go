// Package publisher speaks: it is everything of a blog that other servers see. It announces posts,
// keeps the followers, and serves the documents of actors and posts.
//
//	posts ◄─compare─ Announcer ─one transaction─► announcements + activities + deliveries ─► package delivery
//	                     │ article.Build                                         ▲ Accept, Reject
//	                     ▼                                                       │
//	      Handlers: actor, outbox, /posts/{id}, WebFinger, NodeInfo         Follow, Unfollow ◄── package replies (the inbox)
//	                                                                             │
//	      Sites: which base URL is asked?                    remote: actors and keys of others ─signed GET─► their servers
//
// # Promises
//
// A post is announced once, ever, whatever crashes and however many processes run: the ids of
// Create and Delete follow from the post, that of an Update from its time, what was told is a row,
// and row, activity and deliveries are one transaction. A post without followers is announced too,
// to nobody: who comes later gets what comes later.
//
// Every id is made from the blog's row in package ids and read back there, letter for letter.
//
// A private key is never stored or logged in clear, does not open in another row than its own, and
// is known to belong to the public half that stands beside it.
//
// # Decisions
//
// Create, Update, Delete, restart and replay are one question (announcement.go: next). That is
// easier to get right than an event for each, and it needs no memory but the two tables it
// compares.
//
// What a post looks like is built in package article, by one pure function. A delivered Create says
// no likes; an Update says the true number, because Mastodon shows the last it was told.
//
// The blog's profile URL is its actor's id unless the site is on the same host, and the followers
// are a number without a list. Each field has its reason beside it; most are what Mastodon does
// with it.
//
// What a blog sets (settings.Settings) holds for what is built from then on. It is no edit of its
// posts, so it makes no Updates, and it is no part of the content hash; nor is the author's name,
// which a blog with several authors shows where readers look (article/settings.go).
//
// interactionPolicy says who may quote and nothing else: each further key would be a promise to
// answer requests (quotes.go). What an actor asks of those who show their words is kept with them,
// and a change is passed on in the transaction that stores it (remote.Directory.Changed).
//
// Several blogs may share a site by rules. A page that one of them announced is not sent again to
// those who follow both: recipients.go has the rule and what a race between two processes can do to
// it.
//
// Whom a text names is found out before it is sent (remote/named.go): the Announcer asks for a few
// names that nobody here has met, and what came of it is a row, so that what is served later says
// the same. article.Build is pure and is given who is named (Facts).
//
// Pins, boosts of old posts and changes of the profile are told under /activities/, and what was
// sent there to everybody is served there, but for its proof, and for the words of a note that was
// edited, deleted or hidden since. The table featured remembers which pins were told, so that a
// rule may pin and unpin by itself.
//
// The list of base URLs is read from the database and kept for seconds only, so a blog that a
// command adds is served at once.
//
// An edit or a removal goes to everybody who may have the post, and not to its followers alone
// (holders.go). The ledger knows for 90 days where a post went; later only followers and those who
// did something with it are told.
//
// An older copy of the database must not bring deleted posts back, so their ids are remembered in a
// file as well (marks.go), and an Update is named by its time and not by a number that the copy
// would use again.
//
// What leaves for followers carries a proof of its own (keyring/prove.go, package integrity), so
// that servers which pass it on are believed. It is made when it leaves, as of the time at which it
// was enqueued, so that each try has the same bytes; what is stored and served has none.
//
// The id of a key is never used for another one, after a rotation or in a new data folder:
// GoToSocial keeps a key by its id for good.
//
// Keys change in two steps (keyring/rotate.go): told with the old key, used ten minutes later. The
// document of an actor never lists two keys for requests, because Lemmy and Misskey could not read
// it then; a delivery that meets a server between the steps is refused once and tried again. What
// tells them is signed with the old key at each try, because Misskey asks for no key again and says
// of nothing that it threw it away; and an edit of the profile meanwhile tells the new keys too. A
// running process looks at the table each half minute, so no change needs a restart.
//
// A community (community.go) gets what is published once it has accepted the blog's Follow. Which
// one a post went into stands in its announcement, so an edit or removal goes where the post went,
// and nowhere else, whatever was joined or left since. A blocked one gets neither. Old posts do not
// go there, also when their owner lets followers have them.
//
// A Move (move.go) is believed at the other end only, so it is sent only where the new account
// names the blog, and a blog goes on serving and announcing after it: followers on servers that do
// not know moves stay.
//
// The inbox of a remote actor may be on another host than its id, as with static sites; it may not
// be on ours.
package publisher
