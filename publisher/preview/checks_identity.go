package preview

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
)

// guidsChange compares two readings of the feed: what is the same post by its title and text must
// have the same guid and link.
func guidsChange(s subject) (Warning, bool) {
	first, second := s.in.Entries, s.in.Again.Entries
	changed, what, compared := 0, "guid", min(len(first), len(second))
	for i := range compared {
		a, b := first[i], second[i]
		switch {
		case a.Title != b.Title || a.Length != b.Length: // something was published in between
		case a.GUID != b.GUID:
			changed++
		case a.Link != b.Link:
			changed++
			what = "link"
		}
	}
	if changed == 0 {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("Asked twice within seconds, the feed named %s with another %s.", lower(some(changed, compared)), what),
		Why: "A post is known again by its guid and its link. To programs that read the feed, a changed one is a new post, which " +
			"followers could get again and again.",
		Fix: "Make guid and link of what never changes: the post's permanent address or its number. In the feed's template, look " +
			"for a time, a random number or a session.",
	}, true
}

func guidsShared(s subject) (Warning, bool) {
	times := map[string]int{}
	for _, e := range s.in.Entries {
		if !e.Repeats {
			times[e.GUID]++
		}
	}
	shared, which := 0, ""
	for _, e := range s.in.Entries {
		if e.GUID != "" && times[e.GUID] > 1 && !e.Repeats {
			shared, which = shared+1, e.GUID
		}
	}
	if shared == 0 {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("%s a guid with another, such as %s.", has(shared, len(s.in.Entries), "shares", "share"), example(which)),
		Why: "A guid is the name of one post. Bloghorn goes by the links instead, and by title, text and date where they are the " +
			"same too, so that an edit may look like a new post; other readers take such posts for one post that keeps changing.",
		Fix: "Give each post a guid of its own, such as its permanent address.",
	}, true
}

func repeated(s subject) (Warning, bool) {
	var which []string
	for _, e := range s.in.Entries {
		if e.Repeats {
			which = append(which, example(cmp.Or(e.Title, e.GUID, e.Link)))
		}
	}
	if len(which) == 0 {
		return none()
	}
	n := len(which)
	if n > maxNamed {
		which = append(which[:maxNamed], "…")
	}
	return Warning{
		Seen: fmt.Sprintf("%s an earlier one: %s.", has(n, len(s.in.Entries), "repeats", "repeat"), strings.Join(which, ", ")),
		Why: "They have the same guid, link, title, text and date, or are an older version of the same entry, so Bloghorn takes " +
			"them for one post. If they are different posts, all but one are missing.",
		Fix: "List each post once, and give each a guid and a link of its own.",
	}, true
}

// maxNamed is how many posts a warning names.
const maxNamed = 5

func guidsMissing(s subject) (Warning, bool) {
	missing := 0
	for _, e := range s.in.Entries {
		if e.GUID == "" {
			missing++
		}
	}
	if missing == 0 {
		return none()
	}
	return Warning{
		Seen: has(missing, len(s.in.Entries), "has", "have") + " no guid (Atom: id).",
		Why:  "Without one, a post is known by its link: change the link, and it is taken for a new post.",
		Fix:  "Add a guid to each item of the feed's template, such as the address the post had at first.",
	}, true
}

func linksMissing(s subject) (Warning, bool) {
	missing := 0
	for _, e := range s.in.Entries {
		if e.Link == "" {
			missing++
		}
	}
	if missing == 0 {
		return none()
	}
	return Warning{
		Seen: has(missing, len(s.in.Entries), "has", "have") + " no link.",
		Why:  "The link is what people click on Mastodon, and what comments are found by. Without one they land on the blog's front page.",
		Fix:  "Add the address of its page to each item of the feed.",
	}, true
}

func httpLinks(s subject) (Warning, bool) {
	insecure, which := 0, ""
	for _, e := range s.in.Entries {
		if u, err := url.Parse(e.Link); err == nil && u.Scheme == "http" && !isLocal(u.Hostname()) {
			insecure, which = insecure+1, e.Link
		}
	}
	if insecure == 0 {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("%s with http://, such as %s.", has(insecure, len(s.in.Entries), "has a link", "have links"), example(which)),
		Why:  "Misskey and others refuse posts whose address is not https, and browsers warn of such pages.",
		Fix:  "Set the site's address to https:// in the blog's settings, so that the feed links to it.",
	}, true
}

// isLocal is for those who try things out on their own computer.
func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".test")
}

func otherHost(s subject) (Warning, bool) {
	site := hostOf(s.in.SiteURL)
	away, which := 0, ""
	for _, e := range s.in.Entries {
		if host := hostOf(e.Link); host != "" && site != "" && host != site {
			away, which = away+1, host
		}
	}
	if away == 0 {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("%s to another site than the blog's %s: %s.",
			has(away, len(s.in.Entries), "leads", "lead"), site, example(which)),
		Why: "The link of a post is where its readers go, and where its comments belong. Mastodon makes the card of that page and " +
			"not of yours.",
		Fix: "Let each item link to its page on your blog, and put the other site's link into the text. If the blog has moved, " +
			"correct the site's address in the feed.",
	}, true
}

func tracking(s subject) (Warning, bool) {
	tracked, which := 0, ""
	for _, e := range s.in.Entries {
		if name := trackingParameter(e.Link); name != "" {
			tracked, which = tracked+1, name
		}
	}
	if tracked == 0 {
		return none()
	}
	return Warning{
		Seen: fmt.Sprintf("%s a parameter that only counts readers: %s.",
			has(tracked, len(s.in.Entries), "has in its link", "have in their links"), example(which)),
		Why: "Everybody who shares the post passes it on. Bloghorn finds comments without it; other programs take it for another page.",
		Fix: "Turn tracking of feed links off in your blog or feed service.",
	}, true
}

// trackingParameter is the first parameter of an address that makes no other page of it.
func trackingParameter(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.RawQuery == "" {
		return ""
	}
	name := pageurl.Normalise(address)
	for parameter := range strings.SplitSeq(u.RawQuery, "&") {
		key, _, _ := strings.Cut(parameter, "=")
		without := *u
		without.RawQuery = strings.Replace(u.RawQuery, parameter, "", 1)
		if key != "" && pageurl.Normalise(without.String()) == name {
			return key
		}
	}
	return ""
}

// lower is a sentence's beginning inside another.
func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
