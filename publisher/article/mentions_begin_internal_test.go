package article

import (
	"testing"

	"github.com/bloghorn/bloghorn/publisher/remote"
)

// A name alone is made a handle where it stands, whatever stands before it.
func TestKindsOfNamesBesideOthersThatTextsBeginWith(t *testing.T) {
	t.Parallel()
	ada := remote.Actor{URI: "https://pasture.example/users/ada", URL: "https://pasture.example/@ada", Username: "ada", Handle: "@ada@pasture.example"}
	for content, want := range map[string]string{
		"<p>@adam@meadow.example @ada thanks</p>":          "<p>@adam@meadow.example @ada@pasture.example thanks</p>",
		"<p>@adam @ada: thanks</p>":                        "<p>@adam @ada@pasture.example: thanks</p>",
		"<p>@bob@ada.example, @Ada, thanks</p>":            "<p>@bob@ada.example, @ada@pasture.example, thanks</p>",
		"<p>@bob@meadow.example\n@ada</p>":                 "<p>@bob@meadow.example\n@ada@pasture.example</p>",
		"<p>@adam@ada.example @ada@pasture.example so</p>": "<p>@adam@ada.example @ada@pasture.example so</p>",
		"<p>@ada</p>": "<p>@ada@pasture.example</p>",
	} {
		if got, ok := beginsWith(content, ada); got != want || !ok {
			t.Errorf("%s: %s %t, want %s", content, got, ok, want)
		}
	}
	for _, content := range []string{"<p>@adam thanks</p>", "<p>@adam@ada.example thanks @ada</p>", "<p>Thanks @ada</p>", "<p>@ada@meadow.example</p>"} {
		if got, ok := beginsWith(content, ada); got != content || ok {
			t.Errorf("%s: %s %t", content, got, ok)
		}
	}
}
