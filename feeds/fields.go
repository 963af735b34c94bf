package feeds

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
	maxTitle    = 500
	maxTeaser   = 500
	maxSummary  = 2000
	maxAuthor   = 500
	maxURL      = 2048 // bytes
	maxGUID     = 2000
	maxLanguage = 35
	maxFormat   = 30
	maxTag      = 100
	maxTags     = 32
	maxImageAlt = 1500
)

// maxItems is how many posts of a feed are used.
const maxItems = 1000

// line is text on one line, at most max characters, none of which XML forbids.
func line(text string, max int) string {
	return cut(strings.Join(strings.Fields(charset.Tidy(text)), " "), max)
}

// cut leaves the first max characters of valid UTF-8.
func cut(text string, max int) string {
	return safehtml.Cut(strings.ToValidUTF8(text, string(utf8.RuneError)), max)
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)

// language is a BCP 47 tag in its usual case ("en-GB", "zh-Hant"), "" for what is none.
func language(raw string) string {
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

// hashtags are the tags without the name for having none. The blog's rules still know it by that name: "Allgemein" may be what they ask for.
func (it item) hashtags() []string {
	kept := []string{}
	for _, tag := range it.tags {
		if !slices.Contains(noCategories, strings.ToLower(tag)) {
			kept = append(kept, tag)
		}
	}
	return kept
}

// tags are the categories as plain text, each once. WordPress has a name for having none: see hashtags.
func tags(categories []string, plain func(string) string) []string {
	found, seen := []string{}, map[string]bool{"": true, "uncategorized": true, "uncategorised": true}
	for _, category := range categories {
		tag := strings.TrimLeft(line(plain(category), maxTag), "# ")
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

// usable are the items that say something; of too many the newest. Items without a date are taken for new.
func usable(items []item) []item {
	items = slices.DeleteFunc(items, func(it item) bool { return it.guid+it.link+it.title+it.content == "" })
	if len(items) <= maxItems {
		return items
	}
	slices.SortStableFunc(items, func(a, b item) int {
		switch undatedA, undatedB := a.publishedAt.IsZero(), b.publishedAt.IsZero(); {
		case undatedA && undatedB:
			return 0
		case undatedA:
			return -1
		case undatedB:
			return 1
		}
		return b.publishedAt.Compare(a.publishedAt)
	})
	return items[:maxItems]
}
