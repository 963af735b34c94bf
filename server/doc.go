// Command bloghorn gives any blog with a feed its own account on the fediverse: it publishes each post as an ActivityPub
// Article from the blog's own actor, delivers it to the followers, and keeps the replies, likes and boosts that come
// back, to be shown under the post as comments.
//
// This package is the roof of the house: it knows every other package and decides nothing itself.
//
//	main.go        from the command line to an exit code
//	terminal.go    the one door to the screen
//	config.go      every setting: flag, BLOGHORN_* and bloghorn.toml are one list
//	app.go         builds the parts and gives each the few values it uses
//	routes.go      every URL and its handler
//	commands_*.go  what one can type
//	database.go    opens the database for all commands; settle.go makes the blogs agree with the settings
//	ready.go       what readyz says, and logline/ what the log may grow by
//	unwind.go      what waits because a clock was ahead
//
// Below it, imports point down only, and layout_test.go fails on an arrow that points up:
//
//	feeds find, publisher speaks, replies listen, admin decides, server wires
//
// Where a lower package needs something from above it declares a function value, and app.go gives it one.
//
// Three loops move a post from its feed to the inboxes (feeds.Poller, publisher.Announcer, delivery.Worker), and one
// (replies.Inbox) finishes what an incoming activity needs the network for. Five help them: websub.Subscriber keeps the
// hubs that wake the poller, feeds.PageChecker reads the pages of posts for what the feed does not say, publisher.FollowerPruning
// removes followers whose accounts are gone, replies.Crawler looks for answers that nobody sent, and publisher.Keys lets
// private keys go that nothing needs any more. Two put right what the start could not: settle.go, once the database can
// be written, and unwind.go, once a wrong clock is right. The database is the only queue between all of them, so a crash
// at any point loses nothing. Each sleeps until its table says that something is due, for 30 s at most (package loop);
// Wake is a hint that there is something sooner, never what correctness rests on. A part that commits what another one
// goes on with wakes it (the fields WakeNext). A command wakes all loops of a running server (wake.go) by a number in the
// database, which each server reads once a second: no socket, no lock, no leader.
package main
