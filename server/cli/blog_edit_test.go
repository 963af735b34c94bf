package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds/settings"
	"github.com/bloghorn/bloghorn/server/exit"
)

// withFile makes the operator's configuration file say something; the flags of newOperator name an empty one.
func (o *operator) withFile(text string) {
	o.t.Helper()
	for i, flag := range o.flags {
		if flag == "--config" {
			if err := os.WriteFile(o.flags[i+1], []byte(text), 0o600); err != nil {
				o.t.Fatal(err)
			}
			return
		}
	}
	o.t.Fatal("the operator has no configuration file")
}

func (o *operator) mustType(words ...string) string {
	o.t.Helper()
	code, said := o.types(words...)
	if code != exit.OK {
		o.t.Fatalf("%v: exit %d %s", words, code, said)
	}
	return said
}

func TestBlogIsEditedAndShown(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.mustType("blog", "add", o.feed.URL, "--handle", "tea", "--visibility", "unlisted")
	said := o.mustType("blog", "edit", "tea", "--title", "Slow tea", "--include", `tag:tea author:"Ada L."`, "--publish-delay", "5m", "--visibility", "default")
	for _, want := range []string{"title: Slow tea (was Tea & Time)", `include: tag:tea author:"Ada L." (was everything (default))`,
		"publish_delay: 5m0s (was feed.publish_delay (default))", "visibility: public (default) (was unlisted)"} {
		if !strings.Contains(said, want) {
			t.Errorf("blog edit says %s, without %s", said, want)
		}
	}
	if said := o.mustType("blog", "edit", "tea", "--title", "Slow tea"); !strings.Contains(said, "so already") {
		t.Errorf("the same again: %s", said)
	}
	shown := strings.Join(strings.Fields(o.mustType("blog", "show", "tea")), " ")
	for _, want := range []string{"handle @tea@127.0.0.1", "title Slow tea", "followers 0", "posts 1", `include tag:tea author:"Ada L."`, "publish_delay 5m0s"} {
		if !strings.Contains(shown, want) {
			t.Errorf("blog show says %s, without %s", shown, want)
		}
	}
}

func TestWrongEditChangesNothing(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.mustType("blog", "add", o.feed.URL, "--handle", "tea")
	before := o.mustType("blog", "show", "tea")
	for _, c := range []struct {
		code  int
		want  string
		words []string
	}{
		{exit.Usage, "nothing to change", nil},
		{exit.Usage, "auto, article, note", []string{"--object-type", "page", "--title", "X"}},
		{exit.Usage, "the rule tea has no kind", []string{"--include", "tea"}},
		{exit.Usage, "not an address", []string{"--icon", "icon.png"}},
		{exit.Network, "Nothing was changed", []string{"--feed", "http://127.0.0.1:1/feed"}},
	} {
		if code, said := o.types(append([]string{"blog", "edit", "tea"}, c.words...)...); code != c.code || !strings.Contains(said, c.want) {
			t.Errorf("%v: exit %d %s", c.words, code, said)
		}
	}
	if code, said := o.types("blog", "edit", "coffee", "--title", "X"); code != exit.NotFound || !strings.Contains(said, "coffee") {
		t.Errorf("an unknown blog: exit %d %s", code, said)
	}
	if code, said := o.types("blog", "add", o.feed.URL, "--handle", "two", "--include", "tea"); code != exit.Usage || !strings.Contains(said, "Nothing was created") {
		t.Errorf("blog add: exit %d %s", code, said)
	}
	if after := o.mustType("blog", "show", "tea"); after != before {
		t.Errorf("it is now %s", after)
	}
}

func TestFeedThatMovedIsFoundAgain(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.mustType("blog", "add", o.feed.URL, "--handle", "tea")
	if said := o.mustType("blog", "edit", "tea", "--feed", o.feed.URL+"/new.xml"); !strings.Contains(said, "feed: "+o.feed.URL+"/new.xml") {
		t.Errorf("it says %s", said)
	}
}

func TestFileDecidesWhatABlogIs(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.mustType("blog", "add", o.feed.URL, "--handle", "tea", "--hashtags", "none")
	o.withFile("[[blogs]]\nhandle = \"tea\"\nhashtags = [\"tea\", \"slow food\"]\nfull_text = true\nexcerpt_length = 200\n" +
		"include = [\"tag:tea\", 'author:\"Ada L.\"']\nsummary = \"Of tea.\"\n")
	for range 2 { // it is the same at the second start
		server := startProcess(t, o.base, append([]string{"serve"}, o.flags...)...)
		if summary := document(t, o.base+"/blogs/tea")["summary"]; summary != "<p>Of tea.</p>" {
			t.Errorf("the profile says %v", summary)
		}
		server.kill()
		shown := strings.Join(strings.Fields(o.mustType("blog", "show", "tea")), " ")
		for _, want := range []string{"hashtags tea, slow food", "full_text yes", "excerpt_length 200", `include tag:tea author:"Ada L."`} {
			if !strings.Contains(shown, want) {
				t.Errorf("blog show says %s, without %s", shown, want)
			}
		}
	}
	o.withFile("[[blogs]]\nhandle = \"te\"\nvisibility = \"unlisted\"\n")
	if code, said := o.types("serve"); code != exit.Config || !strings.Contains(said, `Did you mean "tea"?`) || !strings.Contains(said, "(line 2)") {
		t.Errorf("an unknown blog: exit %d %s", code, said)
	}
}

func TestWrongBlogsInTheFileSayWhatAndWhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[[blogs]]\nhandle = \"tea\"\n[[blogs]]\nhandle = \"two\"\nvisability = \"public\"\n": `(line 5): the key "visability" of [[blogs]] is unknown. Did you mean "visibility"?`,
		"[[blogs]]\nhandle = \"tea\"\n\nvisibility = \"secret\"\n":                            `(line 4): visibility: not understood: "secret" is not one of public, unlisted`,
		"[[blogs]]\nhandle = \"tea\"\ninclude = [\"tag:tea\", \"tea\"]\n":                     "(line 3): include: not understood: the rule tea has no kind",
		"[[blogs]]\nhandle = \"tea\"\nfeed = \"https://x.example\"\n":                         "(line 3): the key \"feed\" of [[blogs]] is unknown. The feed is changed by",
		"[[blogs]]\ntitle = \"Tea\"\n":                                                        "(line 1): an entry of [[blogs]] needs the handle",
		"[[blogs]]\nhandle = \"a b\"\n":                                                       "(line 2): an entry of [[blogs]] needs the handle",
		"[[blogs]]\nhandle = \"tea\"\n[[blogs]]\nhandle = \"tea\"\n":                          `(line 4): the blog "tea" has two entries`,
		"[[blogs]]\nhandle = \"tea\"\nhashtags = [1]\n":                                       "(line 3): hashtags: a list holds texts",
		"[[blogs]]\nhandle = \"tea\"\nhashtags = {a = 1}\n":                                   "(line 3): hashtags: a value of this kind",
		"blogs = 3\n":                 "blogs is written as [[blogs]]",
		"[blogs]\nhandle = \"tea\"\n": "blogs is written as [[blogs]]",
		"[[blogs]]\nhandle = \"tea\"\n[feed]\npol_interval = \"1m\"\n":   `"feed.pol_interval" is unknown. Did you mean "feed.poll_interval"? (line 4)`,
		"[[blogs]]\nhandle = \"tea\"\nexcerpt_length = 7\n":              "from 50 to 500",
		"[[blogs]]\nhandle = \"tea\"\ninclude = \"path:en\"\nx = 1\ny=2": "line",
	} {
		var out bytes.Buffer
		if code := run(t.Context(), []string{"blog", "list", "--config", configFile(t, text)}, &out, &out); code != exit.Config || !strings.Contains(out.String(), want) {
			t.Errorf("%q: exit %d %s, want %q", text, code, out.String(), want)
		}
	}
}

// TestEverySettingIsAFlagAndAKeyOfTheFile and is explained in the README.
func TestEverySettingIsAFlagAndAKeyOfTheFile(t *testing.T) {
	t.Parallel()
	text, flags := "[[blogs]]\nhandle = \"tea\"\n", []string{"blog", "edit", "tea"}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range settings.Infos() {
		text += info.Name + " = \"default\"\n"
		flags = append(flags, "--"+strings.ReplaceAll(info.Name, "_", "-"), "default")
		if info.Usual == "" || info.Help == "" || info.Placeholder == "" {
			t.Errorf("%s lacks a word: %+v", info.Name, info)
		}
		if !strings.Contains(string(readme), "`"+info.Name+"`") {
			t.Errorf("the README does not name %s", info.Name)
		}
	}
	s, err := parse(t, append(flags, "--config", configFile(t, text))...)
	if err != nil || len(s.Blogs) != 1 || len(s.Blogs[0].Changes) != len(settings.Names()) {
		t.Errorf("%v %+v", err, s.Blogs)
	}
}

// TestCommandsGoByTheAddressThatIsServed: who sets public_url for serve and not for the next command shall get no account on 127.0.0.1.
func TestCommandsGoByTheAddressThatIsServed(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	const hint = "public_url is not set"
	if code, said := o.types("blog", "add", o.feed.URL, "--handle", "tea", "--public-url", "http://blog.test/fedi"); code != exit.OK || strings.Contains(said, hint) {
		t.Fatalf("the first blog: exit %d %s", code, said)
	}
	if said := o.mustType("blog", "add", o.feed.URL, "--handle", "milk", "--include", "tag:milk"); !strings.Contains(said, "@milk@blog.test\n") || strings.Contains(said, hint) {
		t.Errorf("the second: %s", said)
	}
	other := newOperator(t)
	if said := other.mustType("blog", "add", other.feed.URL); !strings.Contains(said, hint) {
		t.Errorf("where nobody has said it: %s", said)
	}
}
