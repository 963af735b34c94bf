package feeds

import (
	"strings"

	"golang.org/x/net/html"
)

// silent are the elements whose content is not for people.
var silent = map[string]bool{"script": true, "style": true, "noscript": true, "template": true}

// void are the elements without an end tag (HTML §13.1.2): none of them can hold anything.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true, "meta": true,
	"source": true, "track": true, "wbr": true,
}

// furniture are the classes and ids that plugins give to what they put around a post: advertisements, buttons, counters, what else to read.
// It is new at every reading, and it is not what the author wrote.
var furniture = map[string]bool{
	"ad": true, "ads": true, "advert": true, "advertisement": true, "adsbygoogle": true, "ad-slot": true, "ad-container": true, "google-auto-placed": true,
	"sponsored": true, "sharedaddy": true, "sd-sharing": true, "addtoany_share_save_container": true, "addtoany_content": true, "ssba": true,
	"heateor_sss_sharing_container": true, "jp-relatedposts": true, "related-posts": true, "yarpp-related": true, "yarpp": true, "crp_related": true,
	"post-views": true, "entry-views": true, "pvc_stats": true, "post-ratings": true, "kk-star-ratings": true, "wp-polls": true,
	"feedflare": true, "share-buttons": true, "social-share": true, "newsletter-signup": true, "subscription-widget-wrap": true,
	"subscription-widget-wrap-editor": true, "captioned-button-wrap": true, "reading-time": true, "post-stats": true,
}

// silence follows what of a document does not count. depth is how many elements of the same name are open inside.
type silence struct {
	wants func(html.Token) bool
	name  string // of the element that is skipped, "" where none is
	depth int
}

func (s *silence) on() bool { return s.name != "" }

func (s *silence) open(t html.Token) {
	switch {
	case t.Type == html.SelfClosingTagToken && !s.on(), void[t.Data]:
	case s.name == t.Data:
		s.depth++
	case s.name == "" && (silent[t.Data] || s.wants(t)):
		s.name, s.depth = t.Data, 1
	}
}

func (s *silence) close(name string) {
	if name != s.name {
		return
	}
	if s.depth--; s.depth == 0 {
		s.name = ""
	}
}

func isFurniture(t html.Token) bool {
	for _, a := range t.Attr {
		if a.Key != "class" && a.Key != "id" {
			continue
		}
		for word := range strings.FieldsSeq(strings.ToLower(a.Val)) {
			if furniture[word] {
				return true
			}
		}
	}
	return false
}
