package widget

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"github.com/bloghorn/bloghorn/server/web"
)

const staticCache = "public, max-age=3600, stale-while-revalidate=604800"

//go:embed static
var staticFiles embed.FS

// built are the static answers, made once.
var built = sync.OnceValue(func() (b struct{ script, style, digest string }) {
	comments := source("static/comments.css")
	css, _ := json.Marshal(comments) // a string always marshals, and JSON strings are JavaScript strings
	b.script = strings.Replace(source("static/comments.js"), `"/* comments.css */"`, string(css), 1)
	b.style = comments + source("static/page.css")
	b.digest = digest(b.script, b.style, source("fragment.html"), source("page.html"))
	return b
})

// Script is the module with the custom element, its stylesheet inside: one request, and no
// style-src needed on the blog's page.
func (h *Handlers) Script(w http.ResponseWriter, r *http.Request) error {
	return serveStatic(w, r, "text/javascript; charset=utf-8", built().script)
}

// Style is the stylesheet of the thread page.
func (h *Handlers) Style(w http.ResponseWriter, r *http.Request) error {
	return serveStatic(w, r, "text/css; charset=utf-8", built().style)
}

func serveStatic(w http.ResponseWriter, r *http.Request, contentType, body string) error {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	web.Write(w, r, web.Page{Type: contentType, Body: []byte(body), ETag: `"` + digest(body) + `"`, CacheControl: staticCache, Public: true})
	return nil
}

// assets changes whenever a template, the script or a stylesheet does.
func assets() string { return built().digest }

// styleURL is relative, so that the page need not know the path it is served under. The digest
// makes a new sheet a new address.
func styleURL() string { return "widget/1/comments.css?v=" + digest(built().style)[:8] }

func source(name string) string {
	files := fs.FS(staticFiles)
	if !strings.HasPrefix(name, "static/") {
		files = templateFiles
	}
	text, err := fs.ReadFile(files, name)
	if err != nil {
		panic("a file is missing in the binary: " + err.Error()) // go:embed would not have compiled
	}
	return string(text)
}

func digest(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
