package demo

import (
	"embed"
	"fmt"
	"time"
)

const (
	blogTitle    = "Notes from the Harbour"
	blogSubtitle = "Boats, weather, and the people who wait for both."
	blogAuthor   = "Marit Sund"
)

//go:embed posts/*.html
var prose embed.FS

// firstEntries are the posts that are there when the demo starts, newest first.
func firstEntries(now time.Time) []Entry {
	const day = 24 * time.Hour
	ferry, tide, soup := written("The ferry that waits"), written("How to read a tide table"), written("Soup weather")
	ferry.PublishedAt = now.Add(-2*day - 3*time.Hour)
	tide.PublishedAt = now.Add(-9*day - 5*time.Hour)
	soup.PublishedAt = now.Add(-20*day - 1*time.Hour)
	return []Entry{ferry, tide, soup}
}

// spareEntries are what the page proposes to publish next.
var spareEntries = []Entry{written("A seal on the slipway"), written("New paint for the Marigold"), written("Fog, with biscuits")}

// written is the post with this title, from the file that is named for its slug.
func written(title string) Entry {
	slug := slugOf(title)
	html, err := prose.ReadFile("posts/" + slug + ".html")
	if err != nil {
		panic(fmt.Sprintf("the post %q is not embedded: %v", title, err))
	}
	return Entry{Slug: slug, Title: title, HTML: string(html)}
}
