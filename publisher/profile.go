package publisher

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/web"
)

//go:embed profile.html
var profileSource string

//go:embed profile.css
var profileStyle string

var profileTemplate = template.Must(template.New("profile").Parse(profileSource))

// profilePolicy lets the page have its own style and nothing else: no script, no picture, no form,
// no frame around it.
var profilePolicy = "default-src 'none'; style-src '" + hashSource("\n"+profileStyle) + "'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// profile is what the small page for people says who follow the address of an actor.
type profile struct {
	Language string // of Name and Summary; "" where unknown
	Name     string
	Handle   string // "" for the instance actor
	Summary  string
	SiteURL  string
	Site     string
	ActorID  string
	Style    template.CSS
}

func profileOf(b feeds.Blog) profile {
	return profile{
		Language: b.Language, Name: b.Title, Handle: b.Handle(), Summary: b.Summary,
		SiteURL: b.SiteURL, Site: shortURL(b.SiteURL), ActorID: b.ActorID(),
	}
}

func profileOfInstance(base string) profile {
	return profile{Name: instanceName(base), ActorID: ids.InstanceActor(base)}
}

func answerProfile(w http.ResponseWriter, r *http.Request, p profile) error {
	p.Style = template.CSS("\n" + profileStyle)
	w.Header().Set("Content-Security-Policy", profilePolicy)
	return web.Render(w, r, profileTemplate, profileTemplate.Name(), p, web.Page{Vary: "Accept", CacheControl: "no-cache"})
}

// hashSource is a style as a Content-Security-Policy names it (CSP Level 3 §2.3.1).
func hashSource(style string) string {
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
