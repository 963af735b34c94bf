package preview

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var style string

// page escapes whatever it is given; nothing here has a type that html/template would trust, but
// the style, which is ours.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"plain": safehtml.Plain, "line": safehtml.Line, "when": when, "count": count, "language": languageName,
	"add": func(a, b int) int { return a + b },
}).Parse(pageSource))

// HTML writes the preview as one page without script that loads nothing from anywhere; its own
// policy sees to that.
func (p Preview) HTML(w io.Writer) error {
	var out bytes.Buffer
	err := page.Execute(&out, struct {
		Preview
		Style  template.CSS
		Policy string
	}{p, template.CSS(style), policy(style)})
	if err != nil {
		return fmt.Errorf("render the preview: %w", err)
	}
	_, err = w.Write(out.Bytes())
	return err
}

// policy allows this very style sheet and nothing else (CSP level 3 §6.7.3.3).
func policy(style string) string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}
