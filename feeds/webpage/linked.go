package webpage

import (
	"encoding/json"
	"strings"
)

// linked is what JSON-LD says of a post.
type linked struct{ author, published, modified string }

// maxThings bounds how many things of a page's linked data are looked at.
const maxThings = 200

// linked is the first thing in the page's linked data that is an article, as schema.org names them.
// Yoast puts it into a @graph, others into a list.
func (s *survey) linked() linked {
	for _, script := range s.scripts {
		var data any
		if json.Unmarshal([]byte(script), &data) != nil {
			continue
		}
		for _, thing := range things(data) {
			if isArticle(thing) {
				published, _ := thing["datePublished"].(string)
				modified, _ := thing["dateModified"].(string)
				return linked{nameIn(thing["author"]), published, modified}
			}
		}
	}
	return linked{}
}

// things are the objects of a document, in its order: it, those of its list and those of its graph.
func things(data any) (all []map[string]any) {
	switch data := data.(type) {
	case map[string]any:
		all = append(all, data)
		if graph, ok := data["@graph"].([]any); ok {
			all = append(all, objects(graph)...)
		}
	case []any:
		all = objects(data)
	}
	return all
}

func objects(list []any) (all []map[string]any) {
	for _, one := range list[:min(len(list), maxThings)] {
		if object, ok := one.(map[string]any); ok {
			all = append(all, object)
		}
	}
	return all
}

func isArticle(thing map[string]any) bool {
	kinds, _ := thing["@type"].([]any)
	for _, kind := range append(kinds[:min(len(kinds), 10):min(len(kinds), 10)], thing["@type"]) {
		text, _ := kind.(string)
		if strings.HasSuffix(text, "Article") || strings.HasSuffix(text, "Posting") || text == "PodcastEpisode" {
			return true
		}
	}
	return false
}

// nameIn is the name of a person, who may be a string, an object, or the first of a list.
func nameIn(author any) string {
	switch author := author.(type) {
	case string:
		return author
	case map[string]any:
		text, _ := author["name"].(string)
		return text
	case []any:
		if len(author) > 0 {
			if _, nested := author[0].([]any); !nested {
				return nameIn(author[0])
			}
		}
	}
	return ""
}
