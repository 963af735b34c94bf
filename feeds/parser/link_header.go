package parser

import "strings"

// maxLinks bounds how many links of an answer are looked at; maxLinkHeader their length in all.
const (
	maxLinks      = 100
	maxLinkHeader = 16 << 10
)

type headerLink struct{ Href, Rel, Kind, Title string }

// LinksIn reads a Link header (RFC 8288 §3): <address>; name=value; name="value", <address>… It is
// forgiving: what it cannot read it leaves out, up to the next comma.
func LinksIn(value string) (links []headerLink) {
	if len(value) > maxLinkHeader {
		value = value[:maxLinkHeader]
	}
	for value != "" && len(links) < maxLinks {
		value = strings.TrimLeft(value, " \t,")
		href, rest, ok := strings.Cut(value, ">")
		if !strings.HasPrefix(href, "<") || !ok {
			_, value = parameter(value) // neither an address nor its end
			value = strings.TrimLeft(value, ";")
			continue
		}
		l := headerLink{Href: href[1:]}
		value = l.parameters(rest)
		links = append(links, l)
	}
	return links
}

// parameters reads those of one link and returns what stands behind the comma after them; the first
// of each name counts (RFC 8288 §3.3).
func (l *headerLink) parameters(text string) (rest string) {
	for {
		text = strings.TrimLeft(text, " \t")
		if !strings.HasPrefix(text, ";") {
			return text
		}
		var one string
		one, text = parameter(text[1:])
		name, value, _ := strings.Cut(one, "=")
		field := map[string]*string{"rel": &l.Rel, "type": &l.Kind, "title": &l.Title}[strings.ToLower(strings.TrimSpace(name))]
		if field != nil && *field == "" {
			*field = unquote(strings.TrimSpace(value))
		}
	}
}

// parameter cuts text at the first semicolon or comma outside quotes.
func parameter(text string) (one, rest string) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case (c == ';' || c == ',') && !quoted:
			return text[:i], text[i:]
		}
	}
	return text, ""
}

func unquote(value string) string {
	inner, ok := strings.CutPrefix(value, `"`)
	if !ok {
		return value
	}
	var out strings.Builder
	for i := 0; i < len(inner) && inner[i] != '"'; i++ {
		if inner[i] == '\\' && i+1 < len(inner) {
			i++
		}
		out.WriteByte(inner[i])
	}
	return out.String()
}
