package safehtml

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// How many tokens are looked at for the end of something that may be no part of the text.
const (
	maxMark     = 24     // a footnote mark, the anchor of a heading
	maxLines    = 20_000 // the line numbers of a listing
	maxContents = 3_000  // a table of contents
)

// unseen are classes of what only screen readers get, most of it for finding one's way on the
// blog's own page, and of the pictures that engines draw beside a formula.
var unseen = set("sr-only", "screen-reader-text", "screen-reader-only", "visually-hidden", "visuallyhidden", "hidden-visually",
	"show-for-sr", "assistive-text", "a11y-hidden", "u-hiddenvisually", "katex-html", "mathjax_preview")

// furnishings are the classes and ids that plugins give to what they put around a post:
// advertisements, buttons, counters, what else to read. It is new at every reading, and it is not
// what the author wrote.
var furnishings = set("advert", "advertisement", "adsbygoogle", "ad-slot", "ad-container", "google-auto-placed",
	"sponsored", "sharedaddy", "sd-sharing", "addtoany_share_save_container", "addtoany_content", "ssba",
	"heateor_sss_sharing_container", "jp-relatedposts", "jp-relatedposts-i2", "wp-block-jetpack-related-posts", "related-posts", "yarpp-related", "yarpp", "crp_related",
	"post-views", "entry-views", "pvc_stats", "post-ratings", "kk-star-ratings", "wp-polls",
	"feedflare", "share-buttons", "social-share", "newsletter-signup", "subscription-widget-wrap",
	"subscription-widget-wrap-editor", "captioned-button-wrap", "reading-time", "span-reading-time", "rt-reading-time", "post-stats",
	"share", "sharing", "share-links", "share-bar", "share-this", "sharethis-inline-share-buttons", "post-share", "post-sharing",
	"social-sharing", "social-buttons", "social-share-buttons", "a2a_kit", "shareaholic-canvas", "addthis_toolbox",
	"addthis_inline_share_toolbox", "essb_links", "simplesocialbuttons", "mashsb-container", "swp_social_panel",
	"dpsp-content-wrapper", "copy-button", "copy-code-button", "code-copy",
	"shariff", "shariff-buttons", "shariffheadline", "nc_tweetcontainer", "wpl-likebox", "twitter-share-button", "fb-share-button",
	"juiz_sps_links", "novashare-buttons", "ns-buttons", "ns-total-share-count", "scriptlesssocialsharing", "share-count", "share-counts", "share-counter", "total-shares",
	// Tables of contents that plugins make of the headings: their links lead nowhere but on the
	// blog's page.
	"ez-toc-container", "ez-toc-title-container", "ez-toc-title", "ez-toc-title-toggle", "ez-toc-toggle", "ez-toc-list", "ez-toc-sticky-container",
	"lwptoc", "lwptoc_header", "lwptoc_items", "toc_container", "wp-block-rank-math-toc-block", "rank-math-toc",
	"wp-block-yoast-seo-table-of-contents")

// adverts are classes of advertisements that people give to what they write of them, too.
// furnishingKinds are how all the names begin that Ultimate Social Media and Monarch give.
var (
	adverts         = set("ad", "ads")
	furnishingKinds = []string{"sfsi_", "et_social_"}
)

// numberings are the classes of the line numbers of code; each may mean something else on what
// holds words.
var numberings = set("gutter", "lineno", "linenos", "linenodiv", "line-number", "line-numbers", "linenumber", "line-numbers-rows",
	"ln", "lnt", "lntd", "gl", "rouge-gutter", "blob-num", "hljs-ln-numbers", "hljs-ln-n", "crayon-nums", "crayon-num", "code-line-number")

// anchors are the classes of the links that themes put beside each heading, for people who want to
// copy its address.
var anchors = set("anchor", "anchorjs-link", "header-anchor", "headerlink", "heading-anchor", "heading-link", "heading-permalink",
	"hash-link", "permalink", "anchor-link", "anchor__link", "direct-link", "zola-anchor", "headline-hash")

// noteMarks are classes and roles of footnote marks, noteReturns those of the links back from the
// notes.
var (
	noteMarks = set("footnote", "footnotes", "footnote-ref", "footnote-reference", "footnote-anchor", "footnote-link", "footnote-marker",
		"footnote-number", "fn", "fnref", "fn-ref", "data-footnote-ref", "modern-footnotes-footnote", "easy-footnote",
		"sidenote-number", "reference", "doc-noteref", "footnote_referrer")
	noteReturns = set("footnote-backref", "footnote-back", "footnote-return", "reversefootnote", "fn-back", "data-footnote-backref",
		"easy-footnote-to-top", "doc-backlink")
)

// captions, tables of contents, and what asks for leave before it shows something of another site,
// are part of a text, but no beginning of it.
var (
	captions = set("caption", "wp-caption-text", "wp-element-caption", "gallery-caption", "image-caption", "thumbcaption", "tr-caption",
		"img-caption", "figcaption", "photo-credit", "image-credit")
	contents = set("toc", "table-of-contents", "tableofcontents", "ez-toc-container", "ez-toc-title-container", "lwptoc", "toc_container",
		"wp-block-table-of-contents", "wp-block-rank-math-toc-block", "wp-block-yoast-seo-table-of-contents", "markdown-toc", "post-toc",
		"toc-container", "article-toc", "doc-toc")
	// Embed Privacy, Borlabs Cookie (2 and 3), Complianz, Cookiebot, CookieYes, Real Cookie Banner,
	// Avada, Video Embed Privacy, Lyte, WP DSGVO Tools, WPConsent, iubenda. Some have the link to
	// what is not shown in them.
	consents = set("embed-privacy-container", "embed-privacy-overlay", "embed-privacy-footer", "_brlbs-content-blocker",
		"brlbs-cmpnt-content-blocker", "cmplz-blocked-content-notice", "cookieconsent-optout", "cookieconsent-optout-marketing",
		"cookieconsent-optout-statistics", "cookieconsent-optout-preferences", "wt-cli-iframe-placeholder", "rcb-content-blocker",
		"fusion-privacy-placeholder", "video-wrapped", "lyte-wrapper", "sp-dsgvo-blocked-embedding-placeholder",
		"wpconsent-iframe-placeholder", "iub-cons-overlay")
	contentsTitles = set("contents", "table of contents", "in this article", "in this post", "on this page", "inhalt", "inhaltsverzeichnis",
		"sommaire", "table des matières", "índice", "contenido", "tabla de contenidos", "indice", "sommario", "inhoud", "inhoudsopgave",
		"spis treści", "содержание", "оглавление", "innehåll", "indhold", "innhold", "sisällys", "目次", "目录", "차례", "목차")
)

func set(all ...string) map[string]bool {
	found := map[string]bool{}
	for _, one := range all {
		found[one] = true
	}
	return found
}

// isNamed says that one of the classes of t, or its id or role, is among names.
func isNamed(t html.Token, names map[string]bool, keys ...string) bool {
	for _, a := range t.Attr {
		for _, key := range keys {
			if a.Key != key {
				continue
			}
			for word := range strings.FieldsSeq(strings.ToLower(a.Val)) {
				if names[word] {
					return true
				}
			}
		}
	}
	return false
}

// IsFurniture says that an element was put around a post by a theme or plugin.
func IsFurniture(t html.Token) bool {
	return isNamed(t, adverts, "class", "id") || isSurelyFurniture(t)
}

// isSurelyFurniture is IsFurniture whatever the element holds.
func isSurelyFurniture(t html.Token) bool {
	return isNamed(t, furnishings, "class", "id") || t.Data == "nav" && strings.EqualFold(attributeOf(t, "id"), "TableOfContents") || // Hugo's
		t.Data != "body" && isOfKind(t)
}

func isOfKind(t html.Token) bool {
	for class := range strings.FieldsSeq(attributeOf(t, "class")) {
		for _, kind := range furnishingKinds {
			if strings.HasPrefix(class, kind) {
				return true
			}
		}
	}
	return false
}

// minProse is how many characters of sentences outside of links are more than the words on an
// advertisement.
const minProse = 40

// isProse says that somebody wrote what is inside, and no machine brings it: sentences, and nothing
// that loads something.
func isProse(inside []html.Token) bool {
	written, links, sentences := 0, 0, false
	for _, t := range inside {
		switch {
		case t.Type == html.TextToken && links == 0:
			written += utf8.RuneCountInString(strings.TrimSpace(t.Data))
			sentences = sentences || strings.ContainsAny(t.Data, ".!?…。！？")
		case t.Data == "a" && t.Type == html.StartTagToken:
			links++
		case t.Data == "a" && t.Type == html.EndTagToken:
			links = max(links-1, 0)
		case t.Type == html.StartTagToken && (t.Data == "script" || t.Data == "iframe" || t.Data == "ins"):
			return false
		}
	}
	return sentences && written >= minProse
}

// noShow matches the styles of what a browser does not show.
var noShow = regexp.MustCompile(`(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|clip\s*:\s*rect\(\s*[01](?:px)?\b)`)

// isUnseen says that a browser does not show the element. What is only folded away until somebody
// looks for it is shown.
func isUnseen(t html.Token) bool {
	for _, a := range t.Attr {
		switch a.Key {
		case "hidden":
			return !strings.EqualFold(a.Val, "until-found")
		case "style":
			if noShow.MatchString(a.Val) {
				return true
			}
		case "class":
			if isNamed(html.Token{Attr: []html.Attribute{a}}, unseen, "class") { // not all of t: it may have many
				return true
			}
		}
	}
	return t.Data == "dialog" && !hasAttribute(t, "open")
}

func hasAttribute(t html.Token, name string) bool {
	for _, a := range t.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func isAside(t html.Token) bool {
	switch t.Data {
	case "figcaption", "caption", "nav":
		return true
	}
	return isNamed(t, captions, "class") || isNamed(t, consents, "class") || isNamed(t, contents, "class", "id", "role")
}

func isNumbering(t html.Token) bool {
	switch t.Data {
	case "td", "th", "span", "div", "pre", "a", "code", "ol", "ul":
		return isNamed(t, numberings, "class")
	}
	return false
}

func isNumbers(inside []html.Token) bool {
	return strings.Trim(words(inside), "0123456789 \t\r\n.:|") == ""
}

var (
	// noteNumber matches how notes are numbered: 3, [3], *, note 2; noteLetter matches other ways,
	// which may be words.
	noteNumber = regexp.MustCompile(`(?i)^(?:[[(]\s*)?(?:(?:note|nb|fn)?\s*\d{1,3}|[*†‡§¶⁎]+)(?:\s*[\])])?[.:]?$`)
	noteLetter = regexp.MustCompile(`(?i)^(?:[[(]\s*)?(?:(?:note|nb)?\s*[a-z]|[ivx]{1,5})(?:\s*[\])])?$`)
	// noteTarget and noteSource match the names that engines give to notes, and to the places that
	// refer to them.
	noteTarget = regexp.MustCompile(`(?i)^(?:user-content-)?(?:fn|foot|note|endnote|cite|ref|_ftn|_edn|sdfootnote|sdendnote|easy-footnote|sn-|mn-|[0-9a-f]{8}-[0-9a-f]{4}-)`)
	noteSource = regexp.MustCompile(`(?i)^(?:user-content-)?(?:fn-?ref|fn-?link|fn-?back|footnote-?ref|footnote-?link|footnote-?back|cite_?ref|noteref|ref-?fn|_ftnref|_ednref|easy-footnote-\d|sdfootnote\d+anc|[0-9a-f]{8}-[0-9a-f-]{27}-link)`)
)

// isMark says that the link t is the anchor of a heading, a footnote mark, or leads back from a
// note.
func (r *reader) isMark(t html.Token, inside []html.Token) bool {
	_, fragment, ok := strings.Cut(attributeOf(t, "href"), "#")
	if !ok || fragment == "" {
		return false
	}
	text := words(inside)
	wordless := !strings.ContainsFunc(text, isWordRune)
	switch {
	case isNamed(t, noteReturns, "class", "role"):
		return utf8.RuneCountInString(text) <= maxBack
	case isNamed(t, noteMarks, "class", "role"):
		return wordless || noteNumber.MatchString(text)
	case r.heading > 0 && (isNamed(t, anchors, "class") || hasAttribute(t, "aria-hidden")):
		return wordless || anchorWords.MatchString(text)
	case isNamed(t, anchors, "class"), r.heading > 0:
		return wordless
	case noteSource.MatchString(fragment):
		return utf8.RuneCountInString(text) <= maxBack
	case wordless && isArrow(text):
		return true
	case noteLetter.MatchString(text):
		return noteTarget.MatchString(fragment) && (strings.ContainsAny(text, "[(") || isRaised(inside))
	case !noteNumber.MatchString(text):
		return false
	}
	return noteTarget.MatchString(fragment) || strings.ContainsAny(text, "[*†‡") || isRaised(inside)
}

// maxBack is how many characters the words have that lead back from a note: "Back to the text".
const maxBack = 25

var anchorWords = regexp.MustCompile(`(?i)^(?:#\s*)?(?:link|permalink|permanent link|anchor|copy link|direct link|heading link|link to (?:this )?(?:heading|section))\b`)

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isArrow(text string) bool {
	return text != "" && strings.Trim(text, "↩↑^⏎⤴↵⬆↖↶⮌🔙⇧←⤶ []()") == ""
}

func isRaised(inside []html.Token) bool {
	for _, t := range inside {
		if t.Type == html.StartTagToken && t.Data == "sup" {
			return true
		}
	}
	return false
}

// isNoteMark says that what is raised is nothing but the marks of footnotes.
func isNoteMark(t html.Token, inside []html.Token) bool {
	text := words(inside)
	if isNamed(t, noteMarks, "class", "role") && utf8.RuneCountInString(text) <= maxBack {
		return true
	}
	links := false
	for _, one := range inside {
		links = links || one.Type == html.StartTagToken && one.Data == "a" && strings.Contains(attributeOf(one, "href"), "#")
	}
	if !links {
		return false
	}
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) }) {
		if !noteNumber.MatchString(part) && !noteLetter.MatchString(part) {
			return false
		}
	}
	return true
}

// isContents says that a list holds nothing but links into its own page, more than one.
func isContents(inside []html.Token) bool {
	links, open := 0, false
	for _, t := range inside {
		switch {
		case t.Type == html.StartTagToken && t.Data == "a":
			_, fragment, ok := strings.Cut(attributeOf(t, "href"), "#")
			open = ok && fragment != ""
			links++
		case t.Type == html.EndTagToken && t.Data == "a":
			open = false
		case t.Type == html.TextToken && !open && strings.ContainsFunc(t.Data, unicode.IsLetter):
			return false
		}
	}
	return links > 1
}
