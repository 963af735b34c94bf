// Package admin is the page for people with rights: what waits for a decision, and what does not work and why.
package admin
