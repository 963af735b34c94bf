// Package textsim compares texts by their words: whether one is the other, edited, cut or laid out
// anew. White space, case and punctuation do not count, and languages that write without spaces are
// compared by their characters. It knows nothing of posts and pages and does no I/O.
package textsim
