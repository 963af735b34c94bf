// Package schedule answers when something is asked next: a feed, by the rhythm of its blog, by what
// caches and the feed itself wish, and by what its server asks for; and the page of a post that
// waits to be announced. It is arithmetic and reads nothing.
package schedule
