// Package dates reads the texts in which feeds say when a post was published, in the forms and
// languages of the wild. A text of which a part is not understood is no date: one that is hours
// wrong is worse than none. gofeed, which takes zones that it does not know for UTC, is asked for
// the rest. It does no I/O.
//
//	dates    a text to a time: forms, zones, offsets
//	months   the names of months and days in the languages in which blogs are written
//	order    which number of 11/12/2026 is the day, as the other dates of the feed tell
//	believe  which of several dates can be true: a year of another calendar cannot
package dates
