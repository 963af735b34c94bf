// Package article builds what other servers get of a post: the Article or Note, and the activities
// about it. What a blog itself says in a thread, a Note too, is built here as well.
//
// Build is a pure function, the same for deliveries, outbox and /posts/{id}: whatever it does not
// read in the post and its blog, such as who is named and who likes it, is given to it (Facts).
// testdata/feeds has a golden Article for each kind of feed. Each field has its reason beside it;
// most are what Mastodon does with it.
package article
