package preview

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// create shows what is sent for the newest post: a property on each line, so that a person can read
// it.
func (t *text) create(p Preview) {
	if len(p.Entries) == 0 {
		return
	}
	t.rule("What is sent")
	t.put("", "This is the Create of the newest post, its values cut to the line. --json prints all of them whole.")
	t.blank()
	t.properties("", p.Entries[0].Create)
}

// properties writes an object, and the one inside it that matters, in the order of its properties.
func (t *text) properties(indent string, object json.RawMessage) {
	t.out.WriteString("{\n")
	for _, one := range propertiesOf(object) {
		t.out.WriteString(indent + "  " + safehtml.Plain(one.name) + ": ")
		if one.name == `"object"` {
			t.properties(indent+"  ", one.value)
			continue
		}
		room := t.width - columns(indent+one.name) - 4
		t.out.WriteString(shortened(safehtml.Plain(string(withoutControls(one.value))), room) + "\n")
	}
	t.out.WriteString(indent + "}\n")
}

type property struct {
	name  string // with its quotation marks
	value json.RawMessage
}

// propertiesOf are those of an object that we wrote, in its order.
func propertiesOf(object json.RawMessage) (all []property) {
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return nil
	}
	for d.More() {
		var one property
		name, err := d.Token()
		if err != nil || d.Decode(&one.value) != nil {
			return all
		}
		one.name = fmt.Sprintf("%q", name)
		all = append(all, one)
	}
	return all
}

// JSON is the Create, indented.
func (e Entry) JSON() string {
	var out bytes.Buffer
	if err := json.Indent(&out, e.Create, "", "  "); err != nil {
		return string(e.Create) // what Marshal wrote can be indented
	}
	return string(withoutControls(out.Bytes()))
}
