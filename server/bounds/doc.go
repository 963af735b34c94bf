// Package bounds holds what strangers may cost us: how much they may send, have kept, have asked
// for and have shown, and per whom.
//
// It is one table, bounds.go. Each line says whom it counts, which honest case it leaves room for,
// and what happens beyond it. A test fails on a line that nothing uses or that no test names.
// Bounds of shape, such as the length of a title, stand where the thing is read.
//
// What counts per network, person or site in rates and at once is counted by each process, in
// memory: with three processes behind one address it is three times as much. What counts rows is
// counted in the database, for all.
//
// Whom a bound counts decides whom it can hurt. So what is not verified is charged to the network
// that it comes from, never to whom it names; what is verified is charged to the person, and to
// their site, which is the registrable domain: whoever has a domain has all the names below it.
package bounds
