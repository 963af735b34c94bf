package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds"
)

// publishAhead publishes a post that is dated so far ahead.
func (f *sampleFeed) publishAhead(slug string, ahead time.Duration) (day string) {
	f.publish(slug, "Post "+slug, "<p>Words of "+slug+".</p>")
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.now().Add(ahead).UTC()
	f.items[0].Date = at.Format(time.RFC1123Z)
	return at.Format("2006-01-02 15:04 UTC")
}

func (o *operator) expects(want string, words ...string) (said string) {
	o.t.Helper()
	said = o.mustType(words...)
	if !strings.Contains(said, want) {
		o.t.Errorf("%v says %q, without %q", words, said, want)
	}
	return said
}

func TestKindsOfWordsAboutPostsThatWaitForTheirDates(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.mustType("blog", "add", o.feed.URL, "--handle", "tea")
	day := o.feed.publishAhead("soon", 3*24*time.Hour)
	planned := o.expects("wait for its date, in ", "plan")
	read := o.expects("1 new, 0 edited. Now 1 post waits for its date, "+day+". You need not do anything.", "feed", "refresh")
	again := o.expects("Of the known ones 1 post waits for its date, "+day, "plan")
	shown := o.expects("1 post waits for its date, "+day, "feed", "show")
	held := o.expects("Waiting for its date (1 post)", "feed", "held")
	for _, said := range []string{planned, read, again, shown, held} {
		if strings.Contains(said, "for you") || strings.Contains(said, "Notice") {
			t.Errorf("the owner is asked to do something: %s", said)
		}
	}
	for _, slug := range []string{"a", "b", "c", "d", "e"} {
		day = o.feed.publishAhead(slug, 9*24*time.Hour)
	}
	o.expects("Waiting for you, of the new ones: 5.", "feed", "refresh")
	id, _, _ := strings.Cut(o.expects("Post e", "feed", "held"), "  ")
	id = id[strings.LastIndexByte(id, '\n')+1:]
	o.expects("Not held any more; it waits for its date, "+day+" (to announce it before: bloghorn post release "+id+"): Post", "post", "release", id)
	o.expects("4 posts go on waiting until the date has come", "post", "release", "--all")
	o.expects("Left out: 6 posts (waiting for their date)", "post", "release", "--all")
	o.expects("Left out: 6 posts (waiting for their date)", "post", "history", "--all")
	o.expects("Announced: Post", "post", "release", id)
	o.expects("5 posts wait for their dates, the first of which is ", "feed", "show")
}

// TestNextStepsFitTheReason: of each reason only those commands are named that do something about it.
func TestNextStepsFitTheReason(t *testing.T) {
	for rule, want := range map[string]string{
		feeds.HeldFlood:   "release ID, history ID, release --all tea --reason flood, history --all tea --reason flood",
		feeds.HeldForeign: "release ID, history ID, release --all tea --reason foreign, history --all tea --reason foreign",
		feeds.HeldDoubt:   "same ID, release ID, history ID",
		feeds.HeldEarly:   "release ID, history ID, history --all tea --reason early",
		feeds.HeldLocked:  "release ID, history ID",
		feeds.HeldDated:   "release ID, history ID",
	} {
		var named []string
		for _, step := range nextSteps(feeds.HeldGroup{Rule: rule, Count: 2}, feeds.Blog{Username: "tea"}) {
			named = append(named, step.Value)
		}
		if got := strings.Join(named, ", "); got != want {
			t.Errorf("%s: %s, want %s", rule, got, want)
		}
	}
}
