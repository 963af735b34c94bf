package contenthash

import (
	"golang.org/x/net/html"

	"github.com/bloghorn/bloghorn/feeds/parser"
)

// silent are the elements whose content is not for people.
var silent = map[string]bool{"script": true, "style": true, "noscript": true, "template": true}

// boilerplate follows what of a document does not count. depth is how many elements of the same
// name are open inside.
type boilerplate struct {
	wants func(html.Token) bool
	name  string // of the element that is skipped, "" where none is
	depth int
}

func (s *boilerplate) on() bool { return s.name != "" }

func (s *boilerplate) open(t html.Token) {
	switch {
	case t.Type == html.SelfClosingTagToken && !s.on(), parser.Void[t.Data]:
	case s.name == t.Data:
		s.depth++
	case s.name == "" && (silent[t.Data] || s.wants(t)):
		s.name, s.depth = t.Data, 1
	}
}

func (s *boilerplate) close(name string) {
	if name != s.name {
		return
	}
	if s.depth--; s.depth == 0 {
		s.name = ""
	}
}
