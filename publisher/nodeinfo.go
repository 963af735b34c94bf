package publisher

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/ids"
	"github.com/bloghorn/bloghorn/server/web"
)

const (
	nodeInfoSchema = "http://nodeinfo.diaspora.software/ns/schema/"
	relApplication = "https://www.w3.org/ns/activitystreams#Application" // FEP-2677
	homepage       = "https://github.com/bloghorn/bloghorn"
)

// HostMeta tells where WebFinger is, for servers that look here first (RFC 6415). With an answer of
// this kind a host that cannot pass on WebFinger itself can point to one that answers.
func (h *Handlers) HostMeta(w http.ResponseWriter, r *http.Request) error {
	type link struct {
		Rel      string `xml:"rel,attr"`
		Template string `xml:"template,attr"`
	}
	body, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"http://docs.oasis-open.org/ns/xri/xrd-1.0 XRD"`
		Link    link
	}{Link: link{Rel: "lrdd", Template: HostRoot(h.baseOr(r)) + "/.well-known/webfinger?resource={uri}"}})
	if err != nil {
		return err
	}
	web.Write(w, r, web.Page{
		Type: "application/xrd+xml", Body: append([]byte(xml.Header), body...), CacheControl: forAnHour, Public: true,
	})
	return nil
}

// HostRoot is a base URL without its path: the well-known addresses are at the root of a host.
func HostRoot(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base // the settings let no such one in
	}
	return u.Scheme + "://" + u.Host
}

// NodeInfoIndex tells where NodeInfo is, and which actor speaks for the server.
func (h *Handlers) NodeInfoIndex(w http.ResponseWriter, r *http.Request) error {
	base := h.baseOr(r)
	links := []activitypub.WebFingerLink{
		{Rel: nodeInfoSchema + "2.1", Href: base + "/nodeinfo/2.1"},
		{Rel: nodeInfoSchema + "2.0", Href: base + "/nodeinfo/2.0"},
		{Rel: relApplication, Href: ids.InstanceActor(base)},
	}
	return h.answerJSON(w, r, "application/json", map[string]any{"links": links})
}

// nodeInfo is NodeInfo 2.0 and 2.1; the latter knows two more fields of software.
type nodeInfo struct {
	Version           string              `json:"version"`
	Software          map[string]string   `json:"software"`
	Protocols         []string            `json:"protocols"`
	Services          map[string][]string `json:"services"`
	OpenRegistrations bool                `json:"openRegistrations"`
	Usage             nodeUsage           `json:"usage"`
	Metadata          struct{}            `json:"metadata"`
}

type nodeUsage struct {
	Users struct {
		Total          int `json:"total"`
		ActiveMonth    int `json:"activeMonth"`
		ActiveHalfyear int `json:"activeHalfyear"`
	} `json:"users"`
	LocalPosts    int `json:"localPosts"`
	LocalComments int `json:"localComments"`
}

// NodeInfo says what this server is (mux variable "version": 2.0 or 2.1).
func (h *Handlers) NodeInfo(w http.ResponseWriter, r *http.Request) error {
	version := mux.Vars(r)["version"]
	if version != "2.0" && version != "2.1" {
		return fmt.Errorf("%w: NodeInfo is here in versions 2.0 and 2.1", web.ErrNotFound)
	}
	info := nodeInfo{
		Version:   version,
		Software:  map[string]string{"name": "bloghorn", "version": h.Version},
		Protocols: []string{"activitypub"},
		Services:  map[string][]string{"inbound": {"atom1.0", "rss2.0"}, "outbound": {}},
	}
	if version == "2.1" {
		info.Software["repository"], info.Software["homepage"] = homepage, homepage
	}
	var err error
	if info.Usage, err = h.usage(r.Context()); err != nil {
		return err
	}
	return h.answerJSON(w, r, `application/json; profile="`+nodeInfoSchema+version+`#"`, info)
}

func (h *Handlers) usage(ctx context.Context) (u nodeUsage, err error) {
	if u.LocalPosts, err = feeds.CountAllPosts(ctx, h.DB); err != nil {
		return u, fmt.Errorf("count the posts: %w", err)
	}
	if u.Users.Total, err = countBlogs(ctx, h.DB); err != nil {
		return u, fmt.Errorf("count the blogs: %w", err)
	}
	// Nobody logs in here; a blog that is polled is in use.
	u.Users.ActiveMonth, u.Users.ActiveHalfyear = u.Users.Total, u.Users.Total
	return u, nil
}

func (h *Handlers) answerJSON(w http.ResponseWriter, r *http.Request, contentType string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	web.Write(w, r, web.Page{Type: contentType, Body: body, CacheControl: forAnHour, Public: true})
	return nil
}

// baseOr is the base URL of the request. At the root of a host that has none, where only the
// well-known addresses are passed on to us, it is that of public_url.
func (h *Handlers) baseOr(r *http.Request) string {
	if base := BaseURL(r); base != "" {
		return base
	}
	return h.PublicURL
}
