// Package websub lets hubs tell us of news before the next poll (W3C WebSub, PubSubHubbub before
// it).
//
//	feed names a hub ─► Poll.Hub ─► reconcile ─► wanted ─POST─► hub ─GET {base}/websub/{token}─► active ─► renewed at 80 % of its lease
//	                                                                 └POST {base}/websub/{token}─► signature ─► feeds.PollSoon ─► Poller
//
// # Promises
//
// Polling never stops, so a hub that lies, sleeps or dies costs time and no post. What a hub sends
// is never read as a post: a push with a right signature makes the feed's own address due, nothing
// else, and one with a wrong signature is answered like a right one (WebSub §8). No hub can make us
// ask a blog more often than once in 5 s.
//
// A subscription is a row. Its callback has a token that cannot be guessed, and a secret of its
// own; intent is confirmed only for a topic that we asked for, letter for letter, and only in a
// state in which we asked.
//
// # Decisions
//
// The poller notes in its own transaction that a feed names another hub, and the subscriber follows
// that note: no scan over all blogs, and nothing missed between two processes. Rows are claimed by
// compare-and-set with a lease, as polls are.
//
// Each request to a hub counts as a failure until the hub confirms it, so that a hub that accepts
// and never asks back is treated as one that refuses. After a week of that we stop until the feed
// names another hub.
//
// The body of a push is read through the signature's hash and kept nowhere: a stranger who learns a
// callback's address can make us hash 10 MiB, and nothing more.
package websub
