// Package loop is the shape of all background work: a round does what is due, and then the loop
// sleeps until the next row is due.
//
//	     ┌────────────────────────────────────────────────────────────┐
//	     ▼                                                            │
//	   Round ──► Next: when is a row due? ──► sleep, 1 s … 30 s ──────┤
//	does what is due                            ▲          the end of │
//	                                            └── Wake    the sleep │
//	                                                                  └─ or of ctx
//
// The tables say what is to be done and when; a loop only has to look at the right time. It sleeps
// until the time that the earliest row names. Whoever commits a row that is due sooner wakes it.
//
// # Promises
//
// A Wake is a hint and never waits. Any number of them are one. One that comes during a round leads
// to another round, because that round may have read the table before the row was there.
//
// Without a hint a loop is late by 30 s at most (Most): when a process that should have woken it
// died, when a clock jumped, or when a row was written by hand. Chores that have no row of their
// own, such as expiring old entries, can rely on a round every 30 s, too.
//
// Without a hint a loop never begins two rounds within a second (Least). So a row that is due and
// cannot be had, because another process holds it or because the database is in trouble, costs a
// query a second and not a core; and rows that come due at slightly different times share a round.
//
// # Decisions
//
// When a row is due is asked of the clock that is given, which tests may put forward; the sleep
// itself is a timer. A test that puts its clock forward wakes the loops. In a bubble of
// testing/synctest both are the bubble's clock.
//
// Next is a query of its own, and no result of Round, because rounds hand work over and do not wait
// for it. Work that ends and leaves a row that is due again wakes its own loop.
//
// A failed round is logged once, and again when the words of the error change. A database that is
// away for an hour is one line in the log and not 3,600.
package loop
