// Package pageurl tells which page an address means, whichever of its many spellings somebody has.
// It does no I/O.
package pageurl
