package settings

import "github.com/bloghorn/bloghorn/feeds/parser"

// Filter chooses which items of a feed are a blog's posts. The zero Filter takes all.
type Filter struct {
	include, exclude rules
	language         string // of items that do not say theirs
}

// Filter is how the blog chooses its posts now; language is that of items which do not say theirs.
func (s Settings) Filter(language string) Filter { return newFilter(s.Include, s.Exclude, language) }

// FormerFilter is how it chose them before KeepFormerRules.
func (s Settings) FormerFilter(language string) Filter {
	return newFilter(s.wereInclude, s.wereExclude, language)
}

// KeepFormerRules keeps the rules by which the feed was last read beside the new ones.
func (s *Settings) KeepFormerRules(was Settings) {
	s.wereInclude, s.wereExclude = was.Include, was.Exclude
}

// newFilter reads rules that Set has checked.
func newFilter(include, exclude, language string) Filter {
	f := Filter{language: language}
	f.include, _ = parseRules(include)
	f.exclude, _ = parseRules(exclude)
	return f
}

// TakesAll reports whether there are no rules.
func (f Filter) TakesAll() bool { return len(f.include)+len(f.exclude) == 0 }

// Takes reports whether one of the rules to include matches, if there are any, and none of those to
// exclude.
func (f Filter) Takes(it parser.Item) bool {
	if f.TakesAll() {
		return true
	}
	if it.Language == "" {
		it.Language = f.language
	}
	of := &subject{Item: it}
	return (len(f.include) == 0 || f.include.match(of)) && !f.exclude.match(of)
}
