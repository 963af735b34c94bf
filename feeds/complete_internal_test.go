package feeds

import (
	"testing"

	"github.com/bloghorn/bloghorn/feeds/webpage"
)

// A page that shows the blog's own picture, or its icon, gives its post none.
func TestKindsOfPicturesThatAPageGives(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"https://tea.example/tea.jpg": "https://tea.example/tea.jpg", "https://tea.example/logo.png": "", "https://tea.example/favicon-196.png": "",
	} {
		var p Post
		if fill(&p, webpage.Facts{ImageURL: at}, false, "https://tea.example/logo.png"); p.ImageURL != want {
			t.Errorf("%s: %q, want %q", at, p.ImageURL, want)
		}
	}
}
