// Package fetch answers how a feed is asked for, what its server said, and where the feed of a site
// is. Its errors are sentences for the owner of a blog. It knows no blog and keeps nothing.
package fetch
