package feeds

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// Charset is how a body's characters are encoded, by name as browsers spell it ("utf-8", "windows-1252").
type Charset struct {
	Header, Document string // as the HTTP header and the XML declaration say, "" where they say nothing
	Used             string // as we read it
	Garbled          bool   // something could not be read as that, and shows as "�"
}

// Wrong says that a label claims another encoding than the body has. Labels of a body in ASCII are all right.
func (c Charset) Wrong() bool {
	return isOther(c.Header, c.Used) || isOther(c.Document, c.Used)
}

func isOther(label, used string) bool {
	if strings.HasPrefix(used, "utf-16") && strings.HasPrefix(label, "utf-16") {
		return false // the byte order is the mark's business
	}
	return label != "" && used != "" && label != used
}

// charsetOf tells what decode does with a body. Used is "" where every encoding reads it alike.
func charsetOf(body []byte, contentType string) Charset {
	_, parameters, _ := mime.ParseMediaType(contentType)
	return Charset{
		Header:   charsetName(parameters["charset"]),
		Document: charsetName(declaredEncoding(body)),
		Used:     charsetUsed(body, contentType),
		Garbled:  bytes.ContainsRune(decode(body, contentType), utf8.RuneError),
	}
}

func charsetUsed(body []byte, contentType string) string {
	if from, ok := marked(body); ok {
		if from == unicode.UTF8BOM {
			return "utf-8"
		}
		return "utf-16"
	}
	from := labelled(body, contentType)
	switch {
	case isASCII(body) && (from == nil || bytes.Equal(transcode(body, from), body)):
		return ""
	case from == nil:
		return "utf-8"
	}
	name, _ := htmlindex.Name(from) // what htmlindex gave has a name
	return name
}

// charsetName is one name for all that a label may be called; an unknown label stays as it is.
func charsetName(label string) string {
	label = strings.ToLower(strings.TrimSpace(label))
	if e, err := htmlindex.Get(label); err == nil {
		if name, err := htmlindex.Name(e); err == nil {
			return name
		}
	}
	return cut(label, 40)
}
