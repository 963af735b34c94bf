// Package demo is the world around Bloghorn on one computer, so that somebody who has no domain, no
// blog and no followers can watch the whole loop: a sample blog with a feed, a toy fediverse server
// on which people read and answer it, and a script that plays a conversation between the two and
// checks each step.
//
//	Blog ("Notes from the Harbour")           Bloghorn                       Reader ("Pasture")
//	  feed.xml          ◄───── polls ──────────  feeds
//	                                             publisher ── signed Create ──►  inbox, timeline
//	  post's page       ◄── comments element ──  replies   ◄── signed Create ──  reply form
//
//	Script: presses the buttons of both over HTTP, and looks up each effect as any server or browser would
//
// # What it promises
//
// Nothing is simulated: the requests between the reader and Bloghorn are signed and verified ones
// over sockets, and Bloghorn does not know that it is in a demo, but that one person's replies wait
// although others' are shown at once (moderation.Rules.HoldOf). This package imports
// publisher/signature, publisher/activitypub and the ground, never feeds, publisher or replies, so
// a mistake there has no accomplice here; the documents it sends are written by hand for the same
// reason.
//
// The handlers open no listener and start nothing; the roof does, and hands over the addresses
// (Options).
//
// # Decisions
//
// Everything is kept in memory and bounded, since a demo ends with the process.
//
// Pages work without JavaScript: each button is a form that answers 303. The same forms answer a
// program that asks for JSON with the id of what they made, which is all the script needs. They
// refuse other origins and strange host names, because any web page the person has open could
// otherwise press them.
//
// The reader verifies what arrives, and what it refuses is shown under "What just happened" with
// the reason.
package demo
