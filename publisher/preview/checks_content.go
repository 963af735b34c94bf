package preview

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// shortText is, in characters, what an excerpt rarely exceeds.
const shortText = 500

// excerptsOnly looks at posts with a title: short ones without are notes, and whole.
func excerptsOnly(s subject) (Warning, bool) {
	var lengths []int
	cut := 0
	for _, e := range s.in.Entries {
		if e.Title == "" {
			continue
		}
		lengths = append(lengths, e.Length)
		if e.Cut {
			cut++
		}
	}
	if len(lengths)*2 <= len(s.in.Entries) {
		return none()
	}
	slices.Sort(lengths)
	median := lengths[len(lengths)/2]
	switch {
	case cut*2 > len(lengths):
		which := lower(has(cut, len(lengths), "ends", "end"))
		return excerpts(fmt.Sprintf("The feed has excerpts only: %s as if cut off.", which)), true
	case median < shortText:
		return excerpts(fmt.Sprintf("The feed may have excerpts only: the texts in it are short, typically %d characters.", median)), true
	}
	return none()
}

func excerpts(seen string) Warning {
	return Warning{
		Seen: seen,
		Why: "GoToSocial, Misskey, Lemmy and others show the text that is in the feed, and no more. (Mastodon shows title, summary " +
			"and link in any case.)",
		Fix: "If the posts are longer on the blog, let the feed carry the full text. WordPress: Settings, Reading, “Full text”. " +
			"Hugo: .Content in the RSS template. " +
			"Jekyll: no excerpt_only in _config.yml.",
	}
}

func summaryEnds(s subject) (Warning, bool) {
	calling, which := 0, ""
	for _, a := range s.articles {
		if said := parser.CallToRead(safehtml.Text(a.Summary)); said != "" {
			calling, which = calling+1, said
		}
	}
	if calling == 0 {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("%s with %s in the summary.", has(calling, len(s.articles), "ends", "end"), example(which)),
		Why:  "Mastodon puts the link right below the summary, and there the words lead nowhere; GoToSocial has its own button.",
		Fix:  "Remove the words from the excerpts of the feed, or write a summary for each post.",
	}, true
}

func titlesMissing(s subject) (Warning, bool) {
	missing := 0
	for _, p := range s.posts {
		if p.Title == "" {
			missing++
		}
	}
	if missing == 0 {
		return none()
	}
	return Warning{
		Seen: has(missing, len(s.posts), "has", "have") + " no title.",
		Why: "A post without a title is sent as a note: Mastodon shows its whole text. That is right for short notes; a long one " +
			"fills the timeline.",
		Fix: "Nothing, if these are notes. Give longer posts a title.",
	}, true
}

// titleMarkup: Mastodon puts a name into HTML without escaping it.
func titleMarkup(s subject) (Warning, bool) {
	for _, a := range s.articles {
		if shown := safehtml.Text(a.Name); shown != strings.Join(strings.Fields(a.Name), " ") {
			return Warning{
				Seen: fmt.Sprintf("The title %s is %s on Mastodon.", example(a.Name), example(shown)),
				Why:  "Mastodon takes what stands between < and > in a title for markup and leaves it out.",
				Fix:  "Write the title without angle brackets and entities, or with ‹ and ›.",
			}, true
		}
	}
	return none()
}

func languageMissing(s subject) (Warning, bool) {
	missing := 0
	for _, a := range s.articles {
		if len(a.NameMap) == 0 && len(a.ContentMap) == 0 {
			missing++
		}
	}
	if missing == 0 {
		return none()
	}
	return Warning{
		Seen: has(missing, len(s.articles), "comes", "come") + " without a language.",
		Why: "People filter their timelines by language, and screen readers choose their voice by it. Without one, servers guess " +
			"or show nothing.",
		Fix: "Name it in the feed: <language>en</language> (RSS), xml:lang=\"en\" (Atom), \"language\": \"en\" (JSON Feed); or as " +
			"lang in the <html> tag of the blog.",
	}, true
}

func relativeAddresses(s subject) (Warning, bool) {
	relative, which := 0, ""
	for _, e := range s.in.Entries {
		if len(e.Relative) > 0 {
			relative, which = relative+1, e.Relative[0]
		}
	}
	if relative == 0 {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("%s addresses in the text that are not whole, such as %s.",
			has(relative, len(s.in.Entries), "has", "have"), example(which)),
		Why: "Bloghorn completes them with the address of the post, which is a guess; other programs that read the feed show " +
			"broken links and pictures.",
		Fix: "Let the feed's template write whole addresses, with https:// and the host.",
	}, true
}

func embeds(s subject) (Warning, bool) {
	with, names := 0, []string{}
	for _, e := range s.in.Entries {
		if len(e.Embeds) > 0 {
			with++
		}
		for _, name := range e.Embeds {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if with == 0 {
		return none()
	}
	slices.Sort(names)
	return Warning{
		Seen: fmt.Sprintf("%s parts that are left out: %s.", has(with, len(s.in.Entries), "has", "have"), strings.Join(names, ", ")),
		Why:  "No server shows players, forms and scripts of other sites inside a post. Readers see the text without them.",
		Fix:  "Add a link to the video, the form or the page beside it, so that readers of the feed find it too.",
	}, true
}

// newFormats are pictures that not all servers and apps show: Mastodon's cards have long taken
// JPEG, PNG and GIF only.
var newFormats = []string{".avif", ".webp", ".heic", ".jxl"}

func imageFormat(s subject) (Warning, bool) {
	with, which := 0, ""
	for _, p := range s.posts {
		target, _, _ := strings.Cut(p.ImageURL, "?")
		if extension := strings.ToLower(path.Ext(target)); slices.Contains(newFormats, extension) {
			with, which = with+1, strings.ToUpper(extension[1:])
		}
	}
	if with == 0 {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("%s a picture in the format %s.", has(with, len(s.posts), "has", "have"), which),
		Why:  "Older servers and some apps do not show it: the post stands there without a picture.",
		Fix:  "Offer the picture as JPEG or PNG in the feed and in the page's og:image; the page itself may go on using " + which + ".",
	}, true
}
