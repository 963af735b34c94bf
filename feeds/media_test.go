package feeds_test

import (
	"slices"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/feeds/parser"
)

func TestKindsOfSizesInMediaRSS(t *testing.T) {
	t.Parallel()
	const small, large = `<media:content url="/s.jpg" medium="image" width="150" height="150"/>`, `<media:content url="/l.jpg" medium="image" width="1600" height="900"/>`
	for _, c := range []struct{ fields, image, alt string }{
		{small + large, "l.jpg", ""},
		{large + small, "l.jpg", ""},
		{small, "s.jpg", ""},
		{`<media:group><media:content url="/s.jpg" type="image/jpeg" width="100" height="50"/><media:content url="/l.jpg" type="image/jpeg"
			width="1600" height="900" isDefault="true"/><media:description>A cup</media:description></media:group>`, "l.jpg", "A cup"},
		{`<media:group><media:content url="/m.jpg" medium="image" width="800" isDefault="true"/><media:content url="/l.jpg" medium="image" width="3000">
			<media:description>Large</media:description></media:content><media:description>A cup</media:description></media:group>`, "m.jpg", "A cup"},
		{`<media:group><media:description>A cup</media:description><media:content url="/a.jpg" medium="image"><media:description>Mine</media:description>
			</media:content></media:group>`, "a.jpg", "Mine"},
		{`<media:description>ann posted a photo</media:description>` + large, "l.jpg", ""},
		{`<media:content url="/a.jpg" medium="image"/><media:content url="/b.jpg" medium="image"/>`, "a.jpg", ""},
		{`<media:content url="/a.jpg" medium="image"/>` + small, "a.jpg", ""},
		{small + `<media:content url="/a.jpg" medium="image"/>`, "a.jpg", ""},
		{`<media:content url="/a.jpg" medium="image"/>` + large, "l.jpg", ""},
		{`<media:content url="/i.png" medium="image" width="32" height="32"/>`, "", ""},
		{`<media:content url="/i.png" medium="image" width="32" height="32" isDefault="true"/>` + small, "s.jpg", ""},
		{`<media:content url="/film.mp4" type="video/mp4" width="1920" height="1080"/>` + small, "s.jpg", ""},
		{`<media:text>/t.jpg</media:text>` + small, "s.jpg", ""},
		{`<media:thumbnail url="https://avatars.mill.example/u/1?s=60" width="30" height="30"/>`, "", ""},
		{`<media:thumbnail url="/t.jpg" width="72" height="72"/>`, "t.jpg", ""},
		{`<media:thumbnail url="/t.jpg" width="120" height="90"/><media:thumbnail url="/u.jpg" width="480" height="360"/>`, "u.jpg", ""},
		{`<media:thumbnail url="/t.jpg"/>`, "t.jpg", ""},
	} {
		want := c.image
		if want != "" {
			want = "https://mill.example/" + want
		}
		for _, format := range []string{"rss", "atom"} {
			p := newestOf(t, format, c.fields)
			shown := slices.DeleteFunc(slices.Clone(p.Attachments), func(a parser.Attachment) bool { return !a.IsPicture() })
			if p.ImageURL != want || p.ImageAlt != c.alt || len(shown) != min(len(want), 1) || want != "" && (shown[0].URL != want || shown[0].Title != c.alt) {
				t.Errorf("%s: %s\n got %q, %q and %+v\nwant %q, %q", format, c.fields, p.ImageURL, p.ImageAlt, shown, want, c.alt)
			}
		}
	}
}

// A post without a title has all the pictures that its feed names, but none twice in other sizes.
func TestKindsOfCopiesInMediaRSS(t *testing.T) {
	t.Parallel()
	file := func(at, more string) string { return `<media:content url="/` + at + `" medium="image" ` + more + `/>` }
	for fields, want := range map[string][]string{
		file("s.jpg", `width="150" height="150"`) + file("l.jpg", `width="1600" height="900"`):              {"l.jpg"},
		file("ice-300x200.jpg", `width="300" height="200"`) + file("ice.jpg", `width="1600" height="1067"`): {"ice.jpg"},
		file("a.jpg", `width="1200" height="800"`) + file("b.jpg", `width="800" height="1200"`):             {"a.jpg", "b.jpg"},
		file("a/1.jpg", "") + file("b/1.jpg", ""):                                                           {"a/1.jpg", "b/1.jpg"},
		file("i.png", `width="16" height="16"`):                                                             nil,
	} {
		f, err := parser.Parse([]byte(`<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><link>https://mill.example/</link>`+
			`<item><guid>1</guid><description>Ice.</description>`+fields+`</item></channel></rss>`), "", "https://mill.example/feed")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range feeds.PostsOf(f, feeds.Blog{}, found)[0].Attachments {
			got = append(got, a.URL[len("https://mill.example/"):])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", fields, got, want)
		}
	}
}
