package remote

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

// TestKindsOfLongProfilesAreReadInPart: what stands behind the first 64 KiB of a name or a summary is not read.
func TestKindsOfLongProfilesAreReadInPart(t *testing.T) {
	for name, c := range map[string]struct {
		name, summary, want string
		noIndex             bool
	}{
		"short":                    {"<b>Eve</b> é", "#nobot", "Eve é", true},
		"tags to the end":          {strings.Repeat("<i>", maxText/3) + " late", strings.Repeat("<i>", maxText/3) + " #nobot", "eve", false},
		"tags before":              {strings.Repeat("<i>", 1000) + "Eve", strings.Repeat("<i>", 1000) + " #nobot", "Eve", true},
		"half a letter at the end": {strings.Repeat(" ", maxText-4) + "Eveé", strings.Repeat(" ", maxText-7) + "#nobotß", "Eve", true},
		"no text at all":           {"\xff\xfe", "\xff", "eve", false},
	} {
		a, err := readActor(activitypub.Object{
			"id": "https://evil.example/users/eve", "type": "Person", "inbox": "https://evil.example/inbox", "preferredUsername": "eve",
			"name": c.name, "summary": c.summary, "indexable": true, "discoverable": true,
		})
		if err != nil || a.Name != c.want || a.Preferences.NoIndex != c.noIndex {
			t.Errorf("%s: %q, %v, %v; want %q, %v", name, a.Name, a.Preferences.NoIndex, err, c.want, c.noIndex)
		}
	}
}
