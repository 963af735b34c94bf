package widget_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// A link that leads to another host than the author's server says so, or does not lead there.
func TestKindsOfLinksSayWhereTheyGo(t *testing.T) {
	w := newWorld(t, databasetest.Open(t))
	for url, want := range map[string][2]string{ // in HTML what the link is called, in JSON where it leads
		"https://pasture.example/@ada/1":                 {"View original<", "https://pasture.example/@ada/1"},
		"https://www.pasture.example/@ada/1":             {"View original<", "https://www.pasture.example/@ada/1"},
		"https://mallory.pasture.example/@ada/1":         {"View original on <bdi>mallory.pasture.example</bdi><", "/notes/"},
		"https://pasture.example:8443/@ada/1":            {"View original on <bdi>pasture.example:8443</bdi><", "/notes/"},
		"https://meadow.example/@bob/2":                  {"View original on <bdi>meadow.example</bdi><", "/notes/"},
		"https://pasture.example.meadow.example/@ada/1":  {"View original on <bdi>pasture.example.meadow.example</bdi><", "/notes/"},
		"https://pasture.example:443@meadow.example/@ad": {"View original<", "/notes/"}, // no address
	} {
		w.exec("DELETE FROM replies")
		w.say(comment{url: url})
		if _, body := w.get(w.at("/comments")); !strings.Contains(body, want[0]) {
			t.Errorf("%s: %q is not in %s", url, want[0], body)
		}
		_, body := w.get(w.at("/api/v1/comments"))
		var thread struct{ Items []struct{ URL string } }
		if err := json.Unmarshal([]byte(body), &thread); err != nil || len(thread.Items) != 1 || !strings.Contains(thread.Items[0].URL, want[1]) ||
			!strings.HasPrefix(thread.Items[0].URL, "https://pasture.example/") && !strings.HasPrefix(thread.Items[0].URL, "https://www.pasture.example/") {
			t.Errorf("%s: %v %s", url, err, body)
		}
	}
}

// Addresses that mean another host in each reader's network are in no format; what the reader then
// opens is the object itself.
func TestKindsOfLinksThatNobodyCanFollow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databasetest.Open(t))
	for _, address := range []string{
		"https://192.168.0.17/admin", "http://pasture.example/@ada/1", "https://[fe80::1]/x", "https://camera.local/1.jpg", "https://127.0.0.1:8080/",
	} {
		w.exec("DELETE FROM replies")
		w.say(comment{url: address, attachments: `[{"url":"` + address + `","type":"image/jpeg","name":"A heron"},{"url":"https://media.pasture.example/2.jpg"}]`})
		for _, format := range []string{"/comments", "/api/v1/comments", "/thread"} {
			_, body := w.get(w.at(format))
			if strings.Contains(body, address) || strings.Contains(body, "A heron") || !strings.Contains(body, "https://media.pasture.example/2.jpg") ||
				!strings.Contains(body, "https://pasture.example/notes/") {
				t.Errorf("%s at %s: %s", address, format, body)
			}
		}
	}
}
