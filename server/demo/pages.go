package demo

import (
	"embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/server/web"
)

var (
	//go:embed templates/*.html
	templateFiles embed.FS
	//go:embed static/*
	staticFiles embed.FS

	functions = template.FuncMap{
		"day":   func(t time.Time) string { return t.Format("2 January 2006") },
		"clock": func(t time.Time) string { return t.Local().Format("15:04:05") },
		"stamp": stamp,
	}
	blogTemplates   = template.Must(template.New("").Funcs(functions).ParseFS(templateFiles, "templates/blog.html"))
	readerTemplates = template.Must(template.New("").Funcs(functions).ParseFS(templateFiles, "templates/reader.html",
		"templates/traffic.html"))
)

// render writes a page whole or not at all.
func render(w http.ResponseWriter, r *http.Request, t *template.Template, name string, status int, csp string, data any) error {
	w.Header().Set("Content-Security-Policy", csp)
	w.Header().Set("Referrer-Policy", "no-referrer")
	return web.Render(w, r, t, name, data, web.Page{Status: status})
}

// onlyFromHere keeps other web pages from pressing our buttons: no cross-origin form, and no name
// that was made to point to this computer (DNS rebinding). Requests of programs, and so of other
// servers, pass; they carry no browser's headers.
func onlyFromHere(host string, next http.Handler) http.Handler {
	guarded := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != host && !isLoopback(r.Host) {
			web.Error(w, r, fmt.Errorf("%w: this demo is called %s, not %q", web.ErrRefused, host, r.Host))
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

func isLoopback(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || ip != nil && ip.IsLoopback()
}

func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, fmt.Errorf("%w: the form cannot be read, or is longer than %d bytes", web.ErrInvalid, maxForm)
	}
	return r.PostForm, nil
}

// wantsJSON is how a script asks a form's handler: it gets the id of what was made instead of a
// page.
func wantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

// origin is a URL without path and query.
func origin(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
