package activitypub

// WebFinger is a JRD (RFC 7033 §4.4).
type WebFinger struct {
	Subject string          `json:"subject"`
	Aliases []string        `json:"aliases,omitempty"`
	Links   []WebFingerLink `json:"links"`
}

type WebFingerLink struct {
	Rel  string `json:"rel"`
	Type string `json:"type,omitempty"`
	Href string `json:"href"`

	Properties map[string]string `json:"properties,omitempty"`
}

// TypeProperty is how Lemmy says which of several actors of one name a link leads to.
const TypeProperty = "https://www.w3.org/ns/activitystreams#type"
