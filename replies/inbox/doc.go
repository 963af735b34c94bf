// Package inbox answers what becomes of an activity that another server sends.
//
//	POST inbox ─► type, size, JSON ─► filter ─► signature ─► authorise ─► effect + journal row, one transaction ─► 202
//	                                  blocked servers,             │
//	                                  floods of Deletes            └─► something is missing: journal row alone ─► 202
//
// An effect is a method of Inbox, one file for each kind of activity. Where one needs something from the network first, it returns Missing
// and has written nothing; package crawl fetches that and tries again.
package inbox
