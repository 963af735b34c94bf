package charset

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// Labels are how a body's characters are encoded, by name as browsers spell it ("utf-8",
// "windows-1252").
type Labels struct {
	Header, Document string // as the HTTP header and the XML declaration say, "" where they say nothing
	Used             string // as we read it
	Garbled          bool   // something could not be read as that, and shows as "�"
}

// Wrong says that a label claims another encoding than the body has. Labels of a body in ASCII are
// all right.
func (c Labels) Wrong() bool {
	return isOther(c.Header, c.Used) || isOther(c.Document, c.Used)
}

func isOther(label, used string) bool {
	if strings.HasPrefix(used, "utf-16") && strings.HasPrefix(label, "utf-16") {
		return false // the byte order is the mark's business
	}
	return label != "" && used != "" && label != used
}

// LabelsOf tells what Decode does with a body. Used is "" where every encoding reads it alike.
func LabelsOf(body []byte, contentType string) Labels {
	_, parameters, _ := mime.ParseMediaType(contentType)
	return Labels{
		Header:   charsetName(parameters["charset"]),
		Document: charsetName(declaredEncoding(body)),
		Used:     Used(body, contentType),
		Garbled:  bytes.ContainsRune(Decode(body, contentType), utf8.RuneError),
	}
}

// Used returns the name of the encoding as which Decode reads a body, "" where every encoding reads
// it alike.
func Used(body []byte, contentType string) string {
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

// maxLabel is how many bytes of an unknown label are kept.
const maxLabel = 40

// charsetName is one name for all that a label may be called; an unknown label stays as it is.
func charsetName(label string) string {
	label = strings.ToValidUTF8(strings.ToLower(strings.TrimSpace(label)), "")
	if e, err := htmlindex.Get(label); err == nil {
		if name, err := htmlindex.Name(e); err == nil {
			return name
		}
	}
	return label[:min(len(label), maxLabel)]
}
