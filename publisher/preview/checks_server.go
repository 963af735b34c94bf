package preview

import (
	"fmt"
	"mime"
	"slices"
)

// largeFeed is what a feed may have in bytes before it is a burden: it is fetched again whenever
// anything in it changes.
const largeFeed = 1 << 20

func encoding(s subject) (Warning, bool) {
	c := s.in.Again.Charset
	w := Warning{
		Why: "Programs differ in which label they believe. Where one believes the wrong one, “café” reads “cafÃ©”.",
		Fix: "Save the feed as UTF-8, and say so in both places: charset=utf-8 in the Content-Type header, encoding=\"utf-8\" in " +
			"the first line.",
	}
	switch {
	case c.Garbled:
		w.Seen = "Some characters of the feed cannot be read and show as “�”."
	case c.Wrong():
		w.Seen = fmt.Sprintf("The feed is written in %s, but %s.", c.Used, labels(c.Header, c.Document))
	case c.Used != "" && c.Used != "utf-8" && c.Header == "" && c.Document == "":
		w.Seen = "The feed does not say how its characters are encoded; " + c.Used + " was guessed."
	default:
		return none()
	}
	return w, true
}

func labels(header, document string) string {
	switch {
	case header == "":
		return "its first line says " + document
	case document == "" || document == header:
		return "the server says " + header
	}
	return "the server says " + header + " and its first line " + document
}

// feedTypes are the types under which feeds are rightly served.
var feedTypes = []string{
	"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/json",
	"application/xml", "text/xml",
}

func contentType(s subject) (Warning, bool) {
	again := s.in.Again
	kind, _, _ := mime.ParseMediaType(again.ContentType)
	if again.Err != nil || again.Bytes == 0 || slices.Contains(feedTypes, kind) {
		return none()
	}
	seen := "The server does not say that the feed is one: it has no Content-Type."
	if kind != "" {
		seen = "The server calls the feed " + example(kind) + "."
	}
	return Warning{
		Seen: seen,
		Why:  "Bloghorn looks inside and reads it anyway; other programs take it for something else, and browsers offer it for download.",
		Fix:  "Set the Content-Type of the feed to application/rss+xml, application/atom+xml or application/feed+json on the web server.",
	}, true
}

func noValidators(s subject) (Warning, bool) {
	again := s.in.Again
	if again.Err != nil || again.Bytes == 0 || again.Validators {
		return none()
	}
	return Warning{
		Seen: "The server sends neither ETag nor Last-Modified with the feed.",
		Why:  "So every program that looks for news has to fetch the whole feed each time, many times a day.",
		Fix:  "Turn on one of them. Most web servers send both for files; for pages made on the fly, a cache in front helps.",
	}, true
}

func no304(s subject) (Warning, bool) {
	again := s.in.Again
	if again.Err != nil || !again.Validators || again.NotModified {
		return none()
	}
	return Warning{
		Seen: "The server sends the whole feed again although nothing has changed: it did not answer 304 to its own ETag or Last-Modified.",
		Why: "Every program that looks for news fetches the whole feed each time. The feed may also differ at each reading, by a " +
			"counter or a time.",
		Fix: "Let the server compare If-None-Match and If-Modified-Since, and keep what changes by itself (the time of the build) " +
			"out of the feed.",
	}, true
}

func feedLarge(s subject) (Warning, bool) {
	if s.in.Again.Bytes <= largeFeed {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("The feed has %.1f MB and %s.", float64(s.in.Again.Bytes)/1e6, count(len(s.in.Again.Entries), "post")),
		Why:  "It is fetched as a whole whenever anything in it changes, and Bloghorn reads no feed of more than 10 MiB.",
		Fix:  "Let the feed list the newest 10 to 50 posts. Those that drop out of it stay on the fediverse.",
	}, true
}

func askedTwice(s subject) (Warning, bool) {
	if s.in.Again.Err == nil {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("The feed answered once, but not a second time: %v", s.in.Again.Err),
		Why:  "A server that is down now and then, or that refuses a reader who comes back, lets news wait. Some checks could not be made.",
		Fix:  "Look into the server's log, and let its firewall pass user agent “bloghorn”.",
	}, true
}

func guessed(s subject) (Warning, bool) {
	if !s.in.Guessed {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("No page names the feed %s; it was found by trying usual places.", example(s.in.FeedURL)),
		Why:  "Readers who enter the blog's address into their program may find no feed.",
		Fix:  "Add to the <head> of each page: <link rel=\"alternate\" type=\"application/rss+xml\" href=\"" + s.in.FeedURL + "\">",
	}, true
}
