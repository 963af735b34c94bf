// Package match answers which item of a feed is which post of its blog.
//
// Feeds rename their posts: a new engine has other guids, a new domain other links, a theme other
// texts. Matcher (reconcile.go) finds for each item the post that it is, by its guid and link, then
// by date, title and text among the posts that the feed has just lost, and last by where the pages
// of lost posts redirect to. score.go is the table of what each sign is worth. The texts are read
// only where the names leave a doubt. missing.go says which posts the feed should have and has not.
// The package reads the posts, and changes nothing.
package match
