// Package settings answers what the owner of a blog has set for it: what may be set and how it is
// written, how it is stored, and which items of its feed its rules choose as posts.
package settings
