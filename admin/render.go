package admin

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"path"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

var (
	//go:embed templates/*.html
	templateFiles embed.FS
	//go:embed static/*
	staticFiles embed.FS

	templates = template.Must(template.New("").Funcs(template.FuncMap{
		"when":  func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") },
		"stamp": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	}).ParseFS(templateFiles, "templates/*.html"))
)

// render writes a page whole or not at all.
func render(w http.ResponseWriter, r *http.Request, name string, status int, data any) error {
	var body bytes.Buffer
	if err := templates.ExecuteTemplate(&body, name, data); err != nil {
		return fmt.Errorf("render the page %s: %w", name, err)
	}
	web.Write(w, r, web.Page{Type: "text/html; charset=utf-8", Body: body.Bytes(), CacheControl: "no-store", Status: status})
	return nil
}

func static(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	body, err := staticFiles.ReadFile("static/" + name)
	if err != nil {
		return fmt.Errorf("%w: no file %q", web.ErrNotFound, name)
	}
	web.Write(w, r, web.Page{
		Type: mime.TypeByExtension(path.Ext(name)),
		Body: body,
		ETag: `"` + database.Hash(string(body)).String()[:32] + `"`,
	})
	return nil
}
