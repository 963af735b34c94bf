// Package demo is the world around Bloghorn on one computer: a sample blog with a feed, a toy fediverse server on which people read
// and answer it, and a script that plays a conversation between the two and checks each step.
package demo
