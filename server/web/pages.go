package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"

	"github.com/bloghorn/bloghorn/server/database"
)

// Render answers with a page made from a template, whole or not at all. p needs no Type and no
// Body; without a CacheControl it is kept by nobody.
func Render(w http.ResponseWriter, r *http.Request, t *template.Template, name string, data any, p Page) error {
	var body bytes.Buffer
	if err := t.ExecuteTemplate(&body, name, data); err != nil {
		return fmt.Errorf("render the page %s: %w", name, err)
	}
	p.Type, p.Body, p.CacheControl = "text/html; charset=utf-8", body.Bytes(), orElse(p.CacheControl, "no-store")
	Write(w, r, p)
	return nil
}

// Files serves the files of an embedded folder by the path value "name", each with an ETag over its
// bytes.
func Files(files fs.FS, folder string) HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		name := r.PathValue("name")
		body, err := fs.ReadFile(files, folder+"/"+name)
		if err != nil {
			return fmt.Errorf("%w: no file %q", ErrNotFound, name)
		}
		Write(w, r, Page{Type: mime.TypeByExtension(path.Ext(name)), Body: body, ETag: ETag(body)})
		return nil
	}
}

// ETag is a strong validator over the bytes of an answer.
func ETag(body []byte) string { return `"` + database.Hash(string(body)).String()[:32] + `"` }
