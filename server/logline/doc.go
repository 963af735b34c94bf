// Package logline keeps the log readable while strangers write to it, and while everything fails at
// once. It is a slog.Handler around the one that writes; the program's logger is made with it, and
// with no other.
//
//	record ─► one component ─► values cut and made printable, durations text ─► ten of a kind in a minute ─► the handler that writes
//	                                                                            └─ the rest is counted, and told at the end of the minute
//
// A kind is what has the same level, component and message; of warnings and errors it also has an
// err of the same words, so that a new trouble is seen beside a thousand old ones. Which words an
// err has strangers may decide, so the kinds of one message are bounded too. Lines of debug are for
// somebody who looks for something, and are not counted.
//
// No lock is held while a line is written.
package logline
