package thread

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// Tag is what the words of a reply name and are not: a person whom it is for, or a picture that
// stands for some letters. It is kept as data. Nothing of it is fetched, and no page shows it yet.
type Tag struct {
	Kind string `json:"kind"` // TagMention or TagEmoji
	Name string `json:"name"` // "@ada@pasture.example", or ":blobcat:"
	URL  string `json:"url"`  // the person's id, or the address of the picture
}

// The kinds of tag.
const (
	TagMention = "mention"
	TagEmoji   = "emoji"
)

const (
	maxTags     = 40     // of a reply
	maxTagBytes = 16_000 // of their JSON
)

var emojiShape = regexp.MustCompile(`^:[\p{L}\p{N}_.+@-]{1,100}:$`)

// tagsOf are the mentions of an object, and those of its custom emoji that its words use. What else
// it is tagged with says nothing about them.
func tagsOf(o activitypub.Object, words string) []Tag {
	words += o.Text("summary") + o.Text("name")
	var all []Tag
	for _, t := range o.Objects("tag") {
		tag := Tag{Name: t.String("name")}
		switch {
		case len(all) == maxTags:
			return all
		case t.Is("Mention"):
			tag.Kind, tag.URL = TagMention, handedOn(t.Ref("href"), o.ID())
			tag.Name = fullHandle(tag.Name, tag.URL)
		case t.Is("Emoji"):
			icon, _ := t.Object("icon")
			tag.Kind, tag.URL = TagEmoji, handedOn(icon.URL(), o.ID())
			if tag.Name = ":" + strings.Trim(tag.Name, ":") + ":"; !emojiShape.MatchString(tag.Name) || !strings.Contains(words, tag.Name) {
				continue
			}
		}
		if tag.Kind != "" && tag.Name != "" && tag.URL != "" && len(encodeTags(append(all, tag))) <= maxTagBytes {
			all = append(all, tag)
		}
	}
	return all
}

// fullHandle is the name of a mention with its host, which some servers leave out for people of
// their own.
func fullHandle(name, id string) string {
	name = strings.TrimPrefix(name, "@")
	if name == "" || len(name) > maxName || strings.ContainsAny(name, " \t\r\n<>\"") {
		return ""
	}
	if !strings.Contains(name, "@") {
		name += "@" + activitypub.Host(id)
	}
	return "@" + name
}

// Named are the handles that a note mentions, beside others: what is left out where the words begin
// with them.
func (n Note) Named(others ...string) []string {
	names := slices.Clone(others)
	for _, t := range n.Tags {
		if t.Kind == TagMention {
			names = append(names, t.Name)
		}
	}
	return names
}

// WordsAs are what a note says as a reply of a kind. A quote stands below what it quotes, so the
// line that names that is not repeated.
func (n Note) WordsAs(kind string) safehtml.HTML {
	if kind == KindQuote {
		return n.Words
	}
	return n.HTML
}

func encodeTags(all []Tag) string {
	if len(all) == 0 {
		return ""
	}
	text, _ := json.Marshal(all) // strings always marshal
	return string(text)
}

// decodeTags trusts the table no more than decodeAttachments does.
func decodeTags(text string) []Tag {
	var all []Tag
	if text == "" || json.Unmarshal([]byte(text), &all) != nil {
		return nil
	}
	return slices.DeleteFunc(all, func(t Tag) bool { return !activitypub.ValidID(t.URL) })
}
