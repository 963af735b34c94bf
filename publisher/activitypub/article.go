package activitypub

// Article is a post as the fediverse sees it; with Type "Note" it is a post without a title.
type Article struct {
	Context      any    `json:"@context,omitempty"` // ObjectContext; nil where the Article is embedded
	ID           string `json:"id"`
	Type         string `json:"type"` // Article or Note
	AttributedTo string `json:"attributedTo"`
	InReplyTo    string `json:"inReplyTo,omitempty"` // of a Note that answers something; Lemmy takes no post that has it

	Name       string            `json:"name,omitempty"`    // text without entities
	Summary    string            `json:"summary,omitempty"` // HTML; on a Note it would be a content warning
	Content    string            `json:"content"`           // HTML
	ContentMap map[string]string `json:"contentMap,omitempty"`
	NameMap    map[string]string `json:"nameMap,omitempty"` // where Mastodon reads the language of an Article
	URL        string            `json:"url"`               // a plain string: lists and Links are read differently by each server
	Image      *Image            `json:"image,omitempty"`
	Attachment []Attachment      `json:"attachment,omitempty"`
	Tag        []Hashtag         `json:"tag,omitempty"`

	Published Timestamp `json:"published"`
	Updated   Timestamp `json:"updated,omitzero"` // only after an edit; GoToSocial refuses one before Published
	Sensitive bool      `json:"sensitive"`
	To        []string  `json:"to"`
	Cc        []string  `json:"cc"`
	Audience  string    `json:"audience,omitempty"` // the group that it was posted into (FEP-1b12)

	Thread       string      `json:"context,omitempty"`      // the id of the collection of the whole thread (FEP-7888)
	Conversation string      `json:"conversation,omitempty"` // the same, under the name that older servers know
	Replies      *Collection `json:"replies,omitempty"`
	Likes        *Collection `json:"likes,omitempty"`
	Shares       *Collection `json:"shares,omitempty"`
	Preview      *Preview    `json:"preview,omitempty"`

	InteractionPolicy *InteractionPolicy `json:"interactionPolicy,omitempty"`
}

// InteractionPolicy says who may quote, and nothing else: canReply, canLike and canAnnounce would
// tell GoToSocial that each reply, like and boost has to be asked for and answered.
type InteractionPolicy struct {
	CanQuote Approval `json:"canQuote"`
}

// Approval lists whose request is granted by itself: Public, a followers collection, or actors.
type Approval struct {
	AutomaticApproval []string `json:"automaticApproval"`
}

// Preview is a short Note for those who do not show Articles (FEP-b2b8).
type Preview struct {
	Type         string    `json:"type"`
	AttributedTo string    `json:"attributedTo"`
	Content      string    `json:"content"` // HTML
	Published    Timestamp `json:"published"`
}

// Image is a picture. Mastodon wants an object, never a bare URL.
type Image struct {
	Type      string `json:"type"`
	MediaType string `json:"mediaType,omitempty"`
	URL       string `json:"url"`
	Name      string `json:"name,omitempty"` // the alternative text
}

// Attachment is a Link with Href, the source of the preview card in new Mastodon and the link of a
// post in Lemmy, or a Document with URL, which is a sound or a video, or an Image with URL.
type Attachment struct {
	Type      string `json:"type"`
	MediaType string `json:"mediaType,omitempty"`
	Href      string `json:"href,omitempty"`
	URL       string `json:"url,omitempty"`
	Name      string `json:"name,omitempty"`
}

// Hashtag is a tag; Name begins with "#" and has no spaces. With the type Mention it is a person:
// Href is their id, Name their handle.
type Hashtag struct {
	Type string `json:"type"`
	Name string `json:"name"`
	Href string `json:"href,omitempty"`
}

// NewImage is an Image with its type; mediaType and alt may be empty.
func NewImage(url, mediaType, alt string) *Image {
	return &Image{Type: "Image", MediaType: mediaType, URL: url, Name: alt}
}

// PageLink is a Link to a page for people.
func PageLink(url string) Attachment {
	return Attachment{Type: "Link", MediaType: "text/html", Href: url}
}

// NewDocument is an attached sound or video; name may be empty. Document is the one type that all
// servers take: Lemmy refuses the whole post for an Audio or Video, and the others look at the
// media type.
func NewDocument(url, mediaType, name string) Attachment {
	return Attachment{Type: "Document", MediaType: mediaType, URL: url, Name: name}
}

// NewPicture is an attached picture; mediaType and alt may be empty.
func NewPicture(url, mediaType, alt string) Attachment {
	return Attachment{Type: "Image", MediaType: mediaType, URL: url, Name: alt}
}

// NewHashtag is a Hashtag with its type.
func NewHashtag(name, url string) Hashtag { return Hashtag{Type: "Hashtag", Name: name, Href: url} }
