// Command bloghorn gives any blog with a feed its own account on the fediverse: it publishes each
// post as an ActivityPub Article from the blog's own actor, delivers it to the followers, and keeps
// the replies, likes and boosts that come back, to be shown under the post as comments.
//
// Package cli is the command line, app the running server, config the settings: they know every
// other package and decide nothing themselves. The other folders of server are plumbing, which
// knows nothing of blogs.
//
// Below it, imports point down only, and layout_test.go fails on an arrow that points up:
//
//	feeds find, publisher speaks, replies listen, admin decides, server wires
//
// Where a lower package needs something from above it declares a function value, and app.go gives
// it one.
//
// Three loops move a post from its feed to the inboxes (feeds.Poller, publisher.Announcer,
// delivery.Worker), and one (crawl.Worker) finishes what an incoming activity needs the network
// for. Five help them: websub.Subscriber keeps the hubs that wake the poller, feeds.PageChecker
// reads the pages of posts for what the feed does not say, followers.Pruning removes followers
// whose accounts are gone, crawl.Crawler looks for answers that nobody sent, and keyring.Keys
// lets private keys go that nothing needs any more. Two of package app put right what the start
// could not: settle.go, once the database can be written, and unwind.go, once a wrong clock is
// right. The database is the only queue between all of them, so a crash at any point loses nothing.
// Each sleeps until its table says that something is due, for 30 s at most (package loop); Wake is
// a hint that there is something sooner, never what correctness rests on. A part that commits what
// another one goes on with wakes it (the fields WakeNext). A command wakes all loops of a running
// server (wake.go) by a number in the database, which each server reads once a second: no socket,
// no lock, no leader.
package main
