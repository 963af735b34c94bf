// Package charset turns what a server sent into UTF-8, whatever it calls itself. Feeds and pages
// are labelled wrongly in the same ways, so they share one reading. It knows nothing of either,
// never fails and does no I/O.
package charset
