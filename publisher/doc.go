// Package publisher speaks: it is everything of a blog that other servers see.
package publisher
