package parser

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/feeds/charset"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// What a row has room for, in characters.
const (
	MaxTitle    = 500
	MaxTeaser   = 500
	MaxSummary  = 2000
	MaxAuthor   = 500
	MaxURL      = 2048 // bytes
	MaxGUID     = 2000
	maxLanguage = 35
	MaxFormat   = 30
	maxTag      = 100
	maxTags     = 32
	MaxImageAlt = 1500
)

// MaxItems is how many posts of a feed are used.
const MaxItems = 1000

// Line is text on one line, at most max characters, none of which XML forbids.
func Line(text string, max int) string {
	return Cut(strings.Join(strings.Fields(charset.Tidy(text)), " "), max)
}

// Cut leaves the first max characters of valid UTF-8.
func Cut(text string, max int) string {
	return safehtml.Cut(strings.ToValidUTF8(text, string(utf8.RuneError)), max)
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)

// Language is a BCP 47 tag in its usual case ("en-GB", "zh-Hant"), "" for what is none.
func Language(raw string) string {
	raw = strings.ReplaceAll(strings.TrimSpace(raw), "_", "-")
	if len(raw) > maxLanguage || !languageTag.MatchString(raw) {
		return ""
	}
	parts := strings.Split(strings.ToLower(raw), "-")
	for i, part := range parts[1:] {
		switch len(part) {
		case 2:
			parts[i+1] = strings.ToUpper(part)
		case 4:
			parts[i+1] = strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return strings.Join(parts, "-")
}

// noCategories are the names that WordPress gives to having no category, in its languages.
var noCategories = []string{
	"unkategorisiert", "nicht kategorisiert", "allgemein", "non classé", "non classifié", "sin categoría", "sin categorizar", "senza categoria",
	"geen categorie", "niet gecategoriseerd", "sem categoria", "sense categoria", "sen categoría", "sailkatu gabea", "fără categorie",
	"okategoriserade", "okategoriserad", "ikke kategoriseret", "ikke-kategoriseret", "ukategorisert", "luokittelematon", "bez kategorii",
	"bez kategorije", "bez kategorijas", "be kategorijos", "nezařazené", "nezaradené", "nekategorizirano", "egyéb kategória", "kategorisiz",
	"kategorize edilmemiş", "без рубрики", "без категории", "без категорії", "без категория", "некатегоризовано", "χωρίς κατηγορία",
	"غير مصنف", "دسته\u200cبندی نشده", "ללא קטגוריה", "tak berkategori", "tanpa kategori", "chưa phân loại", "chưa được phân loại", "未分類", "未分类",
	"미분류",
}

// Hashtags are the tags without the name for having none. The blog's rules still know it by that
// name: "Allgemein" may be what they ask for.
func (it Item) Hashtags() []string {
	kept := []string{}
	for _, tag := range it.Tags {
		if !slices.Contains(noCategories, strings.ToLower(tag)) {
			kept = append(kept, tag)
		}
	}
	return kept
}

// Tags are the categories as plain text, each once. WordPress has a name for having none: see
// hashtags.
func Tags(categories []string, plain func(string) string) []string {
	found, seen := []string{}, map[string]bool{"": true, "uncategorized": true, "uncategorised": true}
	for _, category := range categories {
		tag := strings.TrimLeft(Line(plain(category), maxTag), "# ")
		if folded := strings.ToLower(tag); !seen[folded] {
			seen[folded] = true
			found = append(found, tag)
		}
		if len(found) == maxTags {
			break
		}
	}
	return found
}

// usable are the items that say something; of too many the newest. Items without a date are taken
// for new.
func usable(items []Item) []Item {
	items = slices.DeleteFunc(items, func(it Item) bool { return it.GUID+it.Link+it.Title+it.Content == "" })
	if len(items) <= MaxItems {
		return items
	}
	slices.SortStableFunc(items, func(a, b Item) int {
		switch undatedA, undatedB := a.PublishedAt.IsZero(), b.PublishedAt.IsZero(); {
		case undatedA && undatedB:
			return 0
		case undatedA:
			return -1
		case undatedB:
			return 1
		}
		return b.PublishedAt.Compare(a.PublishedAt)
	})
	return items[:MaxItems]
}
