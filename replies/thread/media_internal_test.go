package thread

import (
	"slices"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

const herNote = "https://pasture.example/notes/1"

func readTestNote(t *testing.T, rest string) Note {
	t.Helper()
	o, err := activitypub.Parse([]byte(`{"id":"` + herNote + `","type":"Note","content":"<p>Look.</p>",` + rest + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return ReadNote(o)
}

// What describes a medium stands in its name, or where a server writes it into summary, there.
func TestKindsOfDescriptionsOfMedia(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		`"name":"A heron on one leg"`:                                            "A heron on one leg",
		`"summary":"A heron on one leg"`:                                         "A heron on one leg",
		`"name":"","summary":"Fog over the <em>canal</em> &amp; two boats"`:      "Fog over the canal & two boats",
		`"name":null,"summary":"Regen"`:                                          "Regen",
		`"name":"heron.jpg","summary":"A heron on one leg"`:                      "heron.jpg",
		`"summaryMap":{"nl":"Een reiger"}`:                                       "Een reiger",
		`"summary":["First","second"]`:                                           "First",
		`"summary":{"en":"an object is no text"}`:                                "",
		`"nameMap":{"de":"Ein Reiher"},"summary":"A heron"`:                      "Ein Reiher",
		`"blurhash":"L9AB*A%LPqys8_H=yDR5nMMeVXR5","focalPoint":[0.0,0.5]`:       "",
		`"content":"The content of a medium is none","summary":"\n  Two  swans"`: "Two swans",
	} {
		n := readTestNote(t, `"attachment":{"type":"Image","mediaType":"image/jpeg","url":"https://media.pasture.example/1.jpg",`+words+`}`)
		if len(n.Attachments) != 1 || n.Attachments[0].Name != want {
			t.Errorf("%s: %+v, want %q", words, n.Attachments, want)
		}
	}
}

// Where a stranger's server leads our readers is public, and no less safe than the page they are
// on.
func TestKindsOfAddressesThatAreHandedOn(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://pasture.example/media/1.png": true, "https://cdn.elsewhere.example/1.png?x=1": true, "https://203.0.114.7/1.png": true,
		"https://xn--bcher-kva.example:8443/1.png": true,

		"http://pasture.example/media/1.png": false, "http://cdn.elsewhere.example/1.png": false,
		"https://192.168.178.1/fritz": false, "https://10.1.2.3:9443/": false, "https://[fd12:3456::1]/x": false, "https://[::1]/": false,
		"https://169.254.169.254/latest/meta-data/": false, "https://127.0.0.1:6379/": false, "https://2130706433/": false,
		"https://localhost/x": false, "https://printer.local/": false, "https://nas/": false, "https://router.home.arpa/": false,
		"javascript:alert(1)": false, "data:image/png;base64,AA==": false, "ftp://pasture.example/1.png": false,
	} {
		for form, rest := range map[string]string{
			"url":  `"attachment":[{"type":"Document","url":"` + address + `"}]`,
			"href": `"attachment":[{"type":"Link","href":"` + address + `"}]`,
			"list": `"attachment":[{"type":"Video","url":[{"type":"Link","mediaType":"text/html","href":"` + address + `"}]}]`,
			"page": `"url":"` + address + `"`,
		} {
			n := readTestNote(t, rest)
			handed := slices.ContainsFunc(n.Attachments, func(a Attachment) bool { return a.URL == address })
			if form == "page" {
				page, _ := n.Page()
				if handed = page == address; !handed && page != herNote {
					t.Errorf("the page of the note is %s", page)
				}
			}
			if handed != want {
				t.Errorf("%s as %s: %v, want %v", address, form, handed, want)
			}
		}
		// A row may be older than the rule.
		row := Reply{ObjectURI: herNote, URL: address}
		row.read("<p>Look.</p>", `[{"url":"`+address+`"}]`, "")
		if (len(row.Attachments) == 1) != want || (row.URL == address) != want {
			t.Errorf("%s from the table: %+v", address, row)
		}
	}
	// On a test bench everything is on one computer, and what was allowed to be asked there may be
	// seen there.
	bench := Reply{ObjectURI: "http://127.0.0.1:3000/notes/1", URL: "http://127.0.0.1:3000/@ada/1"}
	if bench.read("", `[{"url":"http://127.0.0.1:3000/1.png"},{"url":"http://127.0.0.1:6379/"}]`, ""); bench.URL == "" || len(bench.Attachments) != 1 {
		t.Errorf("%+v", bench)
	}
}
