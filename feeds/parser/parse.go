package parser

import (
	"bytes"
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"github.com/bloghorn/bloghorn/feeds/dates"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// parseXML hands to gofeed what the pre-check let through, and the format: gofeed reads 4 kB for it.
func parseXML(seen feedMeta, at *url.URL) (*Feed, error) {
	universal, own, err := translate(seen)
	if err != nil {
		return nil, err
	}
	if len(seen.items) != len(universal.Items) {
		seen.items = make([]itemMeta, len(universal.Items)) // no telling which belongs to which
	}
	f := newFeed(universal, seen, at)
	f.Wishes, f.Hub = own.wishes(), seen.hub.Whole()
	return f, nil
}

func translate(seen feedMeta) (universal *gofeed.Feed, own ownWords, err error) {
	if seen.root == "feed" {
		parsed, err := (&atom.Parser{}).Parse(bytes.NewReader(seen.doc))
		if err != nil {
			return nil, own, err
		}
		if universal, err = (&gofeed.DefaultAtomTranslator{}).Translate(parsed); err == nil {
			signedAtSource(universal, parsed.Entries)
		}
		return universal, syndication(parsed.Extensions), err
	}
	parsed, err := (&rss.Parser{}).Parse(bytes.NewReader(seen.doc))
	if err != nil {
		return nil, own, err
	}
	own = syndication(parsed.Extensions)
	own.ttl, own.hours, own.days = parsed.TTL, parsed.SkipHours, parsed.SkipDays
	universal, err = (&gofeed.DefaultRSSTranslator{DisableContentImageScan: true}).Translate(parsed)
	if err == nil {
		signed(universal, parsed.Items)
	}
	return universal, own, err
}

// syndication reads the module of that name, which feeds of every kind borrow from RSS 1.0.
func syndication(all ext.Extensions) ownWords {
	first := func(name string) string {
		if found := all["sy"][name]; len(found) > 0 {
			return found[0].Value
		}
		return ""
	}
	return ownWords{period: first("updatePeriod"), frequency: first("updateFrequency")}
}

func newFeed(g *gofeed.Feed, seen feedMeta, at *url.URL) *Feed {
	f := &Feed{Language: Language(g.Language), SiteURL: feedLink(g, seen, at)}
	if g.FeedType == "atom" {
		f.Format = strings.TrimSpace("Atom " + g.FeedVersion)
		f.Title = Line(plainAtom(g.Title, seen.title), MaxTitle)
		f.Description = Line(plainAtom(g.Description, seen.subtitle), MaxSummary)
	} else {
		f.Format = strings.TrimSpace("RSS " + g.FeedVersion)
		f.Title = Line(plainRSS(seen.title.or(g.Title)), MaxTitle)
		f.Description = Line(safehtml.Text(seen.subtitle.or(g.Description)), MaxSummary)
	}
	if g.Image != nil {
		f.ImageURL = Address(seen.base, g.Image.URL)
	}
	on := newGround(f, seen, at)
	var written []string
	for _, entry := range g.Items {
		texts := dateTexts(entry)
		written = append(written, texts[:min(len(texts), dates.MaxDates)]...)
	}
	order := dates.OrderOf(written, f.Language)
	var all []Item
	for i, entry := range g.Items {
		it := newItem(g, entry, seen.items[i], on, order)
		it.icon = f.ImageURL
		all = append(all, it)
	}
	f.Items = usable(all)
	return f
}

func newItem(g *gofeed.Feed, entry *gofeed.Item, h itemMeta, on ground, order dates.DayOrder) Item {
	base := on.base
	if h.base != nil {
		base = h.base
	}
	if g.FeedType == "atom" && len(h.links) > 0 {
		entry.Enclosures = enclosed(h.links)
	}
	it := Item{
		GUID:        strings.TrimSpace(entry.GUID),
		Link:        itemLink(g, entry, h, base, on),
		thumbnail:   Address(base, thumbnail(entry)),
		Author:      Line(authors(g, entry), MaxAuthor),
		Language:    itemLanguage(g, entry, h),
		Attachments: enclosures(base, entry),
		pictures:    namedPictures(base, entry),
	}
	named, alt := namedImage(entry)
	it.ImageURL, it.imageAlt = Address(base, named), Line(plainRSS(alt), MaxImageAlt)
	if it.Link == "" && (h.guidIsLink || g.FeedType == "atom") {
		it.Link = Address(nil, it.GUID)
	}
	it.Dates = dates.Of(it.Language, order, entry.PublishedParsed, dateTexts(entry)...)
	it.PublishedAt = dates.Believed(it.Dates, dates.Someday)
	it.Base = on.ofContent(it, h, base)
	if g.FeedType == "atom" {
		if entry.Published != entry.Updated {
			it.UpdatedAt = dates.Believed(dates.Of(it.Language, order, entry.UpdatedParsed, entry.Updated), dates.Someday)
		}
		it.Title = Line(plainAtom(entry.Title, h.title), MaxTitle)
		it.Summary, it.Content = htmlAtom(entry.Description, h.summary), htmlAtom(entry.Content, h.text)
		it.Tags = Tags(entry.Categories, func(s string) string { return s })
	} else {
		it.Title = Line(plainRSS(h.title.or(entry.Title)), MaxTitle)
		it.Summary, it.Content = textsRSS(entry, h)
		it.Tags = Tags(entry.Categories, plainRSS)
	}
	if it.Summary == "" && it.Content == "" {
		it.Content = mediaText(entry)
	}
	return it.Bounded()
}

// feedLink is the address of the site; "" where no link says it.
func feedLink(g *gofeed.Feed, seen feedMeta, at *url.URL) string {
	own, atoms := pageAddress(seen.base, g.Link, at), Address(seen.base, alternate(seen.links, Language(g.Language)))
	if g.FeedType == "atom" {
		return cmp.Or(atoms, own)
	}
	return cmp.Or(own, atoms)
}

// dateTexts are the texts that say when an item was published, the best first.
func dateTexts(entry *gofeed.Item) []string {
	all := []string{entry.Published}
	if entry.DublinCoreExt != nil {
		all = append(all, entry.DublinCoreExt.Date...)
	}
	for _, of := range [][2]string{
		{"dcterms", "issued"}, {"dcterms", "created"}, {"dcterms", "date"}, {"atom", "published"}, {"atom", "updated"}, {"atom03", "issued"},
	} {
		for _, one := range entry.Extensions[of[0]][of[1]] {
			all = append(all, one.Value)
		}
	}
	return append(all, entry.Updated)
}

// itemLink is the address of an item's page; "" where no link says it.
func itemLink(g *gofeed.Feed, entry *gofeed.Item, h itemMeta, base *url.URL, on ground) string {
	links := []string{entry.Link, alternate(h.links, itemLanguage(g, entry, h))}
	if g.FeedType == "atom" {
		slices.Reverse(links)
	} else {
		links = append(links, entry.Links...) // gofeed takes the last one, which may be empty
	}
	link := original(entry.Extensions, "origLink")
	for _, raw := range links {
		link = cmp.Or(link, pageAddress(base, raw, on.site, on.feed))
	}
	return link
}

// original is the address that a redirector such as FeedBurner has left in another element.
func original(all ext.Extensions, name string) string {
	return Address(nil, cmp.Or(first(all["feedburner"][name]), first(all["pheedo"][name])))
}

// textsRSS are the summary and the content of an item of RSS, which may be Atom's or XHTML.
func textsRSS(entry *gofeed.Item, h itemMeta) (summary, content string) {
	summary, content = h.summary.or(entry.Description), h.text.or(entry.Content)
	for _, in := range []string{"atom", "atom03"} {
		if all := entry.Extensions[in]["content"]; len(all) > 0 && content == all[0].Value {
			content = htmlAtom(content, h.atomContent)
		}
		if all := entry.Extensions[in]["summary"]; len(all) > 0 && summary == all[0].Value {
			summary = htmlAtom(summary, h.atomSummary)
		}
	}
	return strings.TrimSpace(summary), strings.TrimSpace(cmp.Or(content, h.body.html))
}

// signed puts what an item of RSS says of its authors where gofeed has what it makes of it: of
// several creators one, and no name where it sees no sense in one.
func signed(universal *gofeed.Feed, items []*rss.Item) {
	for i, it := range items[:min(len(items), len(universal.Items))] {
		var creators, others []string
		if dc := it.DublinCoreExt; dc != nil {
			creators, others = dc.Creator, dc.Author
		}
		if it.ITunesExt != nil {
			others = append(others, it.ITunesExt.Author)
		}
		names := signedBy(it.Author, creators, others...)
		if len(names) == 0 && it.Author == "" {
			continue
		}
		universal.Items[i].Authors = nil
		for _, name := range names {
			universal.Items[i].Authors = append(universal.Items[i].Authors, &gofeed.Person{Name: name})
		}
	}
}

// signedAtSource gives an entry without an author those of the feed it is from (RFC 4287 §4.2.1).
func signedAtSource(universal *gofeed.Feed, entries []*atom.Entry) {
	for i, entry := range entries[:min(len(entries), len(universal.Items))] {
		it := universal.Items[i]
		if entry.Source == nil || len(distinctNames(namesIn(it.Authors))) > 0 || len(entry.Extensions["dc"]["creator"]) > 0 {
			continue
		}
		for _, person := range entry.Source.Authors {
			it.Authors = append(it.Authors, &gofeed.Person{Name: person.Name})
		}
	}
}

// authors are the names of an entry's authors, as a reader would print them.
func authors(g *gofeed.Feed, entry *gofeed.Item) string {
	sources := [][]string{namesIn(entry.Authors)}
	for _, creator := range entry.Extensions["dc"]["creator"] {
		sources = append(sources, []string{creator.Value})
	}
	if g.FeedType == "atom" {
		sources = append(sources, namesIn(g.Authors)) // RFC 4287 §4.2.1
	}
	for _, source := range sources {
		if names := distinctNames(source); len(names) > 0 {
			return strings.Join(names, ", ")
		}
	}
	return ""
}

func namesIn(people []*gofeed.Person) (names []string) {
	for _, person := range people {
		if person != nil {
			names = append(names, person.Name)
		}
	}
	return names
}

func itemLanguage(g *gofeed.Feed, entry *gofeed.Item, h itemMeta) string {
	own := h.lang
	if dc := entry.DublinCoreExt; dc != nil && len(dc.Language) > 0 {
		own = dc.Language[0]
	}
	return cmp.Or(Language(own), Language(g.Language))
}

// namedImage is the picture that the feed names as the entry's, and what it shows.
func namedImage(entry *gofeed.Item) (address, alt string) {
	for _, contents := range mediaFiles(entry, "content") {
		if best := bestPicture(contents, minImageSize); best.at != "" {
			return best.at, best.words
		}
	}
	for _, enclosure := range entry.Enclosures {
		if strings.HasPrefix(enclosure.Type, "image/") {
			return enclosure.URL, ""
		}
	}
	if entry.ITunesExt != nil {
		return entry.ITunesExt.Image, ""
	}
	return "", ""
}

// described is the description among Media RSS elements, whose titles are none: see namedPictures.
func described(media map[string][]ext.Extension) string { return first(media["description"]) }

func first(all []ext.Extension) string {
	if len(all) == 0 {
		return ""
	}
	return all[0].Value
}

// mediaFiles are what Media RSS elements called name hold: of the entry, then of each group, which
// its description describes. That of an entry is about more than its picture.
func mediaFiles(entry *gofeed.Item, name string) (all [][]mediaFile) {
	for i, media := range mediaGroups(entry) {
		var files []mediaFile
		for _, one := range media[name][:min(len(media[name]), 10*maxPictures)] {
			words := described(one.Children)
			if i > 0 {
				words = cmp.Or(words, described(media))
			}
			files = append(files, newMediaFile(name, one.Attrs, words))
		}
		all = append(all, files)
	}
	return all
}

// namedPictures are the pictures that the feed encloses with an entry, with what describes them. Of
// a media:group, whose members are one picture in several sizes, it is the best.
func namedPictures(base *url.URL, entry *gofeed.Item) (all []Attachment) {
	files := mediaFiles(entry, "content")
	media := distinctPictures(files[0])
	for _, group := range files[1:] {
		media = append(media, bestPicture(group, minImageSize))
	}
	for _, f := range media[:min(len(media), 10*maxPictures)] {
		// Its title says nothing of it: WordPress has the author's name there, beside their avatar.
		if p, ok := picture(Address(base, f.at), f.kind, plainRSS(f.words)); ok {
			all = append(all, p)
		}
	}
	for _, e := range entry.Enclosures[:min(len(entry.Enclosures), 10*maxPictures)] {
		if p, ok := picture(Address(base, e.URL), e.Type, ""); ok && strings.HasPrefix(e.Type, "image/") {
			all = append(all, p)
		}
	}
	return all
}

// enclosed are the links to files.
func enclosed(links []linkTo) (all []*gofeed.Enclosure) {
	for _, l := range links {
		if HasRelation(l.rel, "enclosure") {
			all = append(all, &gofeed.Enclosure{URL: l.href, Type: l.kind})
		}
	}
	return all
}

// mediaText is the text of an entry that has no other, as HTML: films of YouTube have theirs in
// media:group, episodes in itunes:summary.
func mediaText(entry *gofeed.Item) string {
	text, kind := "", ""
	for _, media := range mediaGroups(entry) {
		if all := media["description"]; text == "" && len(all) > 0 {
			text, kind = strings.TrimSpace(all[0].Value), strings.ToLower(all[0].Attrs["type"])
		}
	}
	if text == "" && entry.ITunesExt != nil {
		text = strings.TrimSpace(entry.ITunesExt.Summary)
	}
	return asHTML(text, kind)
}

// enclosures are the sounds and videos of an entry: RSS's enclosure, Atom's link rel="enclosure",
// Media RSS.
func enclosures(base *url.URL, entry *gofeed.Item) (all []Attachment) {
	for i, e := range entry.Enclosures {
		a := Attachment{URL: Address(base, e.URL), Type: e.Type}
		if i == 0 {
			a.URL = cmp.Or(original(entry.Extensions, "origEnclosureLink"), a.URL)
		}
		all = append(all, a)
	}
	for _, media := range mediaGroups(entry) {
		for _, content := range media["content"] {
			all = append(all, Attachment{
				URL: Address(base, content.Attrs["url"]), Type: cmp.Or(content.Attrs["type"], content.Attrs["medium"]),
				Title: plainRSS(cmp.Or(described(content.Children), first(content.Children["title"]))),
			})
		}
	}
	return playable(all)
}

// thumbnail is a picture that may be small.
func thumbnail(entry *gofeed.Item) string {
	for _, files := range mediaFiles(entry, "thumbnail") {
		if best := bestPicture(files, minThumbnail); best.at != "" {
			return best.at
		}
	}
	return ""
}

// mediaGroups are where Media RSS elements stand: the entry, its media:group and media:content.
func mediaGroups(entry *gofeed.Item) []map[string][]ext.Extension {
	groups := []map[string][]ext.Extension{entry.Extensions["media"]}
	for _, inner := range append(slices.Clone(groups[0]["group"]), groups[0]["content"]...) {
		groups = append(groups, inner.Children)
	}
	return groups
}
