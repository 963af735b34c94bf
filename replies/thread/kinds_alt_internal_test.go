package thread

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
)

func TestKindsOfLongDescriptions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		alt         string
		media       int
		least, most int // characters of each
	}{
		"short":             {"A cup", 1, 5, 5},
		"as long as can be": {strings.Repeat("A cup. ", 214) + "A.", 4, 1500, 1500},
		"longer":            {strings.Repeat("A cup. ", 900), 1, 1490, 1500},
		"Japanese":          {strings.Repeat("茶碗", 750), 4, 1500, 1500},
		"too much of it":    {strings.Repeat("茶碗", 750), 16, 700, 750},
	} {
		var media []map[string]string
		for i := range c.media {
			media = append(media, map[string]string{"type": "Image", "url": fmt.Sprintf("https://x.example/%d.jpg", i), "name": c.alt})
		}
		raw, err := json.Marshal(map[string]any{"type": "Note", "attachment": media})
		if err != nil {
			t.Fatal(err)
		}
		var o activitypub.Object
		if err := json.Unmarshal(raw, &o); err != nil {
			t.Fatal(err)
		}
		kept := attachments(o)
		if len(kept) != c.media {
			t.Errorf("%s: %d media are left of %d", name, len(kept), c.media)
		}
		for _, a := range kept {
			if n := utf8.RuneCountInString(a.Name); n < c.least || n > c.most {
				t.Errorf("%s: %d characters are left", name, n)
			}
		}
	}
}
