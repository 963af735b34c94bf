// Package contenthash tells what an edit is: Of is equal for two readings of an item that say the
// same to a reader. The hash is over the feed's own words and addresses, before any rendering of
// ours, without attributes and boxes that engines and plugins change by themselves. It has a
// Version: after an upgrade that hashes differently, rows are hashed anew in silence. It does no
// I/O.
package contenthash
