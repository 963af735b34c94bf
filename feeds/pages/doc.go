// Package pages answers what the page of a post said: it asks politely (robots.txt, conditional
// requests, a body that is whole or none), and keeps what was seen and when the page is asked next.
// What that means for a post is decided in package feeds.
package pages
