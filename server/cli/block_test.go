package cli

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// TestBlockBlocksWhatWasMeant writes people and servers in every way that can be copied from
// somewhere. Each must block, or say what to write.
func TestBlockBlocksWhatWasMeant(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	const port = "port.test:8443"
	people := map[string]*fediversetest.Person{}
	for name, host := range map[string]string{"eve": "spam.test", "mal": "xn--bcher-kva.test", "pia": port} {
		p := c.f.Person(name, host, fediversetest.Profile("url", "https://"+host+"/@"+name))
		people[name] = p
		want(t, "a like", p.Like(c.post).Status, 202)
		want(t, "a reply", p.Reply(c.post, "<p>Hello from "+name+".</p>").Status, 202)
	}
	fresh := c.f.Person("new", "fresh.test", fediversetest.Profile("url", "https://fresh.test/@new"))
	c.f.Handle("https://fresh.test/@new", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/activity+json")
		fmt.Fprintf(w, `{"id": %q, "type": "Person", "inbox": %q}`, fresh.ID, fresh.ID+"/inbox")
	}))
	for value, spellings := range map[string][]string{
		people["eve"].ID: {
			people["eve"].ID, "@eve@spam.test", "eve@spam.test", "acct:eve@spam.test", " @EVE@Spam.Test ", "https://spam.test/@eve", "https://spam.test/@eve/",
			"HTTPS://SPAM.test/@eve", "http://spam.test/@eve", "spam.test/@eve", "\u2068@eve@spam.test\u2069", "@eve@spam.test:443", "https://other.test/@eve@spam.test",
			"https://spam.test:443/@eve", people["eve"].ID + "/", "https://spam.test/@eve#replies",
		},
		people["mal"].ID: {"@mal@bücher.test", "@mal@xn--bcher-kva.test", "https://bücher.test/@mal", "@mal@BÜCHER.test", "https://xn--bcher-kva.test/@mal"},
		people["pia"].ID: {"@pia@" + port, "https://" + port + "/@pia", port + "/@pia"},
		fresh.ID:         {"@new@fresh.test", "https://fresh.test/@new", fresh.ID},
		"spam.test": {
			"spam.test", "SPAM.test", "https://spam.test", "https://spam.test/", "http://Spam.Test/", "spam.test/", "spam.test.", "*.spam.test", "@spam.test",
			"spam.test:443", "https://spam.test:443/", " spam.test", "ｓｐａｍ.test", ".spam.test",
		},
		"xn--bcher-kva.test": {"bücher.test", "BÜCHER.TEST", "https://bücher.test/", "xn--bcher-kva.test", "*.bücher.test"},
		port:                 {port, "https://" + port, "https://" + port + "/"},
		"zip":                {"*.zip"},
		"192.0.2.7":          {"192.0.2.7", "https://192.0.2.7/"},
	} {
		for _, spelling := range every(spellings, costtest.Pick(2, 1)) {
			if code, said := c.say("block", "add", spelling); code != 0 || !strings.HasPrefix(said, value+" is blocked:") {
				t.Errorf("block add %q: exit %d, %q, want %s", spelling, code, said, value)
				continue
			}
			if value != fresh.ID && value != "zip" && value != "192.0.2.7" && !strings.Contains(c.blocked(t), value) {
				t.Errorf("block add %q: %s", spelling, c.blocked(t))
			}
			if code, said := c.say("block", "remove", spelling); code != 0 {
				t.Errorf("block remove %q: exit %d, %q", spelling, code, said)
			}
			if list := c.blocked(t); list != "" {
				t.Fatalf("block remove %q leaves %s", spelling, list)
			}
		}
	}
	for _, nonsense := range []string{
		"", "@", "eve", "@eve", "com", "https://", "https:///", "spam .test", "not a domain", "@eve@", "@@spam.test", "@ghost@spam.test", "https://spam.test/@ghost",
		"https://spam.test/@eve/1234567/embed", "ftp://spam.test/", "mailto:eve@spam.test", "@eve@spam", "https://eve@spam.test/", "#spam", "*", "*.", "eve@spam@test",
		teaBase, "@tea@tea.test", teaBlog, "a..b.test", "co.uk", "https://github.io/",
	} {
		code, said := c.say("block", "add", nonsense)
		if code != exit.Usage || strings.Contains(said, "is blocked") || c.blocked(t) != "" {
			t.Errorf("block add %q: exit %d, %q", nonsense, code, said)
		}
	}
}

func (c *checked) blocked(t *testing.T) string {
	t.Helper()
	code, list := c.say("block", "list")
	want(t, "block list", code, 0)
	return strings.TrimSuffix(list, "Nobody is blocked.\n")
}

// What a command prints as a person can be given to the others.
func TestCommandsFindWhomTheyShow(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	eve := c.f.Person("eve", "spam.test", fediversetest.Profile("preferredUsername", "ada@evil.test"), fediversetest.Profile("name", "Ada @ada@evil.test"))
	want(t, "a follow", eve.Follow(teaBlog).Status, 202)
	want(t, "a like", eve.Like(c.post).Status, 202)
	want(t, "a reply", eve.Reply(c.post, "<p>How long?</p>").Status, 202)
	post := c.post[strings.LastIndexByte(c.post, '/')+1:]
	for _, list := range [][]string{{"reply", "list", "--status", "shown"}, {"follower", "list", "tea"}, {"reaction", "list", post}} {
		code, said := c.say(list...)
		handle := "@eve@spam.test"
		if code != 0 || !strings.Contains(said, handle) || strings.Contains(said, "evil.test") {
			t.Errorf("%v: exit %d, %q", list, code, said)
		}
	}
	for _, args := range [][]string{
		{"reaction", "hide", post, "@eve@spam.test", "--why", "a ring"}, {"reaction", "show", post, "@eve@spam.test"}, {"reaction", "hide", c.page, eve.ID},
		{"follower", "accept", "tea", "@eve@spam.test"}, {"block", "add", "@eve@spam.test"},
	} {
		if code, said := c.say(args...); code != 0 {
			t.Errorf("%v: exit %d, %q", args, code, said)
		}
	}
	if code, said := c.say("reaction", "show", post, "@eve@spam.test"); code == 0 || !strings.Contains(said, "blocked") {
		t.Errorf("shown although blocked: exit %d, %q", code, said)
	}
	if code, said := c.say("reaction", "hide", post, "@ghost@spam.test"); code != exit.Usage {
		t.Errorf("nobody's reaction: exit %d, %q", code, said)
	}
}

// Who is blocked in two ways is told so at every step: what a command says is what is so.
func TestCommandsNameTheBlocksThatStand(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	eve := c.f.Person("eve", "spam.test")
	want(t, "a like", eve.Like(c.post).Status, 202)
	want(t, "a reply", eve.Reply(c.post, "<p>How long?</p>").Status, 202)
	_, list := c.say("reply", "list", "--status", "shown")
	id, _, _ := strings.Cut(list, " ")
	lift := "the block of spam.test (bloghorn block remove spam.test)"
	for _, step := range []struct {
		args string
		code int
		said string
	}{
		{"block add @eve@spam.test", 0, eve.ID + " is blocked: 1 reply hidden, 1 like or boost no longer counted, 0 followers removed."},
		{"block add spam.test", 0, "spam.test is blocked: 0 replies hidden, 0 likes and boosts no longer counted"},
		{"block add spam.test", 0, "spam.test was blocked already: 0 replies hidden"},
		{"block remove @eve@spam.test", 0, "The block of " + eve.ID + " is lifted, but they stay blocked by " + lift + "."},
		{"block remove @eve@spam.test", exit.NotFound, "there is no block of " + eve.ID + " alone, but they are kept out by " + lift},
		{"reply approve " + id, exit.Failed, "is blocked; lift this first: " + lift},
		{"reaction show " + c.page + " @eve@spam.test", exit.Failed, "is blocked; lift this first: " + lift},
		{"reaction hide " + c.page + " @eve@spam.test", 0, "1 reaction of " + eve.ID + " did not count: they are kept out by " + lift},
		{"block remove spam.test", 0, "spam.test is blocked no more. As before the block: 1 reply."},
		{"reaction show " + c.page + " @eve@spam.test", 0, "Counted again: 1 reaction"},
		{"block add spam.test", 0, "1 like or boost no longer counted"},
		{"block remove spam.test", 0, "spam.test is blocked no more. Counted again: 1 like or boost."},
		{"reply approve " + id, 0, "Approved: " + id},
		{"reply hide " + id + " --why ads", 0, "Hidden: " + id},
		{"reply hide " + id, 0, "It was hidden already: hidden by command line: ads. Nothing was changed."},
		{"reply hide " + id + " --why spam", 0, "It was hidden already: hidden by command line: ads. Now it is hidden by command line: spam."},
		{"block add spam.test --why ads", 0, "spam.test is blocked: 0 replies hidden"},
		{"block add spam.test --why spam", 0, "spam.test was blocked already, and has the new reason now: 0 replies hidden"},
	} {
		if code, said := c.say(strings.Fields(step.args)...); code != step.code || !strings.Contains(said, step.said) {
			t.Errorf("%s: exit %d, %q, want %d and %q", step.args, code, said, step.code, step.said)
		}
	}
	_, log := c.say("reply", "log")
	if n := strings.Count(log, " block "); n != 5 {
		t.Errorf("%d blocks in the log:\n%s", n, log)
	}
	if !strings.Contains(log, id+" https://spam.test/") {
		t.Errorf("no id of the approved reply in the log:\n%s", log)
	}
}

// The address of a reply, which the log prints, does where its id does.
func TestReplyIsDecidedAboutByItsAddress(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	eve := c.f.Person("eve", "spam.test")
	reply := eve.Reply(c.post, "<p>How long?</p>")
	want(t, "a reply", reply.Status, 202)
	for _, args := range [][]string{
		{"reply", "hide", reply.ObjectID}, {"reply", "approve", reply.ObjectID}, {"reaction", "list", reply.ObjectID},
		{"reply", "answer", reply.ObjectID, "Four minutes."},
	} {
		if code, said := c.say(args...); code != 0 {
			t.Errorf("%v: exit %d, %q", args, code, said)
		}
	}
	if code, said := c.say("reply", "hide", reply.ObjectID+"0"); code != exit.NotFound || !strings.Contains(said, "Nothing was changed") {
		t.Errorf("an unknown address: exit %d, %q", code, said)
	}
	if code, said := c.say("reply", "hide", reply.ObjectID, "nonsense"); code != exit.Usage || !strings.Contains(said, "13 letters") {
		t.Errorf("nonsense: exit %d, %q", code, said)
	}
	if _, list := c.say("reply", "list", "--status", "hidden"); strings.Contains(list, "eve") {
		t.Errorf("hidden all the same: %s", list)
	}
}
