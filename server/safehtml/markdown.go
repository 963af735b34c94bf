package safehtml

import (
	"bytes"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// markdown reads what people write in a hurry: addresses become links, and a line break is one. Raw
// HTML is left out.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Linkify, extension.Strikethrough),
	goldmark.WithRendererOptions(html.WithHardWraps()),
)

// Markdown is text in CommonMark as a comment, by the rules of Comment.
func Markdown(text string) HTML {
	var out bytes.Buffer
	if err := markdown.Convert([]byte(text), &out); err != nil { // only a writer that fails makes one, and this one does not
		return HTML{}
	}
	return Comment(out.String())
}
