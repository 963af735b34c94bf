// Package crawl answers what is fetched from other servers, when, and at whose cost.
//
// Worker takes the rows of the journal that wait, fetches what each needs (climbing from an unknown
// object up to one of ours), and lets package inbox try again. It asks for actors anew who were not
// looked at for long, and lets go of what is old. Crawler looks for answers that nobody has sent.
package crawl
