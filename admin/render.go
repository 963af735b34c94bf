package admin

import (
	"embed"
	"html/template"
	"net/http"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/web"
)

var (
	//go:embed templates/*.html
	templateFiles embed.FS
	//go:embed static/*
	staticFiles embed.FS

	templates = template.Must(template.New("").Funcs(template.FuncMap{
		"when":  func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") },
		"away":  feeds.Distance,
		"count": feeds.Counted,
		"upper": upper,
		"stamp": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	}).ParseFS(templateFiles, "templates/*.html"))
)

// upper begins a sentence: what packages below tell is written to follow a colon.
func upper(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// render writes a page whole or not at all.
func render(w http.ResponseWriter, r *http.Request, name string, status int, data any) error {
	return web.Render(w, r, templates, name, data, web.Page{Status: status})
}
