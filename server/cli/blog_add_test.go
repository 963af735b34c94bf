package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
)

func TestBlogIsAddedWithWordsAboutWhatIsHeld(t *testing.T) {
	b := feeds.Blog{Username: "tea", HandleHost: "blog.example"}
	held := feeds.Notice{Dated: 1, Next: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), Undecided: 2, Why: "its text is behind a password"}
	want := `The posts of today stay quiet; the next one goes to every follower.
Not those that are dated ahead: 1 post waits for its date, 2026-01-05 08:00 UTC. Each is announced by itself then.
Held until you decide: 2 posts (its text is behind a password).
To see and decide about them: bloghorn feed held tea@blog.example
`
	if got := quietWords(b, held); got != want {
		t.Errorf("it is said %q, want %q", got, want)
	}
	if got := quietWords(b, feeds.Notice{}); strings.Count(got, "\n") != 1 {
		t.Errorf("nothing is held, and it is said %q", got)
	}
}
